"""The specifications beside the cohorts run as they stand and ask for the papers' analyses."""

import pytest

from core.__main__ import main
from core.run import run

COHORTS = ("hifu_ici", "ablation_tace_net", "hcc_ablation")


@pytest.mark.parametrize("name", COHORTS)
def test_the_headless_command_runs_it(samples, tmp_path, name):
    out = tmp_path / "results.json"
    assert main(["run", str(samples / name / "spec.json"), "--out", str(out)]) == 0
    assert out.stat().st_size > 1000


@pytest.mark.parametrize("name", COHORTS)
def test_nobody_is_left_out_unawares(cohorts, specs, name):
    results = run(specs[name], cohorts[name])
    for result in results.values():
        if not result.analysis.filters:
            assert not result.subset.exclusions, result.id
            assert result.subset.n == cohorts[name].n


@pytest.mark.parametrize("name", COHORTS)
def test_loading_finds_nothing_wrong(cohorts, name):
    assert [issue for issue in cohorts[name].issues if issue.severity != "info"] == []


@pytest.mark.parametrize("name", ["hifu_ici", "ablation_tace_net"])
def test_it_asks_for_the_papers_analyses(specs, name):
    asked = [(analysis.kind, getattr(analysis, "endpoint", None)) for analysis in specs[name].analyses]
    for endpoint in ("OS", "PFS"):
        for kind in ("kaplan_meier", "compare", "cox"):
            assert (kind, endpoint) in asked
    assert ("baseline", None) in asked
    assert ("adverse_events", None) in asked
    for analysis in specs[name].analyses:
        if analysis.kind == "kaplan_meier":
            assert {6.0, 12.0} <= set(analysis.times)


def test_net_regression_enters_what_is_below_a_tenth(specs):
    cox = [analysis for analysis in specs["ablation_tace_net"].analyses if analysis.kind == "cox"]
    assert {(a.mode, a.enter_below) for a in cox} == {("univariable-then-multivariable", 0.1)}


def test_hcc_endpoints_name_their_competing_events(specs):
    endpoints = specs["hcc_ablation"].cohort.endpoints
    assert set(endpoints["LTP"].competing) == set(endpoints["IDR"].competing) == {"transplant", "death"}
    assert set(endpoints["EHR"].competing) == {"death"}
    assert specs["hcc_ablation"].cohort.lesions == "lesions.csv"
