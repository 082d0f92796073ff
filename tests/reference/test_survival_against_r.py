"""core.survival against R survival, on all six data sets. R calls are named per test; see README.md for the files."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import SpecError
from core.spec import FlemingHarrington
from core.survival.compare import compare
from core.survival.event_table import event_table
from core.survival.follow_up import median_follow_up
from core.survival.kaplan_meier import kaplan_meier
from core.survival.max_combo import max_combo
from core.survival.programs import program_numbers
from core.survival.quantiles import all_quantiles, quantile
from core.survival.rmst import restricted_mean
from core.survival.spss import spss_summary
from core.survival.summary import summarise
from tests.reference.oracles import NAMES, assert_as_r, numbers, oracle

R_CONF_TYPE = {"log": "log", "log-log": "loglog", "plain": "plain"}


def _curves():
    for name in NAMES:
        yield pytest.param(name, None, None, id=f"{name}-all")
        for column, levels in oracle(name).r["km"]["by_group"].items():
            for level in levels:
                yield pytest.param(name, column, level, id=f"{name}-{column}={level}")


def _columns():
    for name in NAMES:
        for column in oracle(name).r["rank_tests"]:
            yield pytest.param(name, column, id=f"{name}-{column}")


def _pairs():
    for name in NAMES:
        for column, pairs in oracle(name).r["two_group"].items():
            for number, pair in enumerate(pairs):
                yield pytest.param(name, column, number, id=f"{name}-{column}-{pair['a']}-{pair['b']}")


CURVES, COLUMNS, PAIRS = list(_curves()), list(_columns()), list(_pairs())


@pytest.fixture
def subjects(name, column, level):
    """The subjects of one curve, and R's block for it."""
    known = oracle(name)
    if column is None:
        return known.data(), known.r["km"]["overall"]
    return known.data(known.frame[column] == level), known.r["km"]["by_group"][column][level]


@pytest.mark.parametrize("conf_type", R_CONF_TYPE)
@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_curve_as_survfit(subjects, conf_type):
    # survfit(Surv(time, event) ~ 1, conf.type = conf_type)
    data, r = subjects
    (estimate,) = kaplan_meier(event_table(data), conf_type=conf_type)
    curve, kind = r["curve"], R_CONF_TYPE[conf_type]

    assert (estimate.n, estimate.n_events_total, estimate.time.size) == (r["n"], r["events"], curve["n_rows_full"])
    rows = np.searchsorted(estimate.time, numbers(curve["time"]))
    for ours, theirs in {
        "time": "time",
        "n_at_risk": "n_risk",
        "n_events": "n_event",
        "n_censored": "n_censor",
        "survival": "surv",
        "std_error": "se_surv",
        "cumulative_hazard": "cumhaz_na",
        "cumulative_hazard_std_error": "se_cumhaz_na",
        "conf_low": f"lower_{kind}",
        "conf_high": f"upper_{kind}",
    }.items():
        assert_as_r(getattr(estimate, ours)[rows], curve[theirs], what=ours)


@pytest.mark.parametrize("conf_type", R_CONF_TYPE)
@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_sums_over_the_whole_curve(subjects, conf_type):
    # the same survfit; sums run over all rows where the file keeps only some
    data, r = subjects
    (estimate,) = kaplan_meier(event_table(data), conf_type=conf_type)
    kind = R_CONF_TYPE[conf_type]

    for ours, theirs in {
        "survival": "sum_surv",
        "std_error": "sum_se_surv",
        "cumulative_hazard": "sum_cumhaz_na",
        "conf_low": f"sum_lower_{kind}",
        "conf_high": f"sum_upper_{kind}",
    }.items():
        assert_as_r(np.nansum(getattr(estimate, ours)), r["curve"]["checksum"][theirs], what=ours)


@pytest.mark.parametrize("conf_type", R_CONF_TYPE)
@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_quantiles_and_chosen_times(subjects, conf_type):
    # quantile(survfit(...), c(.25, .5, .75)); summary(survfit(...), times = landmarks, extend = TRUE)
    data, r = subjects
    (estimate,) = kaplan_meier(event_table(data), conf_type=conf_type)
    kind = R_CONF_TYPE[conf_type]

    known = r["quantiles"][kind]
    ours = all_quantiles(estimate, known["prob"])
    assert_as_r([q.value for q in ours], known["q"], what="quantile")
    assert_as_r([q.conf_low for q in ours], known["lower"], what="lower limit")
    assert_as_r([q.conf_high for q in ours], known["upper"], what="upper limit")

    known = r["landmarks"]
    at = estimate.at(known["time"])
    assert_as_r(at.n_at_risk, known["n_risk"], what="at risk")
    assert_as_r(at.survival, known["surv"], what="survival")
    assert_as_r(at.std_error, known["se_surv"], what="standard error")
    assert_as_r(at.conf_low, known[f"lower_{kind}"], what="lower limit")
    assert_as_r(at.conf_high, known[f"upper_{kind}"], what="upper limit")


