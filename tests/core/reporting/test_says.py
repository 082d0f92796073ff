"""Two sentences for every kind of result: the finding as one sentence with a number, and the caveat of these data."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.reporting.as_json import as_json
from core.reporting.says import plain_says, says
from core.run import run, run_analysis
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).parents[3] / "sample_data"
SENTENCE_END = re.compile(r"(?<!vs)(?<!al)\. (?=[A-Z])")
CAUSAL = re.compile(
    r"\b(effective|superior|improves?d?|prolongs|prevents?|reduces?d?|because of|due to|thanks to|protects?|causes)\b"
    r"|no difference",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=["hifu_ici", "ablation_tace_net", "hcc_ablation"])
def sample(request):
    base = json.loads((SAMPLES / request.param / "spec.json").read_text(encoding="utf-8"))
    spec = AnalysisSpec.model_validate(base)
    return base, load_cohort(spec.cohort, base=SAMPLES / request.param)


def ask(base, cohort, **asked):
    spec = AnalysisSpec.model_validate({**base, "analyses": [{"id": "a", **asked}]})
    return run_analysis(spec, cohort, spec.analyses[0])


QUESTIONS = [
    {"kind": "kaplan_meier", "endpoint": "OS", "times": [12, 24]},
    {"kind": "compare", "endpoint": "OS"},
    {"kind": "cox", "endpoint": "OS", "covariates": ["sex", "age_years"]},
    {"kind": "proportional_hazards", "endpoint": "OS", "covariates": ["sex", "age_years"]},
    {"kind": "cumulative_incidence", "endpoint": "OS", "times": [12]},
    {"kind": "subgroups", "endpoint": "OS", "factors": ["sex", "age_years"]},
    {"kind": "adjusted_survival", "endpoint": "OS", "covariates": ["sex", "age_years"], "times": [12]},
    {"kind": "cut_point", "endpoint": "OS", "column": "age_years", "permutations": 200, "bootstraps": 20},
    {"kind": "quantile_groups", "endpoint": "OS", "column": "age_years", "groups": 3, "times": [12]},
    {"kind": "balance", "endpoint": "OS", "covariates": ["sex", "age_years"]},
    {"kind": "baseline", "variables": ["sex", "age_years"]},
    {"kind": "adverse_events"},
    {"kind": "adverse_event_time", "endpoint": "OS", "times": [3]},
    {"kind": "flow", "endpoint": "OS"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["kind"])
def test_two_sentences_of_every_kind(sample, question):
    said = says(ask(*sample, **question))
    for text in (said.finding, said.caveat):
        assert text.endswith("."), text
        assert not SENTENCE_END.search(text), text
        assert not CAUSAL.search(text), text
        assert not re.search(r"\bNone\b|\bnan\b", text), text
    assert re.search(r"\d", said.finding), said.finding


def test_what_matters_most_in_the_samples_is_what_they_were_made_for(sample):
    base, cohort = sample
    said = says(ask(base, cohort, **QUESTIONS[0]))
    expected = {"hifu_ici": "immortal_time"}.get(cohort.name)
    if expected is not None:
        assert said.about == expected
        assert said.caveat.startswith("HIFU started after time zero in 26 of 28 patients")


def test_curves_are_told_with_their_test_their_ratio_and_what_the_test_of_proportional_hazards_says(
    answer, two_arms, hifu
):
    rng = np.random.default_rng(3)
    n = 200
    frame = two_arms.sample(n, replace=True, random_state=1).reset_index(drop=True)
    arm = np.arange(n) % 2
    # the hazard of one arm falls with time, of the other it rises: Weibull shapes 0.5 and 3
    frame["time"] = np.where(arm, rng.weibull(0.5, n), rng.weibull(3.0, n)) * 10 + 0.01
    frame["event"], frame["hifu"] = 1, np.where(arm, "Yes", "No")
    curves = answer(frame, {"kind": "kaplan_meier", "times": [5]}, group=hifu)
    beside = [
        answer(frame, {"kind": "compare"}, group=hifu),
        answer(frame, {"kind": "cox", "covariates": ["hifu"]}, group=hifu),
        answer(frame, {"kind": "proportional_hazards", "covariates": ["hifu"]}, group=hifu),
    ]
    said = says(curves, beside=beside)
    assert re.search("hazard ratio .* log-rank P", said.finding)
    assert said.about == "hazards_not_proportional"
    assert "P < 0.001" in said.caveat
    assert says(curves).about != "hazards_not_proportional"


def test_a_crowded_model_is_the_caveat_of_it(answer, random_arms):
    few = random_arms.assign(event=(np.arange(60) < 12).astype(int))
    said = says(answer(few, {"kind": "cox", "covariates": ["grade", "age"]}))
    assert said.about == "crowded_model"
    assert said.caveat == "Only 12 events for 3 coefficients: what the model finds, or does not find, may be chance."


def test_a_table_that_leaves_nobody_out_says_where_values_are_missing(answer, random_arms, hifu):
    """12 of 60 have no age; sessions that only the treated can have are no gap."""
    treated = np.arange(60) % 2 == 1
    gaps = random_arms.assign(
        hifu=np.where(treated, "Yes", "No"),
        age=random_arms["age"].where(np.arange(60) >= 12),
        sessions=np.where(treated, 1.0 + np.arange(60) % 3, np.nan),
    )
    said = says(answer(gaps, {"kind": "baseline", "variables": ["age", "sessions"]}, group=hifu))
    assert said.about == "gaps"
    assert said.caveat.startswith("Age is missing in 12 of 60 patients (20 %): its row compares the others")


def test_patients_left_out_for_missing_values_are_counted(answer, random_arms):
    gone = random_arms.assign(time=random_arms["time"].where(np.arange(60) >= 12))
    said = says(answer(gone, {"kind": "kaplan_meier", "times": [5]}))
    assert said.about == "left_out"
    assert said.caveat == "12 of 60 patients (20 %) are left out for missing values and may be different."


def test_patients_that_a_filter_leaves_out_are_not_missing(answer, random_arms):
    filters = [{"column": "age", "op": ">=", "value": 60}]
    said = says(answer(random_arms, {"kind": "kaplan_meier", "times": [5]}, filters=filters))
    assert said.about != "left_out"


def test_no_event_at_all(answer, two_arms, hifu):
    said = says(answer(two_arms.assign(event=0), {"kind": "kaplan_meier"}, group=hifu))
    assert said.finding == "Nobody of 12 patients had the event."
    assert said.about == "no_events"


def test_the_json_holds_the_same_two_sentences(answer, two_arms, hifu):
    result = answer(two_arms, {"kind": "kaplan_meier"}, group=hifu)
    said, written = says(result), as_json(result)["says"]
    assert (written["finding"], written["caveat"], written["about"]) == (said.finding, said.caveat, said.about)
    assert written["more"] == list(said.more)


def test_other_events_that_came_first_overstate_a_curve():
    base = json.loads((SAMPLES / "hcc_ablation" / "spec.json").read_text(encoding="utf-8"))
    spec = AnalysisSpec.model_validate(
        {**base, "group": None, "analyses": [{"id": "a", "kind": "kaplan_meier", "endpoint": "LTP", "times": [12]}]}
    )
    result = run(spec, load_cohort(spec.cohort, base=SAMPLES / "hcc_ablation"))["a"]
    said = says(result)
    first = sum(int(flags.sum()) for flags in result.subset.competing.values())
    assert first >= 0.1 * result.subset.n
    assert said.about == "other_events"
    assert "counts as censored here, so the curve overstates how often the event happens" in said.caveat


def test_a_page_without_an_analysis_says_what_it_cannot_do():
    said = plain_says("98.0 % of all cells are filled.", "quality", "More.")
    assert (said.finding, said.about, said.more) == ("98.0 % of all cells are filled.", "limit_of_method", ("More.",))
    assert said.caveat.startswith("A filled cell is not yet a right one")
