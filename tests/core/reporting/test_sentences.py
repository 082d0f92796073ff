"""Headlines and who was left out, in words."""

import re

import numpy as np
import pandas as pd
import pytest

from core.cohort.select import Exclusion
from core.reporting import format as fmt
from core.reporting.adverse_event_sentence import adverse_event_headline
from core.reporting.cox_sentence import cox_headline, cox_parts
from core.reporting.report.answers import answer_sentences
from core.reporting.says import says
from core.reporting.sentences import (
    baseline_headline,
    confidence_words,
    exclusion_sentence,
    headline,
    rank_test_name,
)
from core.spec import FlemingHarrington
from core.survival.quantiles import IntervalEstimate
from core.survival.summary import summarise
from core.timetoevent import TimeToEvent

EVENTS = pd.DataFrame(
    {"id": ["P1", "P1", "P7", "P8"], "term": ["Fever", "Rash", "Fever", "Fever"], "grade": [3, 1, 2, 1]}
)
CAUSAL = ("because", "due to", "caused", "improve", "benefit", "better", "worse", "longer", "shorter")


@pytest.fixture
def levels():
    """Four stages of 40 patients; those of D die 2.2 times as fast."""
    rng, n = np.random.default_rng(4), 160
    stage = np.array(list("ABCD"))[np.arange(n) % 4]
    time = rng.exponential(10, n) / np.where(stage == "D", 2.2, 1.0)
    return pd.DataFrame({"time": np.round(time + 0.1, 2), "event": (rng.random(n) < 0.8).astype(int), "stage": stage})


def say(answer, frame, *, group=None, endpoint="OS", compare=True, **options):
    km = answer(frame, {"kind": "kaplan_meier", "times": [6]}, group=group, endpoint=endpoint)
    test = answer(frame, {"kind": "compare"}, group=group, endpoint=endpoint) if compare else None
    return headline(km.survival, test.comparison if test else None, endpoint, **options)


class TestSurvivalHeadline:
    def test_two_groups(self, answer, two_arms, hifu):
        assert say(answer, two_arms, group=hifu) == (
            "Median overall survival was 5.0 months (95 % CI 2.0–NR) without HIFU and 15.0 months (5.0–NR) with HIFU "
            "(log-rank P = 0.019)."
        )

    def test_with_a_hazard_ratio(self, answer, two_arms, hifu):
        ratio = IntervalEstimate(value=0.131, conf_low=0.0151, conf_high=0.94)
        text = say(answer, two_arms, group=hifu, hazard_ratio=ratio)
        assert text.endswith("with HIFU (hazard ratio 0.13, 95 % CI 0.02–0.94; log-rank P = 0.019).")

    def test_the_group_that_a_hazard_ratio_is_against_is_named(self, answer, two_arms, hifu):
        curves = answer(two_arms, {"kind": "kaplan_meier"}, group=hifu)
        alone = answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group=hifu)
        assert re.search(r"\(hazard ratio 0\.\d\d against No HIFU, 95 % CI ", says(curves, beside=[alone]).finding)
        assert re.search(r"\(hazard ratio 0\.\d\d against No HIFU, 95 % CI ", answer_sentences([curves, alone])[0])

    def test_a_hazard_ratio_that_is_not_estimable_is_not_said(self, answer, two_arms, hifu):
        nan = float("nan")
        text = say(answer, two_arms, group=hifu, hazard_ratio=IntervalEstimate(value=nan, conf_low=nan, conf_high=nan))
        assert "hazard" not in text

    def test_other_levels_are_named_as_they_are(self, answer, two_arms):
        text = say(answer, two_arms, group={"column": "hifu"})
        assert "5.0 months (95 % CI 2.0–NR) for No and 15.0 months (5.0–NR) for Yes" in text

    def test_three_groups(self, answer, random_arms):
        text = say(answer, random_arms, group={"column": "grade"})
        assert text.count(" months (") == 3
        assert " for G1, " in text
        assert " for G2 and " in text

    def test_one_group(self, answer, two_arms):
        text = say(answer, two_arms, compare=False, endpoint="TTP")
        assert text == "Median time to progression was 10.0 months (95 % CI 4.0–NR)."

    def test_a_median_not_reached_brings_survival_at_a_time(self, answer, two_arms, hifu):
        kept = two_arms.assign(event=[1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0])
        text = say(answer, kept, group=hifu)
        assert "and not reached (5.0–NR) with HIFU" in text
        assert text.endswith("At 6 months, overall survival was 33.3 % (95 % CI 4.6–67.6) without HIFU and 83.3 % "
                             "(27.3–97.5) with HIFU.")  # fmt: skip

    @pytest.mark.parametrize(("times", "told"), [([6, 1000], "At 6 months"), ([1000], "")])
    def test_no_value_is_told_beyond_the_last_follow_up(self, answer, two_arms, hifu, times, told):
        kept = two_arms.assign(event=[1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0])
        km = answer(kept, {"kind": "kaplan_meier", "times": times}, group=hifu)
        text = headline(km.survival, None, "OS")
        assert "1000" not in text
        assert text.split(". ")[-1].startswith(told)

    def test_nobody_had_the_event(self, answer, two_arms):
        text = say(answer, two_arms.assign(event=0), compare=False)
        assert text == "Nobody of 12 patients had the event."

    def test_it_describes_and_never_explains(self, answer, two_arms, hifu):
        assert not any(word in say(answer, two_arms, group=hifu) for word in CAUSAL)