@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_restricted_means(subjects):
    # summary(survfit(...), rmean = tau)$table
    data, r = subjects
    (estimate,) = kaplan_meier(event_table(data))

    for tau, known in ((None, r["rmean_own_max"]), (r["rmean_tau"]["tau"], r["rmean_tau"])):
        mean = restricted_mean(estimate, tau=tau)
        assert_as_r([mean.tau, mean.value, mean.std_error], [known[key] for key in ("tau", "rmean", "se")])
        assert_as_r([mean.conf_low, mean.conf_high], known["ci"])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        pytest.param(name, column, id=f"{name}-{column}")
        for name in NAMES
        for column in oracle(name).r["km"].get("rmean_common", {})
    ],
)
def test_means_to_the_longest_time_of_all_groups(name, column):
    # summary(survfit(Surv(time, event) ~ group), rmean = "common")$table: shorter curves are carried on
    known = oracle(name).r["km"]["rmean_common"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    curves = kaplan_meier(event_table(oracle(name).data(), codes, levels))
    means = [restricted_mean(curve, tau=known["tau_common"]) for curve in curves]

    assert_as_r([mean.value for mean in means], known["rmean"])
    assert_as_r([mean.std_error for mean in means], known["se"])
    carried_on = [curve.last_time < known["tau_common"] and curve.survival[-1] > 0 for curve in curves]
    assert [bool(mean.notes) for mean in means] == carried_on


@pytest.mark.parametrize("conf_type", ["log", "log-log"])
@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_median_follow_up(subjects, conf_type):
    # quantile(survfit(Surv(time, 1 - event) ~ 1, conf.type = conf_type), .5)
    data, r = subjects
    known, kind = r["reverse_km"], R_CONF_TYPE[conf_type]
    (median,) = median_follow_up(data, conf_type=conf_type)
    middle = known["prob"].index(0.5)

    assert_as_r(
        [median.value, median.conf_low, median.conf_high],
        [known["q"][middle], known[f"lower_{kind}"][middle], known[f"upper_{kind}"][middle]],
    )


WEIGHTINGS = {
    "logrank": "logrank",
    "gehan_breslow": "gehan",
    "tarone_ware": "tarone-ware",
    "peto_peto": "peto",
    **{
        f"fh_{name}": FlemingHarrington.model_validate({"fleming-harrington": exponents})
        for name, exponents in {"1_0": (1, 0), "0_1": (0, 1), "1_1": (1, 1), "05_05": (0.5, 0.5)}.items()
    },
}


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_rank_tests(name, column, weighting):
    # weighted log-rank with the hypergeometric variance, by hand in R (ref_lib.R wlr)
    known = oracle(name).r["rank_tests"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    result = compare(oracle(name).data(), codes, levels, weighting=WEIGHTINGS[weighting])

    assert_as_r(result.n, known["n"])
    assert_as_r([result.statistic, result.df, result.p_value], [known[weighting][key] for key in ("chi2", "df", "p")])
    if len(levels) == 2:  # R's z is the first level's excess, ours the other level's
        assert_as_r(-result.z, known[weighting]["z_group1"])


@pytest.mark.parametrize(("name", "column"), [pytest.param(*p.values[:2], id=p.id) for p in PAIRS if p.values[2] == 0])
def test_statistics_of_max_combo(name, column):
    # the weighted log-rank z by hand in R (ref_lib.R wlr), of two groups; R's z is the first level's excess
    known = oracle(name).r["rank_tests"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    if len(levels) > 2:
        with pytest.raises(SpecError, match="two groups"):
            max_combo(oracle(name).data(), codes, levels)
        return
    result = max_combo(oracle(name).data(), codes, levels)

    assert_as_r(-result.z, [known[key]["z_group1"] for key in ("logrank", "fh_1_0", "fh_0_1", "fh_1_1")])


@pytest.mark.parametrize(("rho", "weighting"), [(0, "logrank"), (1, "fh_1_0")])
@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_observed_and_expected_as_survdiff(name, column, rho, weighting):
    # survdiff(Surv(time, event) ~ group, rho = rho)
    known = oracle(name).r["rank_tests"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    result = compare(oracle(name).data(), codes, levels, weighting=WEIGHTINGS[weighting])
    survdiff = known[f"survdiff_rho{rho}"]

    assert_as_r([result.statistic, result.df, result.p_value], [survdiff[key] for key in ("chi2", "df", "p")])
    assert_as_r(result.observed, survdiff["O"])
    assert_as_r(result.expected, survdiff["E"])
    if rho == 0:
        assert_as_r(result.covariance, np.ravel(known["logrank"]["V"]))


@pytest.mark.parametrize(
    ("weighting", "key"), [("logrank", "logrank"), ("gehan", "gehan_breslow"), ("tarone-ware", "tarone_ware")]
)
@pytest.mark.parametrize(
    ("name", "column"),
    [
        pytest.param(name, column, id=f"{name}-{column}")
        for name in NAMES
        for column, tests in oracle(name).r["rank_tests"].items()
        if "stratified" in tests
    ],
)
def test_stratified(name, column, weighting, key):
    # survdiff(Surv(time, event) ~ group + strata(by)), and by hand for the other weightings
    known = oracle(name).r["rank_tests"][column]["stratified"]
    codes, levels = oracle(name).codes(column)
    strata, _ = oracle(name).codes(known["by"])
    result = compare(oracle(name).data(), codes, levels, weighting=weighting, strata=strata)

    theirs = known[f"stratified_{key}"]
    assert result.n.sum() == known["n"]
    assert_as_r([result.statistic, result.df, result.p_value], [theirs[part] for part in ("chi2", "df", "p")])
    if weighting == "logrank":
        assert_as_r([result.statistic, result.p_value], [known["stratified_survdiff"][part] for part in ("chi2", "p")])


SEVERAL = [
    pytest.param(name, column, id=f"{name}-{column}")
    for name in NAMES
    for column, tests in oracle(name).r["rank_tests"].items()
    if "pairwise" in tests
]


@pytest.mark.parametrize(("name", "column"), SEVERAL)
@pytest.mark.parametrize(("adjustment", "key"), [("holm", "holm"), ("bh", "BH"), ("bonferroni", "bonferroni")])
def test_pairwise(name, column, adjustment, key):
    # survdiff on each two groups, p.adjust(p, key)
    known = oracle(name).r["rank_tests"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    pairs = compare(oracle(name).data(), codes, levels, pairwise=adjustment).pairwise
    gehan = compare(oracle(name).data(), codes, levels, pairwise="none", weighting="gehan").pairwise

    assert len(pairs) == len(known["pairwise"])
    for pair, other, r in zip(pairs, gehan, known["pairwise"], strict=True):
        assert (pair.a, pair.b) == (r["a"], r["b"])
        assert_as_r(
            [pair.statistic, pair.p_value, pair.p_adjusted, other.statistic, other.p_value],
            [r["logrank_chi2"], r["logrank_p"], r[f"logrank_p_{key}"], r["gehan_chi2"], r["gehan_p"]],
        )
        assert other.p_adjusted == other.p_value


@pytest.mark.parametrize(("weighting", "key"), [("logrank", "trend_logrank"), ("gehan", "trend_gehan")])
@pytest.mark.parametrize(("name", "column"), SEVERAL)
def test_trend(name, column, weighting, key):
    # scores 1..k on the same U and V, by hand in R
    known = oracle(name).r["rank_tests"][column]
    codes, levels = oracle(name).codes(column, tuple(known["levels"]))
    trend = compare(oracle(name).data(), codes, levels, weighting=weighting, trend=True).trend

    assert_as_r([trend.statistic, trend.p_value, trend.z], [known[key][part] for part in ("chi2", "p", "z")])


@pytest.mark.parametrize(("name", "column", "number"), PAIRS)
def test_two_group_conventions(name, column, number):
    # Prism's formulas by hand in R, first level over the second, 1.96
    known = oracle(name).r["two_group"][column][number]
    levels = (known["a"], known["b"])
    codes, _ = oracle(name).codes(column, levels)
    ours = compare(oracle(name).data(), codes, levels, reference=known["b"]).conventions

    for key, r, ratio in (
        ("logrank_hazard_ratio", known["prism_hr_logrank_a_over_b"], "hr"),
        ("mantel_haenszel_hazard_ratio", known["prism_hr_mantel_haenszel_a_over_b"], "hr"),
        ("median_ratio", known["prism_median_ratio_a_over_b"], "ratio"),
    ):
        assert_as_r([ours[key].value, ours[key].conf_low, ours[key].conf_high], [r[ratio], *r["ci"]["z1.96"]], what=key)


@pytest.mark.parametrize(("name", "column", "number"), PAIRS)
def test_contrasts(name, column, number):
    # differences and ratios of summary(survfit, rmean = tau) and summary(survfit, times, extend = TRUE), second level
    # against the first
    known = oracle(name).r["two_group"][column][number]
    levels = (known["a"], known["b"])
    codes, _ = oracle(name).codes(column, levels)
    contrasts = summarise(
        oracle(name).data(), codes, levels, times=known["landmark_diff_b_minus_a"]["time"], tau=known["rmst"]["tau"]
    ).contrasts

    for ours, r, error in (
        (contrasts.rmst_difference, known["rmst"]["diff_b_minus_a"], "se"),
        (contrasts.rmst_ratio, known["rmst"]["ratio_b_over_a"], "se_log"),
    ):
        assert_as_r(
            [ours.estimate, ours.std_error, ours.conf_low, ours.conf_high, ours.p_value],
            [r["est"], r[error], *r["ci"], r["p"]],
        )
    r = known["landmark_diff_b_minus_a"]
    for ours, theirs in {
        "estimate": "diff", "std_error": "se", "conf_low": "lower", "conf_high": "upper", "p_value": "z_p",
    }.items():  # fmt: skip
        at_times = [getattr(contrast, ours) for contrast in contrasts.survival_difference]
        assert_as_r(at_times, r[theirs], rtol=1e-9, what=ours)  # differences cancel digits


@pytest.mark.parametrize(
    ("name", "column", "level"),
    [
        pytest.param(name, column, level, id=f"{name}-{column}={level}")
        for name, column in (("lung", "sex"), ("veteran", "trt"), ("gbsg2", "horTh"), ("whas500", "chf"))
        for level in oracle(name).r["iptw"]["km"]
    ],
)
def test_propensity_weights(name, column, level):
    # survfit(Surv(time, event) ~ 1, weights = w_iptw): robust standard error
    known = oracle(name)
    r = known.r["iptw"]["km"][level]
    rows = (known.frame[column] == level) & known.frame["w_iptw"].notna()
    (estimate,) = kaplan_meier(event_table(known.data(rows, weights="w_iptw")))
    at = estimate.at(r["time"])

    assert_as_r(at.n_at_risk, r["n_risk_weighted"])
    assert_as_r(at.survival, r["surv"])
    assert_as_r(at.std_error, r["se_robust"])
    assert_as_r(quantile(estimate, 0.5).value, r["median"])


@pytest.mark.parametrize(("name", "column", "level"), CURVES)
def test_spss(subjects):
    # SPSS's Kaplan-Meier procedure by its formulas in R (ref_lib.R spss_one), which equal SPSS 31 to 4e-12
    data, r = subjects
    known = r["spss"]
    summary = spss_summary(kaplan_meier(event_table(data))[0])

    assert summary.limited == known["limited"]
    assert_as_r([summary.mean.value, summary.mean.std_error], [known["mean"], known["mean_se"]])
    assert_as_r([summary.mean.conf_low, summary.mean.conf_high], known["mean_ci"])
    for p, key in ((0.25, "p25"), (0.5, "p50"), (0.75, "p75")):
        ours = summary.quantiles[p]
        assert_as_r([ours.value, ours.std_error], [known[key]["est"], known[key]["se"]])
        assert_as_r([ours.conf_low, ours.conf_high], known[key]["ci"])
    if not np.isnan(ours.value):
        assert_as_r(summary.quantiles[0.5].value, r["median_smallest_t"])


def test_mean_as_sas():
    # PROC LIFETEST on whas500, as published with UCLA's SAS seminar on survival analysis: 1417.21, 48.14
    (sas,) = (n for n in program_numbers(event_table(oracle("whas500").data())) if n.program == "SAS")

    assert (round(sas.mean.value, 2), round(sas.mean.std_error, 2)) == (1417.21, 48.14)
    assert (sas.median.value, sas.median.conf_low, sas.median.conf_high) == (1627, 1506, 2353)
