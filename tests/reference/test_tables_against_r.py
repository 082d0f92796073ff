"""Proportions, tests between groups and summaries against R, on all six data sets. R calls are named per test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.contingency import fisher_exact
from core.patients.association import (
    compare_categories,
    expected_counts,
    kruskal_wallis,
    one_way_anova,
    pearson_chi_squared,
    student_t,
    welch_anova,
    welch_t,
    wilcoxon_rank_sum,
)
from core.patients.baseline import baseline_table
from core.patients.imbalance import standardised_difference
from core.proportions.intervals import difference_interval, proportion_interval
from tests.reference.oracles import NAMES, assert_as_r, oracle

ONE = {
    "clopper-pearson": "clopper_pearson",  # binom.test(x, n)
    "wilson": "wilson",  # prop.test(x, n, correct = FALSE)
    "jeffreys": "jeffreys",  # qbeta(c(.025, .975), x + .5, n - x + .5)
    "agresti-coull": "agresti_coull",
    "wald": "wald",
}
TWO = {"miettinen-nurminen": "miettinen_nurminen", "newcombe": "newcombe_wilson", "wald": "wald"}
NUMBERS = [
    pytest.param(name, key, id=f"{name}-{oracle(name).r['tables'][key]['var']}")
    for name in NAMES
    for key in ("continuous", "continuous2")
    if key in oracle(name).r["tables"]
]
TWO_GROUPS = [case for case in NUMBERS if len(oracle(case.values[0]).r["tables"][case.values[1]]["levels"]) == 2]


def counted(name, row_column, column_column):
    """Patients by two columns, both known, as R's table() without empty rows and columns."""
    known = oracle(name)
    frame = known.frame
    rows = known.meta["levels"].get(row_column) or sorted(frame[row_column].dropna().unique())
    columns = known.meta["levels"].get(column_column) or sorted(frame[column_column].dropna().unique())
    table = [[int(((frame[row_column] == a) & (frame[column_column] == b)).sum()) for b in columns] for a in rows]
    return np.array(table)


def groups_of(name, key):
    """Known values of R's variable in each of its groups, and R's block."""
    known = oracle(name)
    block = known.r["tables"][key]
    values = pd.to_numeric(known.frame[block["var"]]).to_numpy(float)
    return [values[(known.frame[block["group"]] == level) & ~np.isnan(values)] for level in block["levels"]], block


@pytest.mark.parametrize("name", NAMES)
class TestCategories:
    def test_the_counts_are_those_of_r(self, name):
        block = oracle(name).r["tables"]["categorical"]
        assert counted(name, block["row_var"], block["col_var"]).tolist() == block["counts"]

    @pytest.mark.parametrize("key", ["categorical", "event_by_group_table"])
    def test_pearson(self, name, key):
        # chisq.test(table, correct = FALSE)
        block = oracle(name).r["tables"][key]
        found = pearson_chi_squared(np.array(block["counts"]))
        r = block["chi2_no_correction"]
        assert_as_r([found.statistic, *found.df, found.p_value], [r["chi2"], r["df"], r["p"]])
        assert_as_r(expected_counts(np.array(block["counts"])).min(), block["min_expected"])

    @pytest.mark.parametrize("key", ["categorical", "event_by_group_table"])
    def test_fisher(self, name, key):
        # fisher.test(table)
        block = oracle(name).r["tables"][key]
        found = fisher_exact(block["counts"])
        assert found.method == "exact"
        # R's network code adds P up in another order and to a little less than full precision.
        assert_as_r(found.p_value, block["fisher_p"], rtol=1e-10 if np.shape(block["counts"]) == (2, 2) else 1e-9)

    def test_the_test_chosen(self, name):
        block = oracle(name).r["tables"]["categorical"]
        found = compare_categories(np.array(block["counts"]))
        if block["min_expected"] < 5:
            assert found.test == "Fisher exact"
            assert_as_r(found.p_value, block["fisher_p"], rtol=1e-9)
        else:
            assert found.test == "Pearson chi-squared"
            assert_as_r(found.p_value, block["chi2_no_correction"]["p"])


