"""A number in groups of equally many patients, and a cut-point of one event, from a specification to sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import CohortError, TooFewEventsError
from core.regression.quantile_groups import group_labels, quantile_cuts, quantile_groups
from core.reporting.as_json import as_json
from core.reporting.methods_text import method_lines
from core.reporting.quantile_groups_report import quantile_groups_sentence, quantile_groups_table, tried_sentence
from core.run import run
from core.spec import AnalysisSpec
from core.timetoevent import TimeToEvent

SAMPLE = Path(__file__).parents[2] / "sample_data" / "hcc_ablation"


@pytest.fixture(scope="module")
def cohort():
    spec = AnalysisSpec.from_json((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    return load_cohort(spec.cohort, base=SAMPLE, synthetic=True)


def answer(cohort, **asked):
    analysis = {"id": "q", "endpoint": "LTP", "column": "afp_ng_ml", "kind": "quantile_groups", **asked}
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec.model_dump(mode="json", exclude_defaults=True), "analyses": [analysis],
         "group": {"column": "sex"}}
    )  # fmt: skip
    return run(spec, cohort)["q"]


def test_cuts_divide_into_groups_of_the_same_size_and_ties_stay_together():
    values = np.arange(1.0, 13.0)
    assert quantile_cuts(values, 3) == pytest.approx((4 + 2 / 3, 8 + 1 / 3))
    assert quantile_cuts(np.array([0.0, 0, 0, 0, 5, 9]), 3) == pytest.approx((0.0, 1 + 2 / 3))
    assert quantile_cuts(np.array([1.0, 1, 1, 1, 1, 2]), 4) == (1.0,)
    assert quantile_cuts(np.array([3.0, 3, np.nan]), 2) == ()
    assert quantile_cuts(np.array([np.nan]), 2) == ()
    assert group_labels((4.5, 400.0)) == ("≤4.5", ">4.5–400", ">400")
    assert group_labels((1234.51, 1234.52)) == ("≤1234.51", ">1234.51–1234.52", ">1234.52")


def test_every_patient_with_a_value_is_in_one_group(cohort):
    result = answer(cohort, times=[24, 60], groups=4)
    value = result.quantile_groups
    known = cohort.patients.frame["afp_ng_ml"].notna()
    assert int(value.comparison.n.sum()) == int(known.sum())
    assert value.n_missing == int((~known).sum())
    assert max(value.comparison.n) - min(value.comparison.n) <= 4  # ties stay together
    assert result.subset.groups.column is None
    assert value.incidence is not None
    assert value.survival is None
    assert any("missing in rows" in note for note in result.notes)


def test_json_table_and_sentence_agree(cohort):
    result = answer(cohort, times=[24], groups=3)
    written = as_json(result)
    assert written["n_groups"] == 3
    top = written["incidence"]["groups"][written["levels"][-1]]["LTP"]["at"][0]["incidence"]
    assert f"{100 * top:.1f} %" in quantile_groups_sentence(result)
    table = quantile_groups_table(result)
    assert table.rows[-1].cells[3].values[0] == top
    assert written["trend"]["p_value"] == result.quantile_groups.comparison.trend.p_value
    assert written["trend_incidence"]["p_value"] == result.quantile_groups.trend_term.p_value
    assert any("tertiles" in line for line in method_lines(result))


def test_without_competing_events_it_is_survival(cohort):
    result = answer(cohort, endpoint="OS", column="age_years", groups=2, times=[36])
    value = result.quantile_groups
    assert value.incidence is None
    assert value.comparison.trend is None
    assert value.trend_term is None
    assert "log-rank" in quantile_groups_sentence(result)
    assert as_json(result)["survival"][value.levels[0]]["n"] == value.comparison.n[0]


def test_one_type_of_the_event_or_another_event(cohort):
    typed = answer(cohort, endpoint="TTP", event="Local tumour progression").quantile_groups
    assert typed.event == "local tumour progression"
    assert typed.incidence is not None
    assert "intrahepatic distant recurrence" in typed.incidence.causes
    assert answer(cohort, event="death").quantile_groups.incidence.causes[0] == "death"


def test_a_cut_point_of_another_event(cohort):
    few = {"kind": "cut_point", "column": "age_years", "permutations": 200, "bootstraps": 0}
    found = answer(cohort, event="death", **few)
    died = answer(cohort, event="death", column="age_years").quantile_groups
    assert found.cut_point.n_events == int(died.comparison.observed.sum())
    assert any(note.startswith("Event: death") for note in found.notes)
    assert found.cut_point.n_events != answer(cohort, **few).cut_point.n_events
    said = tried_sentence(found.cut_point, 3, 1)
    assert f"Cut-points tried: {found.cut_point.cut.size} in the search" in said
    assert "2 at quantiles" in said
    assert "chance of up to 14 %" in tried_sentence(found.cut_point, 3, 3)


def test_what_cannot_be_asked_says_so(cohort):
    with pytest.raises(CohortError, match="holds words"):
        answer(cohort, column="sex")
    with pytest.raises(CohortError, match="Did you mean"):
        answer(cohort, column="afp_ng")
    same = TimeToEvent(time=np.array([1.0, 2.0]), event=np.array([True, False]))
    with pytest.raises(TooFewEventsError, match="do not differ"):
        quantile_groups(same, {}, np.array([1.0, 1.0]), column="x", event="e", n_groups=2)


def test_groups_with_few_events_are_said(cohort):
    assert any(note.startswith("Fewer than 10 events in") for note in answer(cohort, endpoint="EHR", groups=4).notes)


def test_a_group_without_events_is_named_by_its_column():
    rng = np.random.default_rng(3)
    values = np.arange(60.0)
    data = TimeToEvent(time=rng.uniform(1, 9, 60), event=(np.arange(60) < 30) & (np.arange(60) % 2 == 0))
    found = quantile_groups(data, {}, values, column="afp", event="OS", n_groups=2)
    (note,) = [note for note in found.notes if note.startswith("No events among")]
    assert "with afp >29:" in note  # the median is 29.5, no whole number lies between
    assert not any("group =" in note for note in found.notes)


def test_whole_numbers_are_told_by_whole_cuts_and_others_by_the_quantiles():
    """Tertiles of 0..9 and 20 are 3.33 and 6.67: nobody lies between 3.33 and 3."""
    values = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20])
    data = TimeToEvent(time=np.arange(1.0, 12.0), event=np.ones(11, dtype=bool))
    whole = quantile_groups(data, {}, values, column="age", event="OS", n_groups=3)
    assert whole.cuts == pytest.approx(np.quantile(values, [1 / 3, 2 / 3]))
    assert whole.levels == ("≤3", ">3–6", ">6")
    sizes = [int(group.estimate.n) for group in whole.survival.groups]
    assert sizes == [int((values <= 3).sum()), int(((values > 3) & (values <= 6)).sum()), int((values > 6).sum())]
    halves = quantile_groups(data, {}, values + 0.5, column="age", event="OS", n_groups=3)
    assert halves.levels[0] == f"≤{halves.cuts[0]:.4g}"