class TestOtherHeadlines:
    def test_cox(self, answer, random_arms):
        steep = random_arms.assign(age=lambda frame: 80 - frame["time"] + 9 * np.sin(np.arange(len(frame))))
        asked = {"kind": "cox", "covariates": ["age", "grade"]}
        text = cox_headline(answer(steep, asked))
        assert text.startswith("Taken together (60 patients, ")
        assert "overall survival went with Age (hazard ratio " in text
        assert text.endswith(" No other factor had P < 0.05.")

    def test_of_several_levels_their_test_together_speaks_first_and_a_level_only_describes(self, answer, levels):
        result = answer(levels, {"kind": "cox", "covariates": ["stage"]})
        (test,) = result.cox.multivariable.overall
        assert test.df == 3
        assert test.p_value < 0.05
        text = cox_headline(result)
        assert re.search(r"overall survival went with Stage \(overall P [=<] [\d.]+; D against A, hazard ratio ", text)
        assert text.count("P ") == 1  # no level has a P of its own

    def test_a_level_with_a_small_p_is_no_finding_where_the_factor_has_none(self, answer, levels):
        mild = levels.assign(time=np.where(levels["stage"] == "D", levels["time"] * 2.0, levels["time"]))
        result = answer(mild, {"kind": "cox", "covariates": ["stage"]})
        (test,) = result.cox.multivariable.overall
        assert min(term.p_value for term in result.cox.multivariable.terms) < 0.05 < test.p_value
        first, second = cox_parts(result)
        assert first.endswith("no factor had P < 0.05 for overall survival.")
        assert second.startswith("Of stage, B against A stands apart (hazard ratio ")
        assert second.endswith(f"(overall {fmt.p_phrase(test.p_value)}): read that level as a description only.")

    def test_cox_without_anything(self, answer, two_arms):
        text = cox_headline(answer(two_arms, {"kind": "cox", "covariates": ["grade"]}))
        assert text == "Taken alone (12 patients, 8 events), no factor had P < 0.05 for overall survival."

    def test_cox_group_is_not_named_twice(self, answer, two_arms, hifu):
        text = cox_headline(answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group=hifu))
        assert "overall survival went with HIFU against No HIFU (hazard ratio 0." in text

    def test_cox_when_nothing_entered(self, answer, two_arms):
        asked = {"kind": "cox", "covariates": ["grade"], "mode": "univariable-then-multivariable", "enter_below": 0.01}
        text = cox_headline(answer(two_arms, asked))
        assert text.startswith("Taken alone (12 patients, 8 events), no factor")

    def test_adverse_events(self, answer, two_arms, hifu):
        frame = two_arms.assign(id=[f"P{i}" for i in range(1, 13)])
        text = adverse_event_headline(answer(frame, {"kind": "adverse_events"}, group=hifu, events=EVENTS))
        assert text == (
            "Adverse events occurred in 1 of 6 patients (16.7 %) without HIFU and 2 of 6 patients (33.3 %) with HIFU "
            "(Fisher P > 0.99); of grade 3 or more in 1 (16.7 %) and 0 (0.0 %) (P > 0.99)."
        )

    def test_cox_when_nothing_can_be_estimated(self, answer):
        few = pd.DataFrame({"time": [2, 4, 6], "event": [1, 1, 0], "hifu": ["No", "No", "Yes"]})
        text = cox_headline(answer(few, {"kind": "cox", "covariates": ["hifu"]}))
        assert text == "Hazard ratios for overall survival could not be estimated (3 patients, 2 events)."

    @pytest.mark.parametrize("mode", ["univariable", "multivariable"])
    def test_cox_names_what_could_not_be_estimated(self, answer, two_arms, mode):
        same = two_arms.assign(site="Liver", empty=["A"] * 9 + ["B", "C", "C"])
        text = cox_headline(answer(same, {"kind": "cox", "covariates": ["grade", "site"], "mode": mode}))
        assert text.endswith(
            "no factor that could be estimated had P < 0.05 for overall survival. Site could not be estimated."
        )

    def test_many_groups_with_adverse_events_are_told_by_their_range(self, answer, two_arms):
        frame = two_arms.assign(id=[f"P{i}" for i in range(1, 13)], arm=list("AAABBBCCCDDD"))
        text = adverse_event_headline(answer(frame, {"kind": "adverse_events"}, group={"column": "arm"}, events=EVENTS))
        assert text.startswith(
            "Adverse events occurred in between 0.0 % (B) and 66.7 % (C) of patients, by group (Fisher P"
        )
        assert "; of grade 3 or more in between 0.0 % (" in text

    def test_nobody_with_severe_events(self, answer, two_arms, hifu):
        frame = two_arms.assign(id=[f"P{i}" for i in range(1, 13)])
        mild = EVENTS.assign(grade=1)
        text = adverse_event_headline(answer(frame, {"kind": "adverse_events"}, group=hifu, events=mild))
        assert text.endswith("(Fisher P > 0.99); none of grade 3 or more.")

    def test_baseline_of_many_groups(self, answer, two_arms):
        frame = two_arms.assign(arm=list("AAABBBCCCCDD"))
        result = answer(frame, {"kind": "baseline", "variables": ["grade"]}, group={"column": "arm"})
        assert baseline_headline(result).startswith("12 patients in 4 groups of 2 to 4")

    def test_adverse_events_ungrouped_and_without_grades(self, answer, two_arms):
        frame = two_arms.assign(id=[f"P{i}" for i in range(1, 13)])
        result = answer(frame, {"kind": "adverse_events"}, events=EVENTS[["id", "term"]])
        assert adverse_event_headline(result) == "Adverse events occurred in 3 of 12 patients (25.0 %)."

    def test_baseline(self, answer, two_arms, hifu):
        result = answer(two_arms, {"kind": "baseline", "variables": ["grade", "time"]}, group=hifu)
        assert baseline_headline(result) == (
            "12 patients, 6 without HIFU and 6 with HIFU. The standardised difference is above 0.1 in 1 of 2 variables "
            f"(Time {result.baseline.variables[1].smd:.2f})."
        )
        alike = answer(two_arms, {"kind": "baseline", "variables": ["grade"]}, group=hifu)
        assert baseline_headline(alike).endswith("with HIFU: no standardised difference above 0.1.")
        alone = answer(two_arms, {"kind": "baseline", "variables": ["grade"]})
        assert baseline_headline(alone) == "12 patients, described by 1 variable."


