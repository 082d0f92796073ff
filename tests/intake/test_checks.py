"""One study for each check that intake promises: what is found, in which rows, how bad, and what to do about it."""

import datetime as dt
from dataclasses import dataclass

import pytest

from core.cohort.load import cohort_from_files, with_spec
from tests.core.cohort.tables import delimited

N = 40
FIRST = dt.date(2019, 1, 7)


@dataclass(frozen=True, kw_only=True)
class Check:
    """Cells that are changed, and the finding that must come of it.

    ``cells``: column to position to value, or to a whole new column. ``said``: words of the message. ``column`` may be
    None where several are meant. ``data_cut``: of the endpoint OS.
    """

    code: str
    severity: str
    rows: tuple[int, ...]
    column: str | None
    remedy: str
    said: str
    cells: dict
    events: tuple = ()
    table: str = "patients"
    data_cut: str | None = None


def day(months):
    return (FIRST + dt.timedelta(days=round(months * 30.4375))).isoformat()


def study():
    """A clean study: times and dates of progression and death that agree."""
    months = [4 + (7 * i) % 29 + 0.5 for i in range(N)]
    died = [i % 2 == 0 for i in range(N)]
    return {
        "id": [f"H{i:02d}" for i in range(N)],
        "arm": ["HIFU", "No HIFU"] * (N // 2),
        "grade": ["G1", "G2", "G2", "G3"] * (N // 4),
        "albumin": [34 + (i * 5) % 13 for i in range(N)],
        "start_date": [FIRST.isoformat()] * N,
        "progression_date": [day(t / 2) if i % 4 < 2 else None for i, t in enumerate(months)],
        "death_date": [day(t) if d else None for t, d in zip(months, died, strict=True)],
        "last_seen_date": [day(t) for t in months],
    }


def timed():
    """The same study as times."""
    dated = study()
    months = [4 + (7 * i) % 29 + 0.5 for i in range(N)]
    kept = {name: dated[name] for name in ("id", "arm", "grade", "albumin")}
    return kept | {
        "pfs_months": [round(t / 2, 2) if i % 4 < 2 else t for i, t in enumerate(months)],
        "pfs_event": [1 if i % 4 < 2 or i % 2 == 0 else 0 for i in range(N)],
        "os_months": months,
        "os_event": [1 - i % 2 for i in range(N)],
    }


EVENTS = (("id", "term", "grade"), ("H00", "Fever", 2), ("H01", "Pain", 3))

CHECKS = {
    "duplicate patients": Check(
        code="duplicate-patient", severity="warning", rows=(4, 11), column="id",
        said="1 patient in more than one row: 'H02'", remedy="Keep one row per patient", cells={"id": {9: "H02"}},
    ),
    "events before origin": Check(
        code="negative-time", severity="error", rows=(2,), column="start_date", said="OS time negative in 1 row",
        remedy="Check that the end is not before the start", cells={"death_date": {0: "2018-12-01"}},
    ),
    "death before progression": Check(
        code="date-after-death", severity="warning", rows=(6,), column="progression_date",
        said="Progression date is after Death date in 1 row", remedy="Correct one of the two dates",
        cells={"progression_date": {4: "2024-03-01"}},
    ),
    "negative times": Check(
        code="negative-time", severity="error", rows=(5, 9), column="os_months", said="OS time negative in 2 rows",
        remedy="Check that the end is not before the start", cells={"os_months": {3: -4, 7: -1}},
    ),
    "zero times": Check(
        code="time-zero", severity="info", rows=(5,), column="pfs_months", said="PFS time is zero in 1 row",
        remedy="Check that it is meant", cells={"pfs_months": {3: 0}},
    ),
    "follow-up beyond the data cut": Check(
        code="after-data-cut", severity="info", rows=(3, 9), column="last_seen_date",
        said="OS follow-up goes beyond the data cut in 2 rows", remedy="censored at the data cut",
        data_cut="2023-06-30", cells={"last_seen_date": {1: "2023-07-01", 7: "2023-09-01"}},
    ),
    "PFS longer than OS": Check(
        code="pfs-after-os", severity="warning", rows=(6,), column="pfs_months", said="PFS time is longer than OS time",
        remedy="check the dates", cells={"pfs_months": {4: 60}},
    ),
    "an event without its date": Check(
        code="event-without-date", severity="warning", rows=(4,), column="death_date", said="happened without a date",
        remedy="Enter the date of the event",
        cells={"death_date": {2: None}, "status": ["dead", "alive"] * (N // 2)},
    ),
    "impossible dates": Check(
        code="impossible-date", severity="warning", rows=(4,), column="last_seen_date",
        said="is in the future or before 1900 in 1 row", remedy="Correct these dates",
        cells={"last_seen_date": {2: "2031-05-02"}},
    ),
    "a day that no calendar has": Check(
        code="text-in-date", severity="warning", rows=(4,), column="last_seen_date",
        said="1 cell that is not a date, counted as missing: '2021-02-31'",
        remedy="Correct these cells", cells={"last_seen_date": {2: "2021-02-31"}},
    ),
    "a constant column": Check(
        code="constant-column", severity="info", rows=(), column="site", said="for every patient: 'site'",
        remedy="tells nothing", cells={"site": ["Graz"] * N},
    ),
    "an empty column": Check(
        code="empty-column", severity="info", rows=(), column="remarks", said="without any value: 'remarks'",
        remedy="Fill it, or leave it out", cells={"remarks": [None] * N},
    ),
    "a level with fewer than 5 patients": Check(
        code="rare-level", severity="info", rows=(5, 8), column="grade", said="G4 (2)",
        remedy="Merge them with a neighbouring level", cells={"grade": {3: "G4", 6: "G4"}},
    ),
    "a suspicious outlier": Check(
        code="outlier", severity="info", rows=(7,), column="albumin", said="'400', far from all others (34 to 46)",
        remedy="a slipped decimal point", cells={"albumin": {5: 400}},
    ),
    "text in numbers": Check(
        code="text-in-number", severity="warning", rows=(7,), column="albumin",
        said="1 cell that is not a number, counted as missing: 'low'",
        remedy="Correct these cells", cells={"albumin": {5: "low"}},
    ),
    "an adverse event of an unknown patient": Check(
        code="ae-unknown-patient", severity="warning", rows=(4,), column="id", said="'H99'", table="adverse_events",
        remedy="Correct the identifiers", cells={}, events=(*EVENTS, ("H99", "Rash", 1)),
    ),
    "a grade outside 1 to 5": Check(
        code="ae-grade-out-of-range", severity="warning", rows=(4, 5), column="grade", table="adverse_events",
        said="not a grade from 1 to 5 in 2 rows", remedy="Correct it", cells={},
        events=(*EVENTS, ("H02", "Rash", 7), ("H03", "Rash", 0)),
    ),
    "mixed units in one column": Check(
        code="mixed-units", severity="warning", rows=(3, 8, 12), column="os_months", said="look like days among months",
        remedy="Write all times in one unit", cells={"os_months": {1: 1100, 6: 1500, 10: 900}},
    ),
    "mixed units beside dates": Check(
        code="mixed-units", severity="warning", rows=(3, 8), column="os_months", said="by the dates 2 rows",
        remedy="Write all times in months",
        cells={"os_months": [(4 + (7 * i) % 29 + 0.5) * (30.4375 if i in (1, 6) else 1) for i in range(N)],
               "os_event": [1 - i % 2 for i in range(N)]},
    ),
}  # fmt: skip
OF_TIMES = {"negative times", "zero times", "PFS longer than OS", "mixed units in one column"}


def cohort_of(check, columns):
    for name, cells in check.cells.items():
        if isinstance(cells, list):
            columns[name] = cells
            continue
        for position, value in cells.items():
            columns[name][position] = value
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    files = {"patients.csv": delimited(rows)} | ({"ae.csv": delimited(check.events)} if check.events else {})
    cohort = cohort_from_files(files, name="study")
    if check.data_cut is None:
        return cohort
    cut = {"OS": cohort.spec.endpoints["OS"].model_copy(update={"data_cut": check.data_cut})}
    return with_spec(cohort, cohort.spec.model_copy(update={"endpoints": cut}))


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_names_rows_severity_and_remedy(name):
    check = CHECKS[name]
    cohort = cohort_of(check, timed() if name in OF_TIMES else study())
    found = [one for one in cohort.issues if one.code == check.code and one.column == check.column]
    assert [one.rows for one in found if check.said in one.message] == [check.rows], [
        one.message for one in cohort.issues
    ]
    (one,) = [one for one in found if check.said in one.message]
    assert (one.severity, one.table) == (check.severity, check.table)
    assert check.remedy in one.remedy
    assert one.remedy.endswith(".")


@pytest.mark.parametrize("columns", [study(), timed()], ids=["dates", "times"])
def test_the_clean_study_has_nothing_to_decide(columns):
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    files = {"patients.csv": delimited(rows), "ae.csv": delimited(EVENTS)}
    cohort = cohort_from_files(files, name="study")
    assert [issue for issue in cohort.issues if issue.severity != "info"] == []
    assert not {check.code for check in CHECKS.values()} & {issue.code for issue in cohort.issues} - {"constant-column"}