@pytest.mark.parametrize("name", NAMES)
class TestProportions:
    @pytest.mark.parametrize("method", ONE)
    def test_one(self, name, method):
        block = oracle(name).r["tables"]["event_by_group"]
        for level, x, n in zip(block["levels"], block["x"], block["n"], strict=True):
            r = block["ci"][level]
            found = proportion_interval(x, n, method)
            assert_as_r(
                [found.value, found.conf_low, found.conf_high], [r["p"], *r[ONE[method]]], rtol=1e-9, what=level
            )

    @pytest.mark.parametrize("method", TWO)
    def test_difference(self, name, method):
        # R: level 1 minus level 2, so level 2 is the reference. Newcombe and Miettinen-Nurminen by hand in R (uniroot).
        block = oracle(name).r["tables"]["event_by_group"]
        (x1, x0, *_), (n1, n0, *_) = block["x"], block["n"]
        r = block["risk_difference_level1_minus_level2"]
        found = difference_interval(x1, n1, x0, n0, method)
        assert_as_r([found.estimate, found.conf_low, found.conf_high], [r["est"], *r[TWO[method]]], rtol=1e-9)


@pytest.mark.parametrize(("name", "key"), TWO_GROUPS)
def test_two_groups(name, key):
    # t.test, t.test(var.equal = TRUE), wilcox.test(exact = FALSE), wilcox.test(exact = FALSE, correct = FALSE)
    groups, block = groups_of(name, key)
    a, b = groups
    found = welch_t(a, b)
    r = block["welch_t"]
    assert_as_r([found.statistic, *found.df, found.p_value], [r["t"], r["df"], r["p"]], rtol=1e-9)
    found = student_t(a, b)
    r = block["student_t"]
    assert_as_r([found.statistic, *found.df, found.p_value], [r["t"], r["df"], r["p"]], rtol=1e-9)
    r = block["wilcoxon"]
    found = wilcoxon_rank_sum(a, b, exact=False)
    assert_as_r([found.statistic, found.p_value], [r["W"], r["p_cc"]])
    assert_as_r(wilcoxon_rank_sum(a, b, exact=False, continuity=False).p_value, r["p_nocc"])
    assert_as_r(standardised_difference(a, b), abs(block["smd"]))


@pytest.mark.parametrize(("name", "key"), NUMBERS)
class TestNumbers:
    def test_any_number_of_groups(self, name, key):
        # aov(x ~ g), oneway.test(x ~ g), kruskal.test(x ~ g)
        groups, block = groups_of(name, key)
        found = one_way_anova(groups)
        r = block["anova"]
        assert_as_r([found.statistic, *found.df, found.p_value], [r["F"], r["df1"], r["df2"], r["p"]], rtol=1e-9)
        found = kruskal_wallis(groups)
        r = block["kruskal"]
        assert_as_r([found.statistic, *found.df, found.p_value], [r["chi2"], r["df"], r["p"]], rtol=1e-9)
        found = welch_anova(groups)
        if "welch_anova" not in block:  # R: not enough observations
            assert np.isnan(found.p_value)
            return
        r = block["welch_anova"]
        assert_as_r([found.statistic, *found.df, found.p_value], [r["F"], r["df1"], r["df2"], r["p"]], rtol=1e-9)

    def test_summaries_and_missing(self, name, key):
        # mean, sd, quantile(type = 7), min, max; missing counted per group
        _, block = groups_of(name, key)
        known = oracle(name)
        codes, levels = known.codes(block["group"], tuple(block["levels"]))
        table = baseline_table(known.frame, [block["var"]], {block["var"]: "number"}, codes, levels)
        (variable,) = table.variables
        for i, level in enumerate(levels):
            r, cell = block["summary"][level], variable.rows[0].groups[i]
            keys = ("n", "mean", "sd", "min", "q1", "median", "q3", "max")
            assert_as_r([getattr(cell, key) for key in keys], [r[key] for key in keys], what=level)
            assert variable.missing[i] == r["n_missing"]


class TestWholeTable:
    def test_lung_by_sex(self):
        known = oracle("lung")
        codes, levels = known.codes("sex")
        frame = known.frame.assign(age=known.frame["age"].astype(float))
        table = baseline_table(frame, ["age", "ecog"], {"age": "number", "ecog": "category"}, codes, levels)
        age, ecog = table.variables
        r = known.r["tables"]

        assert table.n.tolist() == [138, 90]
        assert (age.test, ecog.test) == ("Welch t-test", "Fisher exact")
        assert_as_r(
            [age.p_value, ecog.p_value], [r["continuous"]["welch_t"]["p"], r["categorical"]["fisher_p"]], rtol=1e-9
        )
        assert_as_r(age.smd, r["continuous"]["smd"])
        assert [[cell.n for cell in row.groups] for row in ecog.rows] == np.transpose(
            r["categorical"]["counts"]
        ).tolist()
        assert ecog.missing.tolist() == [1, 0]
        assert ecog.rows[0].groups[0].percent == pytest.approx(100 * 36 / 137)