@pytest.mark.parametrize(
    ("exclusion", "text"),
    [
        (
            Exclusion(reason="OS time missing", n=3, rows=(4, 9, 12)),
            "3 patients left out: OS time missing (rows 4, 9, 12).",
        ),
        (
            Exclusion(reason="kept only where Age ≥ 50.", n=1, rows=(7,)),
            "1 patient left out: kept only where Age ≥ 50 (row 7).",
        ),
        (Exclusion(reason="why", n=2, rows=()), "2 patients left out: why."),
        (
            Exclusion(reason="why", n=12, rows=tuple(range(2, 14))),
            "12 patients left out: why (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more).",
        ),
    ],
)
def test_exclusion(exclusion, text):
    assert exclusion_sentence(exclusion) == text


def test_words():
    assert confidence_words(0.95) == "95 % CI"
    assert confidence_words(0.999) == "99.9 % CI"
    assert rank_test_name("logrank", stratified=True) == "stratified log-rank"
    weights = FlemingHarrington.model_validate({"fleming-harrington": [0, 1]})
    assert rank_test_name(weights) == "Fleming-Harrington (0, 1)"


class TestManyGroups:
    def test_more_than_three_groups_are_told_by_their_range(self):
        times = {"A": 4.0, "B": 8.0, "C": 12.0, "D": 16.0}
        time = [value * step for value in times.values() for step in (0.5, 1.0, 1.5, 2.0)]
        codes = np.repeat(np.arange(4), 4)
        data = TimeToEvent(time=np.array(time), event=np.ones(16, dtype=bool), unit="months")
        text = headline(summarise(data, codes, tuple(times)), None, "OS")
        assert text == "Median overall survival ran from 5.0 months (A) to 20.0 months (D) over 4 groups."

    def test_groups_that_never_reach_their_median_are_named(self):
        codes = np.repeat(np.arange(4), 4)
        data = TimeToEvent(time=np.tile([1.0, 2.0, 3.0, 4.0], 4), event=codes == 0, unit="months")
        text = headline(summarise(data, codes, ("A", "B", "C", "D")), None, "OS")
        assert text == "Median overall survival was 2.5 months (A) over 4 groups; not reached in B, C and D."

    def test_few_events_in_many_groups_are_one_line(self, answer, two_arms):
        frame = two_arms.assign(arm=list("AAABBBCCCDDD"))
        notes = answer(frame, {"kind": "kaplan_meier"}, group={"column": "arm"}).notes
        assert "Fewer than 10 events in 4 of 4 groups: A (3), B (2), C (2) and D (1); read with care." in notes
