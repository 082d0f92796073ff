"""What a model starts with: nothing that came later, counts the rows, or is missing in many of those compared."""

from core.cohort.load import cohort_from_files
from core.spec import GroupSpec
from ui.first_factors import first_factors, without_gaps
from ui.grouping import candidates
from ui.selection import Selection


def sheet() -> str:
    """40 patients: 10 in no arm lack stage and marker; ki67 lacks in half, sessions in all of the control arm."""
    rows = ["no,id,os_months,os_event,arm,sex,stage,marker,ki67,hifu sessions,irAE grade,LOS (days)"]
    for i in range(40):
        arm = "" if i >= 30 else ("HIFU + ICI", "ICI")[i % 2]
        staged = "" if i >= 30 else f"{'I' * (1 + i % 3)},{20 + i % 7}"
        sessions = str(1 + i % 3) if arm == "HIFU + ICI" else ""
        ki67 = str(3 + i % 9) if i % 4 < 2 else ""
        rows.append(
            f"{i + 1},P{i},{5 + i % 11},{i % 2},{arm},{'FM'[i % 3 % 2]},{staged or ','},{ki67},{sessions},"
            f"{i % 3},{3 + i % 5}"
        )
    return "\n".join(rows)


def test_factors_are_known_at_the_start_and_of_those_who_are_compared():
    cohort = cohort_from_files({"s.csv": sheet().encode()}, name="s")
    compared = Selection(cohort="s", endpoint="OS", group=GroupSpec(column="arm"))
    names = [name for name in candidates(cohort) if name != "arm"]
    assert set(first_factors(cohort, compared, names, 20)) == {"sex", "stage", "marker", "ki67"}
    assert "ki67" not in without_gaps(cohort, compared, names)
    assert {"sex", "stage", "marker"} <= set(without_gaps(cohort, compared, names))  # missing only outside the arms
    assert "stage" not in without_gaps(cohort, Selection(cohort="s", endpoint="OS"), names)
