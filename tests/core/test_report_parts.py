"""What was put into the report: a part of the specification, answered as if it were asked alone."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.json_text import json_text
from core.reporting.report.reproduce import reproduction
from core.run import run
from core.spec import AnalysisSpec

FOLDER = Path(__file__).parents[2] / "sample_data" / "hifu_ici"
SPEC = json.loads((FOLDER / "spec.json").read_text("utf-8"))
COX = {"id": "report_1_cox", "kind": "cox", "endpoint": "OS", "covariates": ["hifu", "age_years"]}
FILTER = {"column": "age_years", "op": ">=", "value": 60}
PART = {"page": "hazards", "title": "My model", "filters": [FILTER], "group": {"column": "hifu"}, "analyses": [COX]}


@pytest.fixture(scope="module")
def hifu():
    return load_cohort(AnalysisSpec.from_json(json.dumps(SPEC)).cohort, base=FOLDER, name="hifu_ici")


def spec_with(*parts):
    return AnalysisSpec.from_json(json.dumps({**SPEC, "analyses": [], "report": list(parts)}))


def test_it_is_answered_as_if_it_were_asked_alone(hifu):
    (result,) = run(spec_with(PART), hifu).values()
    alone = AnalysisSpec.from_json(
        json.dumps({**SPEC, "filters": [FILTER], "group": {"column": "hifu"}, "analyses": [COX]})
    )
    (expected,) = run(alone, hifu).values()
    assert json_text(as_json(result)) == json_text(as_json(expected))
    assert result.subset.n < hifu.n


def test_filters_of_the_specification_are_not_its_own(hifu):
    spec = AnalysisSpec.from_json(
        json.dumps(
            {**SPEC, "filters": [{"column": "age_years", "op": "<", "value": 60}], "analyses": [], "report": [PART]}
        )
    )
    (result,) = run(spec, hifu).values()
    assert result.subset.frame["age_years"].min() >= 60


def test_the_command_answers_it_and_writes_its_table(tmp_path, capsys):
    tables = {
        table: str(FOLDER / SPEC["cohort"][table]) for table in ("patients", "adverse_events", "lesions", "sessions")
    }
    spec = {**SPEC, "cohort": SPEC["cohort"] | tables, "analyses": SPEC["analyses"][:1], "report": [PART]}
    file = tmp_path / "SPEC.json"
    file.write_text(json.dumps(spec), "utf-8")
    assert main(["run", str(file)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [SPEC["analyses"][0]["id"], "report_1_cox"]
    out = tmp_path / "t.csv"
    assert main(["tables", str(file), "--only", "report_1_cox", "--out", str(out)]) == 0
    assert "age" in out.read_text("utf-8-sig").lower()


def test_the_scripts_compute_it_and_the_specification_asks_for_it(hifu):
    spec = spec_with(PART)
    files = reproduction(spec, list(run(spec, hifu).values()))
    assert "data_report_1_cox.csv" in files
    assert b"# report_1_cox" in files["reproduce.R"]
    assert [one["id"] for one in json.loads(files["analyses.json"])] == ["report_1_cox"]
    again = AnalysisSpec.from_json(files["SPEC.json"].decode())
    assert again.report == spec.report
    (result,) = run(again, hifu).values()
    assert json.loads(json_text(as_json(result))) == json.loads(files["results.json"])["report_1_cox"]


def test_text_and_value_are_the_same():
    spec = spec_with({**PART, "drawn": {"show_band": False, "names": ["a"]}})
    assert AnalysisSpec.from_json(spec.to_json()) == spec
    assert "show_censored" not in spec.to_json()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"page": "hazard"}, "Did you mean 'hazards'?"),
        ({"page": "flow"}, "the page 'flow' draws flow"),
        ({"analyses": []}, "analyses"),
        ({"title": ""}, "title"),
        ({"analyses": [COX, COX]}, "two analyses have the same id"),
        ({"analyses": [{**COX, "endpoint": "TTP"}]}, "'TTP', which is not defined"),
        ({"drawn": {"show_bands": True}}, "show_band"),
        ({"filter": []}, "filters"),
        (
            {"analyses": [{"id": "p", "kind": "patient_profile", "patient": "P1", "endpoint": "OS"}]},
            "the page 'hazards' draws cox",
        ),
    ],
)
def test_what_cannot_be_asked_is_said(change, said):
    with pytest.raises(SpecError) as caught:
        spec_with({**PART, **change})
    assert said in str(caught.value)


def test_a_curve_that_was_not_asked_for_is_not_drawn():
    curves = {"id": "k", "kind": "kaplan_meier", "endpoint": "OS"}
    for curve, more in (("hazard", {"hazard": {}}), ("log_log", {"log_log": True})):
        part = {"page": "survival", "title": "t", "drawn": {"curve": curve}, "analyses": [curves]}
        with pytest.raises(SpecError, match="drawn only where"):
            spec_with(part)
        assert spec_with({**part, "analyses": [{**curves, **more}]}).report[0].drawn.curve == curve
