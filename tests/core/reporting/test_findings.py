"""A long list of findings: worst first, alike ones in one line, none lost."""

from __future__ import annotations

from core.cohort.cohort import DataIssue
from core.reporting.findings import listed_findings, where


def found(code, severity="warning", column=None, rows=()):
    return DataIssue(code=code, severity=severity, column=column, rows=tuple(rows), message=f"{code} {column}")


LONG = [
    *(found("rare-level", "info", f"c{i}", [i]) for i in range(9)),
    found("similar-levels", column="sex"),
    found("implausible-age", column="age", rows=[5]),
    found("similar-levels", column="arm"),
    found("negative-time", "error", "os", [7]),
    *(found("time-zero", "info", f"t{i}") for i in range(4)),
    found("confirm-event", column="status"),
]


def test_worst_first_and_alike_in_one_line():
    lines = listed_findings(LONG)
    assert [line.alike[0].code for line in lines] == [
        "negative-time", "confirm-event", "implausible-age", "similar-levels", "similar-levels", *["time-zero"] * 4,
        "rare-level",
    ]  # fmt: skip
    assert lines[-1].what == "Levels with fewer than 5 patients (9 findings)."
    assert lines[-1].where == "columns c0, c1, c2, c3, c4, c5 and 3 more"
    assert sorted(map(id, (one for line in lines for one in line.alike))) == sorted(map(id, LONG))


def test_two_stand_together_where_asked():
    lines = listed_findings(LONG, together={"similar-levels": 2})
    assert len([line for line in lines if line.alike[0].code == "similar-levels"]) == 1
    assert len([line for line in lines if line.alike[0].code == "rare-level"]) == 9


def test_where():
    assert where(found("x", column="age", rows=[5])) == "column age, row 5"
    assert where(found("x", rows=range(2, 12))) == "rows 2, 3, 4, 5, 6, 7, 8, 9 and more"
