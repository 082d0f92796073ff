"""Names as wards write them: dates either way round, arms with the answer in brackets, starts that only some have."""

import pytest

from core.cohort.lesion_outcome import lesion_outcome
from core.cohort.load import cohort_from_files
from core.reporting.labels import level_label
from tests.core.cohort.tables import delimited

N = 30
ROWS = [
    ["Study no.", "Primary", "Arm (HIFU Y/N)", "C1D1", "HIFU date", "Best response", "OS months", "OS status"],
    *([1000 + i, ("lung", "colon")[i % 2], "YN"[i % 3 > 0], f"2021-03-{1 + i % 28:02d}",
       "" if i % 3 else f"2021-06-{1 + i % 28:02d}", "PR/SD" if i == 4 else ("CR", "PR", "sd", "PD", "NE")[i % 5],
       4 + i, ("dead", "alive")[i % 2]] for i in range(N)),
]  # fmt: skip


def test_the_roles_of_a_ward_sheet() -> None:
    table = cohort_from_files({"ward.csv": delimited(ROWS)}, name="ward").patients
    assert table.with_role("patient_id") == "Study no."
    assert table.with_role("start_date") == "C1D1"  # the date of HIFU is that of some patients only
    assert table.with_role("best_response") == "Best response"  # though one cell of thirty says PR/SD
    groups = {column.name: column.confidence for column in table.columns if column.role == "group"}
    assert max(groups, key=groups.__getitem__) == "Arm (HIFU Y/N)"
    assert "Primary" in groups


@pytest.mark.parametrize("name", ["LTP date", "Date LTP", "Date of LTP", "LTP (date)", "date_ltp"])
def test_a_date_is_found_either_way_round(name: str) -> None:
    patients = [["id", "Date of ablation", "Last follow-up", "Date death"]]
    patients += [[f"P{i}", "2020-01-05", "2021-01-05", "2020-12-01" if i % 2 else ""] for i in range(12)]
    lesions = [["id", "Lesion", "Size (mm)", name]]
    lesions += [[f"P{i}", k, 12 + i, "2020-06-01" if i % 3 == 0 else ""] for i in range(12) for k in (1, 2)]
    cohort = cohort_from_files({"patients.csv": delimited(patients), "lesions.csv": delimited(lesions)}, name="x")
    outcome = lesion_outcome(cohort)
    assert int(outcome.event.sum()) == 8
    assert outcome.columns == (name,)
    assert cohort.patients.with_role("death_date") == "Date death"


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [
        ("Arm (HIFU Y/N)", "HIFU", "No HIFU"),
        ("Cirrhosis (yes/no)", "Cirrhosis", "No cirrhosis"),
        ("HBV 0/1", "HBV", "No HBV"),
        ("Vein (main) Y/N", "Vein (main)", "No vein (main)"),
        ("Y/N", "Y/N", "No Y/N"),
        ("hifu", "HIFU", "No HIFU"),
    ],
)
def test_levels_do_not_repeat_the_question(column: str, yes: str, no: str) -> None:
    assert (level_label(column, "Y"), level_label(column, "N")) == (yes, no)
