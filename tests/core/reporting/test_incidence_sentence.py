"""Competing events in a sentence: the printed numbers are the computed ones, and what cannot be said is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.reporting import format as fmt
from core.reporting.as_json import as_json
from core.reporting.early_late_table import early_late_table
from core.reporting.incidence_sentence import incidence_headline, milestone, naive_sentence
from core.reporting.incidence_tables import gray_table, naive_table
from core.reporting.two_hazards_sentence import two_hazards_agreement, two_hazards_meaning
from tests.core.test_competing_run import EVENTS, ask, grouped

TX, DX = grouped("cgvhd", "tx"), grouped("cgvhd", "dx")
EVENT = {"kind": "cumulative_incidence", "times": [0.25, 0.5, 1]}


def test_two_groups_with_the_numbers_of_the_result():
    result = ask("cgvhd", EVENT, group=TX)
    text = incidence_headline(result, "relapse")
    for level in ("BM", "PB"):
        at = result.incidence.group(level).cause("relapse").at
        assert fmt.percent(float(at.incidence[2])) in text
    assert text.startswith("By 1 year, the cumulative incidence of relapse was ")
    assert "(95 % CI " in text
    assert text.endswith(f"(Gray's test: {fmt.p_phrase(result.incidence.gray['relapse'].p_value)}).")


def test_one_group_has_no_test_and_no_name():
    text = incidence_headline(ask("bmt", EVENT), "TRM")
    assert "Gray" not in text
    assert " for all" not in text


def test_a_time_beyond_the_follow_up_is_not_spoken_of():
    result = ask("cgvhd", {**EVENT, "times": [1, 90]}, group=TX)
    assert milestone(result.incidence, "relapse") == 0
    assert "By 1 year," in incidence_headline(result, "relapse")
    assert "90" not in naive_sentence(result, "relapse")


def test_without_times_counts_speak():
    result = ask("cgvhd", {"kind": "cumulative_incidence"}, group=TX)
    assert incidence_headline(result, "death").startswith("Death came first in 5 of 100 patients (Gray's test: ")
    assert naive_sentence(result, "death") == ""


def test_no_time_is_named_by_which_nobody_had_it():
    result = ask("cgvhd", {**EVENT, "times": [0.001]}, group=TX)
    assert incidence_headline(result, "death").startswith("Death came first in 5 of 100 patients (Gray's test: ")
    assert naive_sentence(result, "death") == ""


def test_a_small_p_of_few_events_says_so():
    result = ask("cgvhd", EVENT, group=TX)
    assert " only" not in incidence_headline(result, "death")
    gray = {name: replace(test, p_value=0.03) for name, test in result.incidence.gray.items()}
    small = replace(result, value=replace(result.incidence, gray=gray))
    assert incidence_headline(small, "death").endswith("(Gray's test: P = 0.030, of 5 events only).")
    assert incidence_headline(small, "cGVHD").endswith("(Gray's test: P = 0.030).")


def test_nobody_had_it():
    rare = {**EVENTS["bmt"], "nothing": 9}
    assert incidence_headline(ask("bmt", EVENT, events=rare), "nothing") == "No nothing in 35 patients."


def test_what_the_naive_estimate_would_say():
    result = ask("cgvhd", EVENT, group=TX)
    text = naive_sentence(result, "relapse")
    for level in ("BM", "PB"):
        naive = result.incidence.group(level).cause("relapse").naive
        assert fmt.percent(float(naive.at[2])) in text
        assert fmt.percent(float(naive.bias[2]), sign=False) in text
    assert text.endswith("percentage points too high.")
    assert naive_sentence(ask("bmt", EVENT, events={"any": 1}), "any") == ""


class TestTables:
    def test_gray_in_pairs_where_there_are_three_groups(self):
        lone = gray_table(ask("cgvhd", EVENT, group=TX)).to_frame()
        assert list(lone["Event"]) == ["cGVHD", "Relapse", "Death"]
        assert "Adjusted P" not in lone.columns
        levels = {"BM": ["BM"], "PB": ["PB"]}
        assert gray_table(ask("cgvhd", EVENT, group={"column": "tx", "levels": {"BM": levels["BM"]}})) is None
        result = ask("cgvhd", {**EVENT, "pairwise": "holm"}, group={"column": "age", "cut": [30, 50]})
        table = gray_table(result).to_frame()
        assert len(table) == 3 * (1 + 3)
        test = result.incidence.gray["cGVHD"]
        assert list(table["Adjusted P"].iloc[:4]) == ["", *(fmt.p_value(pair.p_adjusted) for pair in test.pairwise)]

    def test_the_naive_estimate_beside_the_incidence(self):
        result = ask("cgvhd", EVENT, group=TX)
        table = naive_table(result)
        row = table.values_frame().iloc[0]
        naive = result.incidence.group("BM").cause("cGVHD").naive
        assert row["1 year: 1 − KM"] == naive.at[2]
        assert row["1 year: too high by"] == naive.bias[2]
        assert naive_table(ask("cgvhd", {"kind": "cumulative_incidence"})) is None


class TestTwoHazards:
    def ask_both(self, covariates, event="event"):
        asked = {"covariates": covariates, "event": event}
        return ask("cgvhd", {"kind": "cox", **asked}), ask("cgvhd", {"kind": "fine_gray", **asked})

    @pytest.mark.parametrize("event", ["event", "relapse"])
    def test_far_apart_is_more_than_a_fifth(self, event):
        pair = self.ask_both(["tx", "dx", "age"], event)
        text = two_hazards_agreement(*pair)
        terms = zip(pair[0].cox.multivariable.terms, pair[1].fine_gray.multivariable.terms, strict=True)
        for one, other in terms:
            ratio = max(one.hazard_ratio / other.hazard_ratio, other.hazard_ratio / one.hazard_ratio)
            told = f"({fmt.ratio(one.hazard_ratio)} and {fmt.ratio(other.hazard_ratio)})"
            assert (told in text.split(" P < ")[0]) == (ratio > 1.2)

    def test_significance_in_one_only_is_no_disagreement(self):
        pair = self.ask_both(["tx", "dx", "age"])
        only = [
            one.term
            for one, other in zip(pair[0].cox.multivariable.terms, pair[1].fine_gray.multivariable.terms, strict=True)
            if (one.p_value < 0.05) != (other.p_value < 0.05)
        ]
        assert ("that alone is no disagreement" in two_hazards_agreement(*pair)) == bool(only)

    def test_each_ratio_in_one_sentence(self):
        first, second = two_hazards_meaning("LTP")
        assert "local tumour progression" in first
        assert "Fine-Gray" in second


class TestEarlyAndLate:
    def test_both_parts_beside_each_other(self):
        result = ask("cgvhd", {**EVENT, "split": 0.5}, group=TX)
        table = early_late_table(result)
        frame = table.to_frame()
        assert "By 0.5 years (95 % CI)" in frame.columns
        assert "From 0.5 to 1 year (95 % CI)" in frame.columns
        late = result.incidence.early_late.late.group("BM").cause("cGVHD")
        row = table.values_frame().iloc[1]
        assert row["Events, late"] == late.estimate.n_events_total
        assert row["From 0.5 to 1 year"] == late.at.incidence[0]
        written = as_json(result)["early_late"]
        assert written["late"]["groups"]["BM"]["cGVHD"]["incidence"] == late.at.incidence[0]
        assert set(written["early"]["gray"]) == set(EVENTS["cgvhd"])

    def test_no_late_part_is_said(self):
        table = early_late_table(ask("bmt", {"kind": "cumulative_incidence", "split": 5}))
        assert "Events, late" not in table.to_frame().columns
        assert any("no late part" in note for note in table.footnotes)
        assert early_late_table(ask("bmt", EVENT)) is None
