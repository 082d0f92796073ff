"""Cox regression: closed forms, identities, and everything that can go wrong."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc, ndtr, ndtri

from core.errors import SpecError, TooFewEventsError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, frame_of, random_cohort, six_subjects

# roots of the score equations of the six subjects: r^2 - 3 r - 6 = 0 and r^3 - 23 r - 30 = 0
BRESLOW = (3 + math.sqrt(33)) / 2
EFRON = 2 * math.sqrt(23 / 3) * math.cos(math.acos(45 / 23 * math.sqrt(3 / 23)) / 3)


@pytest.mark.parametrize(
    ("ties", "ratio", "log_likelihood", "information", "score"),
    [
        pytest.param(
            "breslow",
            BRESLOW,
            2 * math.log(BRESLOW) - math.log(3 * BRESLOW + 3) - 2 * math.log(BRESLOW + 3),
            BRESLOW / (BRESLOW + 1) ** 2 + 6 * BRESLOW / (BRESLOW + 3) ** 2,
            8 / 5,
            id="coxph(test1,ties='breslow')",
        ),
        pytest.param(
            "efron",
            EFRON,
            2 * math.log(EFRON) - math.log(3 * EFRON + 3) - math.log(EFRON + 3) - math.log((EFRON + 5) / 2),
            EFRON / (EFRON + 1) ** 2 + 3 * EFRON / (EFRON + 3) ** 2 + 5 * EFRON / (EFRON + 5) ** 2,
            169 / 83,
            id="coxph(test1)",
        ),
    ],
)
def test_six_subjects_by_hand(ties, ratio, log_likelihood, information, score):
    data, x = six_subjects()

    fit = fit_cox(data, x, ties=ties)

    (term,) = fit.terms
    error = 1 / math.sqrt(information)
    assert term.log_hazard_ratio == pytest.approx(math.log(ratio), rel=1e-13)
    assert term.hazard_ratio == pytest.approx(ratio, rel=1e-13)
    assert term.std_error == pytest.approx(error, rel=1e-12)
    assert term.conf_low == pytest.approx(ratio * math.exp(-ndtri(0.975) * error), rel=1e-10)
    assert term.conf_high == pytest.approx(ratio * math.exp(ndtri(0.975) * error), rel=1e-10)
    assert term.statistic == pytest.approx(math.log(ratio) / error, rel=1e-12)
    assert term.p_value == pytest.approx(2 * ndtr(-math.log(ratio) / error), rel=1e-12)
    null = {"breslow": -math.log(96), "efron": -math.log(72)}[ties]
    assert fit.log_likelihood == pytest.approx((null, log_likelihood), rel=1e-14)
    assert fit.tests["score"].statistic == pytest.approx(score, rel=1e-13)
    assert fit.tests["likelihood_ratio"].statistic == pytest.approx(2 * (log_likelihood - null), rel=1e-12)
    assert fit.tests["wald"].p_value == pytest.approx(term.p_value, rel=1e-12)
    assert fit.tests["score"].p_value == pytest.approx(chdtrc(1, score), rel=1e-12)
    assert (fit.n, fit.n_events, term.n, term.n_events) == (6, 4, 6, 4)
    assert not fit.robust
    assert fit.converged


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(
    "options", [{}, {"late": True}, {"weighted": True}, {"strata": True}, {"late": True, "strata": True}]
)
def test_no_other_coefficients_are_more_likely(options, ties):
    data, X, strata = random_cohort(11, **options)

    fit = fit_cox(data, design_of(X), ties=ties, strata=strata, robust=False)

    slope = naive.gradient(lambda b: naive.log_likelihood(b, X, data, strata, ties=ties), fit.coefficients)
    np.testing.assert_allclose(slope, 0, atol=1e-6)
    assert fit.log_likelihood[1] == pytest.approx(
        naive.log_likelihood(fit.coefficients, X, data, strata, ties=ties), rel=1e-12
    )


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_robust_covariance_as_defined(ties):
    data, X, strata = random_cohort(12, weighted=True, strata=True)
    cluster = np.arange(data.n) % 17

    fit = fit_cox(data, design_of(X), ties=ties, strata=strata, cluster=cluster)

    residuals = naive.score_residuals(fit.coefficients, X, data, strata, ties=ties)
    summed = np.array([residuals[cluster == c].sum(axis=0) for c in range(17)])
    dfbeta = summed @ fit.model_covariance
    np.testing.assert_allclose(fit.covariance, dfbeta.T @ dfbeta, rtol=1e-8)
    assert fit.robust
    assert fit.n_clusters == 17
    assert [fit.tests[name].robust for name in ("likelihood_ratio", "wald", "score", "robust_score")] == [
        False, True, False, True
    ]  # fmt: skip
    wald = fit.coefficients @ np.linalg.solve(fit.covariance, fit.coefficients)
    assert fit.tests["wald"].statistic == pytest.approx(wald, rel=1e-9)
    assert any("17 clusters" in note for note in fit.notes)


def test_score_test_is_the_log_rank_test_without_ties():
    data, _, _ = random_cohort(13, tied=False)
    group = np.arange(data.n) % 2
    observed = expected = variance = 0.0
    for t in data.time[data.event]:
        at_risk = data.time >= t
        share = group[at_risk].mean()
        observed += float(group[data.event & (data.time == t)].sum())
        expected += share
        variance += share * (1 - share)

    fit = fit_cox(data, design(group=group))

    assert fit.tests["score"].statistic == pytest.approx((observed - expected) ** 2 / variance, rel=1e-12)


def test_whole_weights_are_repeated_rows():
    data, X, _ = random_cohort(14)
    times = np.arange(data.n) % 3 + 1
    weighted = TimeToEvent(time=data.time, event=data.event, weights=times)
    repeated = np.repeat(np.arange(data.n), times)

    by_weight = fit_cox(weighted, design_of(X), ties="breslow", robust=False)
    by_row = fit_cox(data.subset(repeated), design_of(X[repeated]), ties="breslow")

    np.testing.assert_allclose(by_weight.coefficients, by_row.coefficients, rtol=1e-11)
    np.testing.assert_allclose(by_weight.covariance, by_row.covariance, rtol=1e-11)
    # clusters put the repeated rows back together
    again = fit_cox(data.subset(repeated), design_of(X[repeated]), ties="breslow", cluster=repeated)
    np.testing.assert_allclose(fit_cox(weighted, design_of(X), ties="breslow").covariance, again.covariance, rtol=1e-10)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_rows_split_in_time_change_nothing(ties):
    data, X, strata = random_cohort(15, strata=True)
    cut = 4.0
    later = np.flatnonzero(data.time > cut)
    first = TimeToEvent(
        time=np.concatenate((np.minimum(data.time, cut), data.time[later])),
        event=np.concatenate((data.event & (data.time <= cut), data.event[later])),
        entry=np.concatenate((np.zeros(data.n), np.full(later.size, cut))),
    )
    rows = np.concatenate((np.arange(data.n), later))

    whole = fit_cox(data, design_of(X), ties=ties, strata=strata)
    split = fit_cox(first, design_of(X[rows]), ties=ties, strata=strata[rows])

    np.testing.assert_allclose(split.coefficients, whole.coefficients, rtol=1e-11)
    np.testing.assert_allclose(split.covariance, whole.covariance, rtol=1e-11)
    assert split.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-13)
    # pairs are counted per row at risk, so splitting does not change them either
    assert split.concordance.value == pytest.approx(whole.concordance.value, rel=1e-13)
    together = fit_cox(first, design_of(X[rows]), ties=ties, strata=strata[rows], cluster=rows)
    alone = fit_cox(data, design_of(X), ties=ties, strata=strata, robust=True)
    np.testing.assert_allclose(together.covariance, alone.covariance, rtol=1e-10)


def test_start_stop_rows_by_hand():
    # four subjects, two of them exposed from t = 2 on; at risk are four, then two exposed and one not, then one and one
    data = TimeToEvent(time=[1, 2, 3, 2, 4, 5], event=[1, 0, 1, 0, 1, 0], entry=[0, 0, 2, 0, 2, 0], unit="days")

    fit = fit_cox(data, design(exposed=[0, 0, 1, 0, 1, 0]))

    # log L = -log 4 + b - log(2 e^b + 1) + b - log(e^b + 1): monotone, both events are exposed
    assert math.isnan(fit.terms[0].hazard_ratio)
    assert fit.log_likelihood == pytest.approx((-math.log(24), -math.log(8)), rel=1e-9)


def test_one_stratum_is_no_stratum():
    data, X, _ = random_cohort(16)

    plain, stratified = (fit_cox(data, design_of(X), strata=s) for s in (None, np.full(data.n, 7)))

    assert plain.coefficients.tolist() == stratified.coefficients.tolist()
    assert (plain.n_strata, stratified.n_strata) == (None, 1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), ties=st.sampled_from(["efron", "breslow"]))
def test_order_units_and_labels_do_not_matter(seed, ties):
    data, X, strata = random_cohort(seed, n=40, late=seed % 2 == 0, weighted=seed % 3 == 0, strata=True)
    mixed = np.random.default_rng(seed).permutation(data.n)
    fit = fit_cox(data, design_of(X), ties=ties, strata=strata)

    shuffled = fit_cox(data.subset(mixed), design_of(X[mixed]), ties=ties, strata=5 - strata[mixed])
    in_years = TimeToEvent(
        time=data.time / 12,
        event=data.event,
        entry=None if data.entry is None else data.entry / 12,
        weights=data.weights,
    )
    rescaled = fit_cox(in_years, design_of(X * [10.0, 1.0, 1.0] + [3.0, 0, 0]), ties=ties, strata=strata)

    np.testing.assert_allclose(shuffled.coefficients, fit.coefficients, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shuffled.covariance, fit.covariance, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(rescaled.coefficients * [10, 1, 1], fit.coefficients, rtol=1e-9, atol=1e-12)
    assert rescaled.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-11)
    assert rescaled.concordance.value == fit.concordance.value == pytest.approx(shuffled.concordance.value, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_over_b_times_b_over_a_is_one(seed):
    data, X, _ = random_cohort(seed, n=40)
    frame = pd.DataFrame({"arm": np.where(X[:, 1] == 1, "HIFU", "none"), "age": X[:, 0]})

    (one, _), (other, _) = (
        fit_cox(data, build_design(frame, ["arm", "age"], references={"arm": arm})).terms for arm in ("HIFU", "none")
    )

    assert one.level == other.reference == "none"
    if not math.isnan(one.hazard_ratio):
        assert one.hazard_ratio * other.hazard_ratio == pytest.approx(1, rel=1e-10)
        assert one.conf_low * other.conf_high == pytest.approx(1, rel=1e-10)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-8)
    assert (one.n, one.reference_n) == (other.reference_n, other.n)
    assert (one.n_events, one.reference_n_events) == (other.reference_n_events, other.n_events)


def test_conf_level():
    data, x = six_subjects()

    wide, narrow = (fit_cox(data, x, conf_level=level).terms[0] for level in (0.99, 0.8))

    assert math.log(wide.conf_high / wide.hazard_ratio) == pytest.approx(ndtri(0.995) * wide.std_error, rel=1e-12)
    assert math.log(narrow.hazard_ratio / narrow.conf_low) == pytest.approx(ndtri(0.9) * narrow.std_error, rel=1e-12)


def test_a_factor_is_tested_as_a_whole():
    data, X, _ = random_cohort(17, n=80)
    grade = np.array(["G1", "G2", "G3"])[np.arange(80) % 3]

    fit = fit_cox(data, design(grade=grade, age=X[:, 0]))

    grade_test, age_test = fit.overall
    by_hand = fit.coefficients[:2] @ np.linalg.solve(fit.covariance[:2, :2], fit.coefficients[:2])
    assert (grade_test.covariate, grade_test.df, grade_test.method) == ("grade", 2, "wald")
    assert grade_test.statistic == pytest.approx(by_hand, rel=1e-11)
    assert grade_test.p_value == pytest.approx(chdtrc(2, by_hand), rel=1e-11)
    assert age_test.p_value == pytest.approx(fit.terms[2].p_value, rel=1e-9)


def no_events_in_g3(n=40):
    rng = np.random.default_rng(5)
    grade = np.array(["G1", "G1", "G2", "G2", "G3"])[np.arange(n) % 5]
    event = (rng.random(n) < 0.7) & (grade != "G3")
    data = TimeToEvent(time=np.ceil(rng.exponential(10, n)), event=event)
    return data, pd.DataFrame({"grade": grade, "age": rng.normal(60, 9, n)})


def test_a_level_without_events():
    data, frame = no_events_in_g3()

    fit = fit_cox(data, build_design(frame, ["grade", "age"]))

    g2, g3, age = fit.terms
    note = (
        "No events among the 8 patients with grade = G3: the hazard ratio cannot be estimated; "
        "Firth's penalty gives a finite one."
    )
    assert (g3.n, g3.n_events, g3.note) == (8, 0, note)
    assert note in fit.notes
    for value in (g3.hazard_ratio, g3.log_hazard_ratio, g3.std_error, g3.conf_low, g3.conf_high, g3.p_value):
        assert math.isnan(value)
    # the others are what they are without these patients, who never take part in the likelihood in the limit
    rest = (frame["grade"] != "G3").to_numpy()
    without = fit_cox(data.subset(rest), build_design(frame[rest], ["grade", "age"]))
    for term, expected in zip((g2, age), without.terms, strict=True):
        assert term.log_hazard_ratio == pytest.approx(expected.log_hazard_ratio, rel=1e-9)
        assert term.std_error == pytest.approx(expected.std_error, rel=1e-9)
        assert term.p_value == pytest.approx(expected.p_value, rel=1e-9)
        assert term.note == ""
    assert fit.log_likelihood[1] == pytest.approx(without.log_likelihood[1], rel=1e-12)
    test = fit.tests["likelihood_ratio"]
    assert (test.df, test.p_value) == (3, pytest.approx(chdtrc(3, test.statistic), rel=1e-12))
    assert math.isnan(fit.tests["wald"].p_value)
    assert fit.converged


def test_a_reference_without_events():
    data, frame = no_events_in_g3()
    usual = fit_cox(data, build_design(frame, ["grade", "age"]))

    fit = fit_cox(data, build_design(frame, ["grade", "age"], references={"grade": "G3"}))

    assert np.isnan(fit.coefficients).tolist() == [True, True, False]
    assert "No events among the 8 patients with grade = G3, the reference" in fit.notes[0]
    assert fit.log_likelihood == pytest.approx(usual.log_likelihood, rel=1e-12)
    assert fit.terms[2].std_error == pytest.approx(usual.terms[2].std_error, rel=1e-9)
    assert fit.concordance.value == pytest.approx(usual.concordance.value, rel=1e-12)


@pytest.mark.parametrize("robust", [False, True])
def test_events_always_have_the_highest_value(robust):
    # 9 first, then 8, ...: the likelihood is 1 in the limit
    data = TimeToEvent(time=[1, 2, 3, 4, 5], event=[1, 1, 1, 0, 0])

    fit = fit_cox(data, design(marker=[9.0, 8.0, 7.0, 3.0, 4.0]), robust=robust)

    assert math.isnan(fit.terms[0].hazard_ratio)
    assert "marker separates the patients" in fit.notes[0]
    assert "rises without limit" in fit.notes[0]
    assert fit.log_likelihood == pytest.approx((-math.log(60), 0.0), abs=1e-9)
    assert fit.concordance.value == 1


def test_a_marker_a_million_times_all_others():
    rng = np.random.default_rng(8)
    marker = rng.lognormal(3, 1, 60)
    time = rng.exponential(20 / (1 + marker / 20))
    marker[np.argmin(time)] = 2e7  # the first to die
    data = TimeToEvent(time=time, event=np.ones(60, dtype=bool))

    fit = fit_cox(data, design(marker=marker))

    # that patient tells nothing about the others: with a steep coefficient the first risk set is certain
    rest = np.arange(60) != np.argmin(time)
    without = fit_cox(data.subset(rest), design(marker=marker[rest]))
    assert fit.terms[0].log_hazard_ratio == pytest.approx(without.terms[0].log_hazard_ratio, rel=1e-9)
    assert fit.terms[0].std_error == pytest.approx(without.terms[0].std_error, rel=1e-5)
    assert not any("separates" in note for note in fit.notes)


def test_collinear_columns_are_left_out_and_named():
    data, X, _ = random_cohort(18)
    frame = frame_of(X)
    frame["age_months"] = 12 * frame["x0"] + 7
    frame["sum"] = frame["x0"] - 3 * frame["x1"]

    fit = fit_cox(data, build_design(frame, ["x0", "age_months", "x1", "sum", "x2"]))

    assert np.isnan(fit.coefficients).tolist() == [False, True, False, True, False]
    alone = fit_cox(data, build_design(frame, ["x0", "x1", "x2"]))
    np.testing.assert_allclose(fit.coefficients[[0, 2, 4]], alone.coefficients, rtol=1e-10)
    assert fit.tests["wald"].df == 3
    assert "age_months is determined by x0 (collinear): it was left out of the model." in fit.notes
    assert "sum is determined by x0 and x1 (collinear): it was left out of the model." in fit.notes
    assert fit.terms[1].note.startswith("age_months is determined")


def test_nearly_collinear_columns_are_kept():
    data, X, _ = random_cohort(19)
    frame = frame_of(X)
    frame["rounded"] = frame["x0"].round(3)

    fit = fit_cox(data, build_design(frame, ["x0", "rounded"]))

    assert np.isfinite(fit.coefficients).all()


@pytest.mark.parametrize(
    ("columns", "note"),
    [
        pytest.param({"x": [5.0] * 6}, "All 6 patients analysed have x = 5: it cannot be estimated.", id="number"),
        pytest.param({"x": ["a"] * 6}, "All 6 patients have x = a: it cannot be estimated.", id="category"),
        pytest.param({"x": [0.1 + 0.2, 0.3] * 3}, "All 6 patients analysed have x = 0.3: ", id="rounding"),
    ],
)
def test_constant_covariates(columns, note):
    data, _ = six_subjects()

    fit = fit_cox(data, design(**columns))

    assert fit.notes[0].startswith(note)
    assert fit.log_likelihood[0] == fit.log_likelihood[1] == pytest.approx(-math.log(72))
    assert fit.tests["likelihood_ratio"].df == 0
    assert math.isnan(fit.tests["likelihood_ratio"].p_value)
    assert math.isnan(fit.overall[0].p_value)
    assert fit.concordance.value == 0.5
    assert np.isnan(fit.coefficients).all()


def test_a_covariate_constant_within_strata():
    data, X, strata = random_cohort(20, strata=True)
    frame = frame_of(X)
    frame["centre"] = np.array(["A", "B", "C"])[strata]

    fit = fit_cox(data, build_design(frame, ["x0", "centre"]), strata=strata)

    assert np.isnan(fit.coefficients).tolist() == [False, True, True]
    assert "centre: B does not vary among the patients at risk at any event time: it cannot be estimated." in fit.notes


EDGES = {
    "one subject": TimeToEvent(time=[3], event=[1]),
    "all events at one time": TimeToEvent(time=[3, 3, 3], event=[1, 1, 1]),
    "event at time 0": TimeToEvent(time=[0, 1, 2], event=[1, 1, 1]),
    "last observation censored": TimeToEvent(time=[1, 2, 3], event=[1, 1, 0]),
    "censored at the event's time": TimeToEvent(time=[2, 2, 2], event=[1, 0, 0]),
    "nobody else at risk": TimeToEvent(time=[1, 2, 3], event=[1, 1, 1], entry=[0, 1, 2]),
}


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("data", EDGES.values(), ids=EDGES.keys())
def test_edges(data, robust, ties):
    x = [1.0, 3.0, 2.0][: data.n]

    fit = fit_cox(data, design(x=x), ties=ties, robust=robust)

    best = fit.log_likelihood[1]
    assert best >= fit.log_likelihood[0]
    if math.isnan(fit.coefficients[0]):
        assert fit.terms[0].note
        steep = [naive.log_likelihood([b], np.array(x)[:, None], data, ties=ties) for b in (-25.0, 0.0, 25.0)]
        assert best == pytest.approx(max(steep), abs=1e-8)
    else:
        assert best == pytest.approx(
            naive.log_likelihood(fit.coefficients, np.array(x)[:, None], data, ties=ties), abs=1e-12
        )


@pytest.mark.parametrize(
    ("data", "x", "message"),
    [
        pytest.param(
            TimeToEvent(time=[1, 2], event=[0, 0]),
            [1, 2],
            "None of the 2 patients analysed has an event",
            id="no event",
        ),
        pytest.param(
            TimeToEvent(time=[1, 2], event=[1, 0]),
            [None, 2.0],
            "The only patient analysed has no event",
            id="event left out",
        ),
        pytest.param(
            TimeToEvent(time=[1, 2], event=[1, 1]),
            [np.nan] * 2,
            "No patients have a value in every covariate",
            id="NaN",
        ),
        pytest.param(TimeToEvent(time=[], event=[]), [], "No patients have a value", id="empty"),
    ],
)
def test_nothing_to_fit(data, x, message):
    with pytest.raises(TooFewEventsError, match=message):
        fit_cox(data, build_design(pd.DataFrame({"x": np.array(x, dtype=float)}), ["x"]))


def test_missing_rows_are_left_out_and_counted():
    data, X, strata = random_cohort(21, strata=True)
    frame = frame_of(X)
    frame.loc[[3, 7], "x0"] = np.nan
    frame.loc[7, "x1"] = np.nan
    kept = frame.notna().all(axis=1).to_numpy()
    cluster = np.arange(data.n) // 2

    fit = fit_cox(data, build_design(frame, list(frame.columns)), strata=strata, cluster=cluster)

    rest = fit_cox(data.subset(kept), design_of(X[kept]), strata=strata[kept], cluster=cluster[kept])
    assert (fit.n, fit.n_missing) == (data.n - 2, 2)
    assert fit.coefficients.tolist() == rest.coefficients.tolist()
    assert fit.covariance.tolist() == rest.covariance.tolist()
    assert fit.notes[0] == f"2 of {data.n} patients left out for missing values (x0 2, x1 1)."


def test_few_events_per_variable_are_said():
    data, X, _ = random_cohort(22, n=30)

    fit = fit_cox(data, design_of(X))

    assert f"{data.n_events / 3:.1f} events per variable ({data.n_events} events, 3 coefficients)" in fit.notes[0]
    assert "fewer than 10, read with care" in fit.notes[0]


def test_results_are_read_only():
    data, x = six_subjects()

    fit = fit_cox(data, x)

    with pytest.raises(ValueError, match="read-only"):
        fit.coefficients[0] = 1.0
    assert fit.to_frame()["hazard_ratio"].tolist() == [fit.terms[0].hazard_ratio]


def test_firth_refuses_what_it_cannot_do():
    data, x = six_subjects()

    with pytest.raises(SpecError, match="Firth's penalty does not go with weights, clusters"):
        fit_cox(data, x, penalty="firth", cluster=np.arange(6))


def test_lengths_must_agree():
    data, x = six_subjects()

    with pytest.raises(ValueError, match="the design has 6 rows, the data 3"):
        fit_cox(data.subset(np.arange(3)), x)


def test_agrees_with_lifelines():
    from lifelines import CoxPHFitter

    data, X, strata = random_cohort(23, n=120, weighted=True, strata=True)
    frame = frame_of(X).assign(time=data.time, event=data.event, w=data.weights, s=strata)

    ours = fit_cox(data, design_of(X), strata=strata, robust=False)

    with pytest.warns(match="weights"):
        theirs = CoxPHFitter().fit(frame, "time", "event", weights_col="w", strata="s")
    np.testing.assert_allclose(ours.coefficients, theirs.params_.to_numpy(), rtol=1e-4, atol=1e-5)


def test_with_several_monotone_directions_no_coefficient_is_known_exactly():
    # an indicator has at most a quarter of information per event: its standard error is at least 2 / sqrt(events)
    for seed in range(15):
        rng = np.random.default_rng(seed)
        event = rng.random(22) < 0.75
        data = TimeToEvent(time=rng.permutation(22) + 1.0, event=event)
        flags = {f"x{j}": (rng.random(22) < rng.choice([0.08, 0.3, 0.5])).astype(float) for j in range(18)}
        fit = fit_cox(data, design(**flags))
        errors = np.array([term.std_error for term in fit.terms])
        assert (errors[np.isfinite(errors)] >= 1.99 / math.sqrt(event.sum())).all(), seed
