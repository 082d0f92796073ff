"""Odds ratios and stratified tests against R (`scripts/make_response.R`). R calls are named per test."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.contingency import fisher_exact_2x2
from core.patients.response import RateMethods, response_table
from core.proportions.intervals import proportion_interval
from core.proportions.mantel_haenszel import mantel_haenszel
from core.proportions.odds_ratio import odds_ratio
from tests.reference.oracles import assert_as_r

R = json.loads((Path(__file__).parent / "r" / "response.json").read_text(encoding="utf-8"))
PAIRS = [pytest.param(pair, id=f"{pair['x1']}/{pair['n1']}-{pair['x0']}/{pair['n0']}") for pair in R["pairs"]]
STRATA = [pytest.param(case, id=case["name"]) for case in R["strata"]]


def sizes(pair):
    return pair["x1"], pair["n1"], pair["x0"], pair["n0"]


@pytest.mark.parametrize("pair", PAIRS)
class TestTwoGroups:
    def test_conditional_odds_ratio(self, pair):
        # the equations of fisher.test(table), solved with uniroot(tol = 1e-15)
        found, tight = odds_ratio(*sizes(pair)), pair["tight"]
        assert_as_r(
            [found.value, found.conf_low, found.conf_high], [tight["estimate"], tight["low"], tight["high"]], rtol=1e-9
        )

    def test_fisher_test_itself_to_the_figures_it_has(self, pair):
        # fisher.test(table)
        found = odds_ratio(*sizes(pair))
        for value, key in ((found.value, "estimate"), (found.conf_low, "low"), (found.conf_high, "high")):
            expected = np.inf if pair[f"fisher_{key}"] is None else pair[f"fisher_{key}"]
            # uniroot stops at 1.2e-4 on the scale of the odds ratio, or of its inverse where that is smaller
            off = abs(value - expected) if value <= 1 else abs(1 / value - 1 / expected)
            assert off < 2e-4
        assert_as_r(fisher_exact_2x2(*sizes(pair)), pair["fisher_p"])

    def test_woolf(self, pair):
        # exp(confint.default(glm(event ~ group, binomial)))
        if "woolf" not in pair:
            assert np.isnan(odds_ratio(*sizes(pair), method="woolf").value)
            return
        found = odds_ratio(*sizes(pair), method="woolf")
        assert_as_r([found.value, found.conf_low, found.conf_high], pair["woolf"], rtol=1e-6)  # glm is an iterative fit

    def test_the_response_table_has_the_same_numbers(self, pair):
        # binom.test(x, n), prop.test(x, n, correct = FALSE)
        x1, n1, x0, n0 = sizes(pair)
        category = np.repeat([1, 3, 0, 4], [x1, n1 - x1, x0, n0 - x0])  # PR, PD; CR, NE
        codes = np.repeat([1, 0], [n1, n0])
        table = response_table(category, codes, ("reference", "other"), "reference")
        assert table.orr.count.tolist() == [x0, x1]
        assert_as_r([table.orr.conf_low[1], table.orr.conf_high[1]], [pair["binom_low"], pair["binom_high"]])
        assert_as_r(table.orr.difference.p_value, pair["fisher_p"])
        assert_as_r(table.orr.odds_ratio.value, pair["tight"]["estimate"], rtol=1e-9)
        wilson = response_table(
            category, codes, ("reference", "other"), "reference", methods=RateMethods(interval="wilson")
        )
        assert_as_r([wilson.orr.conf_low[1], wilson.orr.conf_high[1]], pair["wilson"])
        assert proportion_interval(x1, n1, "wilson").conf_low == wilson.orr.conf_low[1]


@pytest.mark.parametrize("case", STRATA)
class TestStrata:
    def test_mantelhaen(self, case):
        # mantelhaen.test(table), with correct = TRUE and FALSE
        counts, of = np.array(case["counts"]).T, np.array(case["sizes"]).T
        found = mantel_haenszel(counts, of, reference=counts.shape[1] - 1)
        assert_as_r([found.statistic, found.df, found.p_value], [case["statistic"], case["df"], case["p_value"]])
        assert_as_r(
            [found.statistic_uncorrected, found.p_value_uncorrected],
            [case["statistic_uncorrected"], case["p_value_uncorrected"]],
        )
        if case["odds_ratio"]:
            ratio = found.odds_ratio
            assert_as_r([ratio.value, ratio.conf_low, ratio.conf_high], case["odds_ratio"])
        else:
            assert found.odds_ratio is None
