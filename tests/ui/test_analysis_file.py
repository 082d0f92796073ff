import json

import pytest

from core.errors import SpecError
from core.spec import AnalysisSpec
from ui.analysis_file import selection_of, told_apart
from ui.selection import Selection

SPEC = {
    "cohort": {
        "patients": "p.csv",
        "endpoints": {"OS": {"time": "t", "event": "e"}, "PFS": {"time": "u", "event": "f"}},
    },
    "filters": [{"column": "age", "op": ">=", "value": 50}],
    "group": {"column": "arm"},
    "analyses": [
        {"id": "b", "kind": "baseline", "variables": ["age"]},
        {"id": "k", "kind": "kaplan_meier", "endpoint": "PFS"},
    ],
}


def test_a_saved_analysis_is_told_from_the_data() -> None:
    spec, data = told_apart([("p.csv", b"a"), ("SPEC.JSON", json.dumps(SPEC).encode())])
    assert spec == AnalysisSpec.from_json(json.dumps(SPEC))
    assert data == [("p.csv", b"a")]


def test_it_restores_what_was_looked_at() -> None:
    spec = AnalysisSpec.from_json(json.dumps(SPEC))
    assert selection_of(spec, "upload") == Selection(
        cohort="upload", endpoint="PFS", group=spec.group, filters=spec.filters
    )


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("a.json", b"{}"), ("b.json", b"{}")], "Two saved analyses"),
        ([("a.json", b"\xff\xfe\x00")], "not text"),
        ([("a.json", b"[1]")], "JSON object"),
        ([("a.json", b'{"cohort": {"patient": "x"}}')], "Unknown key 'patient'"),
    ],
)
def test_what_is_no_saved_analysis_is_said(files: list[tuple[str, bytes]], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        told_apart(files)
