"""Every finding, with its rows; and a clean cohort has none."""

import pytest

from core.cohort.load import cohort_from_files
from core.cohort.validate import validate

N = 24


def csv(columns):
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(names), *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    return "\n".join(lines).encode()


def clean(**changes):
    columns = {
        "id": [f"p{i}" for i in range(N)],
        "arm": ["HIFU", "No HIFU"] * (N // 2),
        "age": [40 + 1.5 * i for i in range(N)],
        "pfs_months": [1.5 + i for i in range(N)],
        "pfs_event": [1, 1, 0] * (N // 3),
        "os_months": [2.5 + i for i in range(N)],
        "os_event": [1, 0, 0] * (N // 3),
    }
    columns.update(changes)
    return {name: cells for name, cells in columns.items() if cells is not None}


EVENTS = {
    "patient": ["p0", "p0", "p1", "p2"],
    "term": ["Fever", "Pain", "Fever", "Rash"],
    "class": ["All-cause"] * 3 + ["Immune-mediated"],
    "grade": [1, 2, 3, 2],
}


def issues(columns, events=None):
    files = {"p.csv": csv(columns)} | ({} if events is None else {"ae.csv": csv(events)})
    return {issue.code: issue for issue in cohort_from_files(files, name="c").issues}


def with_cells(name, cells):
    """The clean column with some cells changed: position -> value."""
    column = list(clean()[name])
    for position, value in cells.items():
        column[position] = value
    return {name: column}


def test_a_clean_cohort_has_no_findings():
    assert issues(clean(), EVENTS) == {}


CASES = [
    ("no-patient-id", clean(id=None), "info", None, ()),
    ("missing-patient-id", clean(**with_cells("id", {3: None})), "warning", "id", (5,)),
    ("duplicate-patient", clean(**with_cells("id", {3: "p2", 7: "P2"})), "warning", "id", (4, 5, 9)),
    ("empty-column", clean(note=[None] * N), "info", "note", ()),
    ("constant-column", clean(site=["Graz"] * N), "info", "site", ()),
    ("one-group-only", clean(arm=["HIFU"] * N), "warning", "arm", ()),
    ("rare-level", clean(sex=["m"] * (N - 2) + ["f"] * 2), "info", "sex", (24, 25)),
    ("sentinel-value", clean(**with_cells("age", {1: 999, 4: 999})), "warning", "age", (3, 6)),
    ("sentinel-value", clean(afp=[0.1 * i for i in range(N - 1)] + [-99]), "warning", "afp", (25,)),
    ("implausible-age", clean(**with_cells("age", {1: 161})), "warning", "age", (3,)),
    ("text-in-number", clean(**with_cells("age", {1: "sixty"})), "warning", "age", (3,)),
    ("missing-time", clean(**with_cells("os_months", {0: None})), "warning", "os_months", (2,)),
    ("missing-event", clean(**with_cells("os_event", {5: None})), "warning", "os_event", (7,)),
    ("negative-time", clean(**with_cells("os_months", {0: -2.5, 1: -1})), "error", "os_months", (2, 3)),
    ("time-zero", clean(**with_cells("pfs_months", {0: 0})), "info", "pfs_months", (2,)),
    ("no-events", clean(os_event=[0] * N), "warning", "os_event", ()),
    ("all-events", clean(os_event=[1] * N), "info", "os_event", ()),
    ("pfs-after-os", clean(**with_cells("pfs_months", {4: 99})), "warning", "pfs_months", (6,)),
    ("entry-not-before-time", clean(entry=[0.5] * (N - 1) + [99]), "error", "entry", (25,)),
    ("missing-entry", clean(entry=[0.5 + i / 100 for i in range(N - 1)] + [None]), "warning", "entry", (25,)),
    ("similar-levels", clean(arm=["HIFU", "hifu", "No HIFU"] * (N // 3)), "warning", "arm", ()),
    ("no-endpoint", clean(pfs_months=None, os_months=None, pfs_event=None, os_event=None), "error", None, ()),
]


@pytest.mark.parametrize(("code", "columns", "severity", "column", "rows"), CASES, ids=[case[0] for case in CASES])
def test_findings_about_patients(code, columns, severity, column, rows):
    found = issues(columns)[code]
    assert (found.severity, found.column, found.rows, found.table) == (severity, column, rows, "patients")
    assert found.message
    assert found.message.endswith(".")


def test_a_death_that_is_no_event_of_pfs():
    changed = with_cells("pfs_months", {2: 99}) | {"os_months": [2.5 + i for i in range(N)]}
    changed["pfs_months"][2] = changed["os_months"][2]
    changed |= with_cells("os_event", {2: 1})
    found = issues(clean(**changed))
    assert found["death-not-counted"].rows == (4,)
    assert "TTP" in found["death-not-counted"].remedy


def test_rounding_is_no_contradiction():
    assert issues(clean(**with_cells("pfs_months", {10: 12.51}))) == {}


def test_rows_entered_twice_without_identifiers():
    columns = clean(id=None)
    for cells in columns.values():
        cells[5] = cells[4]
    assert issues(columns)["duplicate-row"].rows == (6, 7)


def test_duplicate_patients_are_said_not_dropped():
    cohort = cohort_from_files({"p.csv": csv(clean(**with_cells("id", {3: "p2"})))}, name="c")
    assert cohort.n == N


def test_many_unused_columns_are_one_finding():
    found = issues(clean(a=[None] * N, b=[None] * N, c=["x"] * N, d=[1] * N))
    assert found["empty-column"].message == "2 columns without any value: 'a', 'b'."
    assert found["constant-column"].message == "2 columns with the same value for every patient: 'c', 'd'."
    assert found["empty-column"].column is None


AE_CASES = [
    ("ae-unknown-patient", {"patient": ["p0", "zz", "p1", None]}, "warning", "patient", (3, 5)),
    ("ae-grade-out-of-range", {"grade": [1, 0, 6, 2]}, "warning", "grade", (3, 4)),
    ("ae-missing-grade", {"grade": [1, None, 2, 2]}, "warning", "grade", (3,)),
    ("text-in-grade", {"grade": [1, "x", 2, 2]}, "warning", "grade", (3,)),
    ("severity-as-grade", {"grade": ["mild", "severe", "mild", "mild"]}, "info", "grade", ()),
    ("ae-missing-term", {"term": ["Fever", None, "Fever", "Rash"]}, "warning", "term", (3,)),
    ("ae-duplicate", {"term": ["Fever", "Fever", "x", "y"], "grade": [1, 1, 2, 3]}, "info", None, (3,)),
    ("ae-no-grade", {"grade": None}, "warning", None, ()),
]


@pytest.mark.parametrize(
    ("code", "changes", "severity", "column", "rows"), AE_CASES, ids=[case[0] for case in AE_CASES]
)
def test_findings_about_adverse_events(code, changes, severity, column, rows):
    events = {name: cells for name, cells in (EVENTS | changes).items() if cells is not None}
    found = issues(clean(), events)[code]
    assert (found.severity, found.column, found.rows, found.table) == (severity, column, rows, "adverse_events")


def test_adverse_events_without_patients_to_join():
    assert issues(clean(id=None), EVENTS)["ae-no-patient-id"].table == "adverse_events"


def test_an_endpoint_that_cannot_be_read_is_a_finding_not_an_exception():
    from core.cohort.load import with_spec
    from core.spec import EndpointSpec

    cohort = cohort_from_files({"p.csv": csv(clean())}, name="c")
    broken = cohort.spec.model_copy(update={"endpoints": {"OS": EndpointSpec(time="arm", event="os_event")}})
    (found,) = [issue for issue in with_spec(cohort, broken).issues if issue.severity == "error"]
    assert (found.code, found.column) == ("endpoint-unreadable", "arm")


def test_every_code_is_listed_where_it_is_documented():
    documented = validate.__doc__
    assert documented is not None
    own = {case[0] for case in CASES + AE_CASES} - {
        "text-in-number",
        "similar-levels",
        "text-in-grade",
        "severity-as-grade",
    }
    assert {code for code in own if f"``{code}``" not in documented} == set()
