"""Adjusted curves: by hand, against a slow second version and the bootstrap, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError, TooFewEventsError
from core.regression.adjusted_model import ComparedGroups
from core.regression.adjusted_survival import adjusted_survival
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.timetoevent import TimeToEvent

AB = ComparedGroups(column="arm", levels=("A", "B"), reference="A")


def cohort(seed=1, *, n=120, effect=-0.6, late=False):
    """Arm B is younger, so that crude and adjusted curves differ."""
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, 2, n)
    age = rng.normal(60 - 6 * arm, 8, n)
    grade = rng.choice(["G1", "G2", "G3"], n, p=[0.4, 0.4, 0.2])
    risk = effect * arm + 0.05 * (age - 60) + 0.6 * (grade == "G3")
    time = np.ceil(rng.exponential(20 * np.exp(-risk))) + 1
    censored = np.ceil(rng.uniform(5, 60, n))
    frame = pd.DataFrame({"arm": pd.Categorical(np.array(["A", "B"])[arm]), "age": age, "grade": grade})
    end = np.minimum(time, censored)
    entry = np.floor(end * rng.uniform(0, 0.6, n)) if late else None
    return TimeToEvent(time=end, event=time <= censored, entry=entry), frame


def analysed(data, frame, covariates=("age", "grade"), groups=AB, **options):
    return adjusted_survival(data, frame, covariates, groups=groups, **options)


def test_by_hand_with_a_baseline_for_each_group_and_nothing_to_adjust_for():
    # A: events at 1 and 4 with 3 and 1 at risk; B: event at 2 with 2 at risk
    data = TimeToEvent(time=[1, 3, 4, 2, 5], event=[1, 0, 1, 1, 0])
    frame = pd.DataFrame({"arm": pd.Categorical(["A", "A", "A", "B", "B"])})
    a, b = analysed(data, frame, (), own_baseline=True).groups
    assert a.adjusted.at([0.5, 1, 3.9, 4]).survival == pytest.approx(np.exp([0, -1 / 3, -1 / 3, -4 / 3]))
    assert a.adjusted.at([4]).std_error[0] == pytest.approx(np.exp(-4 / 3) * np.sqrt(1 / 9 + 1))
    assert b.adjusted.at([1, 2]).survival == pytest.approx([1, np.exp(-1 / 2)])
    assert (a.adjusted.median.value, a.n, a.n_events, a.adjusted.last_time) == (4, 3, 2, 4)
    assert np.isnan(b.adjusted.median.value)


def test_with_its_own_baseline_and_no_covariate_a_group_has_exp_of_minus_nelson_aalen():
    data, frame = cohort(3)
    for group in analysed(data, frame, ("arm",), own_baseline=True, ties="breslow").groups:
        crude = group.crude
        at = group.adjusted.at(crude.time)
        np.testing.assert_allclose(at.survival, np.exp(-crude.cumulative_hazard), rtol=1e-12)
        np.testing.assert_allclose(at.std_error, at.survival * crude.cumulative_hazard_std_error, rtol=1e-12)


def naive(data, frame, level, beta, times):
    """Mean over patients of exp(-exp(x b) sum of Breslow's jumps), loops only."""
    X = build_design(frame, ["arm", "age", "grade"]).matrix
    entry = np.zeros(data.n) if data.entry is None else data.entry
    jumps, squares = [], []
    events = sorted({float(t) for t in data.time[data.event]})
    for t in events:
        at_risk = [i for i in range(data.n) if entry[i] < t <= data.time[i]]
        total = sum(np.exp(X[i] @ beta) for i in at_risk)
        d = sum(1 for i in range(data.n) if data.event[i] and data.time[i] == t)
        jumps.append(d / total)
        squares.append(d / total**2)
    there = X.copy()
    there[:, 0] = level
    hazard = np.array([sum(j for j, e in zip(jumps, events, strict=True) if e <= t) for t in times])
    variance = np.array([sum(v for v, e in zip(squares, events, strict=True) if e <= t) for t in times])
    risk = np.exp(there @ beta)
    return np.exp(-np.outer(risk, hazard)), risk, variance


@pytest.mark.parametrize("late", [False, True])
def test_a_slow_version_with_the_whole_derivative_by_finite_differences(late):
    data, frame = cohort(4, late=late)
    times = np.array([5.0, 12.0, 24.0, 40.0])
    fit = fit_cox(data, build_design(frame, ["arm", "age", "grade"]), ties="breslow")
    result = analysed(data, frame, ties="breslow", times=times)
    slopes, hazards, curves = [], [], []
    for level, group in enumerate(result.groups):
        S, risk, variance = naive(data, frame, level, fit.coefficients, times)
        steps = np.diag(np.full(4, 1e-6))
        slope = np.array(
            [
                (naive(data, frame, level, fit.coefficients + h, times)[0].mean(axis=0)
                 - naive(data, frame, level, fit.coefficients - h, times)[0].mean(axis=0)) / (2 * h.sum())
                for h in steps
            ]
        )  # fmt: skip
        a = (risk[:, None] * S).mean(axis=0)
        spread = ((S - S.mean(axis=0)) ** 2).sum(axis=0) / data.n**2
        expected = np.sqrt(a**2 * variance + ((fit.covariance @ slope) * slope).sum(axis=0) + spread)
        at = group.adjusted.at(times)
        np.testing.assert_allclose(at.survival, S.mean(axis=0), rtol=1e-10)
        np.testing.assert_allclose(at.std_error, expected, rtol=1e-5)
        slopes.append(slope)
        hazards.append(a)
        curves.append(S)
    gap, slope = curves[1] - curves[0], slopes[1] - slopes[0]
    spread = ((gap - gap.mean(axis=0)) ** 2).sum(axis=0) / data.n**2
    expected = np.sqrt(
        (hazards[1] - hazards[0]) ** 2 * variance + ((fit.covariance @ slope) * slope).sum(axis=0) + spread
    )
    (difference,) = result.differences
    np.testing.assert_allclose([c.estimate for c in difference.adjusted], gap.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose([c.std_error for c in difference.adjusted], expected, rtol=1e-5)


def test_standard_errors_are_those_of_the_bootstrap():
    data, frame = cohort(5, n=200)
    result = analysed(data, frame, times=[12, 24])
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(100):
        rows = rng.integers(0, data.n, data.n)
        again = analysed(data.subset(rows), frame.iloc[rows].reset_index(drop=True), times=[12, 24])
        drawn.append(
            [*(x for g in again.groups for x in g.adjusted.at([12, 24]).survival),
             *(c.estimate for c in again.differences[0].adjusted)]
        )  # fmt: skip
    errors = [x for g in result.groups for x in g.adjusted.at([12, 24]).std_error]
    errors += [c.std_error for c in result.differences[0].adjusted]
    np.testing.assert_allclose(errors, np.std(drawn, axis=0, ddof=1), rtol=0.3)


def test_adjusting_takes_away_what_age_alone_makes():
    """Arm B only looks better because it is younger."""
    data, frame = cohort(6, n=4000, effect=0.0)
    (difference,) = analysed(data, frame, times=[15]).differences
    assert difference.crude[0].estimate > 0.08
    assert abs(difference.adjusted[0].estimate) < 3 * difference.adjusted[0].std_error
    assert abs(difference.adjusted[0].estimate) < 0.04


def test_the_curve_at_the_average_is_not_the_average_of_curves():
    data, frame = cohort(7)
    group = analysed(data, frame).groups[0]
    ends = group.adjusted.survival[-1], group.at_average.survival[-1]
    assert abs(ends[0] - ends[1]) > 0.005
    average = frame.assign(age=frame["age"].mean())[["age"]].iloc[:1]
    assert len(average) == 1
    numbers = analysed(data, frame, ("age",), profile={"arm": "A", "age": float(frame["age"].mean())})
    np.testing.assert_allclose(numbers.groups[0].at_average.survival, numbers.patient.curves["A"].survival, rtol=1e-12)


def assert_same(one, other, rtol=1e-9):
    for a, b in zip(one.groups, other.groups, strict=True):
        np.testing.assert_allclose(a.adjusted.survival, b.adjusted.survival, rtol=rtol)
        np.testing.assert_allclose(a.adjusted.std_error, b.adjusted.std_error, rtol=rtol)


def test_the_order_of_patients_the_unit_of_a_covariate_and_the_reference_level_do_not_matter():
    data, frame = cohort(8)
    result = analysed(data, frame)
    rows = np.random.default_rng(1).permutation(data.n)
    assert_same(result, analysed(data.subset(rows), frame.iloc[rows].reset_index(drop=True)))
    assert_same(result, analysed(data, frame.assign(age=frame["age"] * 365.25 + 1e4)))
    assert_same(result, analysed(data, frame, references={"arm": "B", "grade": "G3"}))


def test_whole_weights_count_as_that_many_patients_in_the_curve():
    data, frame = cohort(9)
    count = np.random.default_rng(2).integers(1, 4, data.n)
    rows = np.repeat(np.arange(data.n), count)
    weighted = analysed(data, frame.assign(w=count.astype(float)), weights="w", ties="breslow")
    repeated = analysed(data.subset(rows), frame.iloc[rows].reset_index(drop=True), ties="breslow")
    for a, b in zip(weighted.groups, repeated.groups, strict=True):
        np.testing.assert_allclose(a.adjusted.survival, b.adjusted.survival, rtol=1e-9)


def test_many_patients_are_worked_on_in_parts(monkeypatch):
    data, frame = cohort(10)
    whole = analysed(data, frame, times=[10.0])
    monkeypatch.setattr("core.regression.standardisation.CELLS", 100)
    parts = analysed(data, frame, times=[10.0])
    assert_same(whole, parts, rtol=1e-12)
    assert parts.differences[0].adjusted[0].std_error == pytest.approx(whole.differences[0].adjusted[0].std_error)


def test_without_groups_there_is_the_mean_of_all():
    data, frame = cohort(11)
    everybody = ComparedGroups(column=None, levels=("all",), reference="all")
    result = analysed(data, frame, groups=everybody, times=[12], profile={"age": 50})
    (group,) = result.groups
    assert (group.level, group.n, result.differences) == ("all", data.n, ())
    assert set(result.patient.curves) == {"all"}
    assert result.patient.profile.values["grade"] == frame["grade"].mode()[0]
    assert abs(group.adjusted.at([12]).survival[0] - group.crude.at([12]).survival[0]) < 0.03


def test_three_groups_each_against_the_reference():
    data, frame = cohort(12)
    three = ComparedGroups(column="grade", levels=("G2", "G1", "G3"), reference="G1")
    frame = frame.assign(grade=pd.Categorical(frame["grade"], categories=list(three.levels)))
    result = analysed(data, frame, ("age",), groups=three, times=[12], references={"grade": "G1"})
    assert [group.level for group in result.groups] == ["G2", "G1", "G3"]
    assert [difference.level for difference in result.differences] == ["G2", "G3"]
    by_level = {group.level: group.adjusted.at([12]).survival[0] for group in result.groups}
    for difference in result.differences:
        gap = by_level[difference.level] - by_level["G1"]
        assert difference.adjusted[0].estimate == pytest.approx(gap, abs=1e-12)


def test_who_lacks_a_covariate_or_group_is_left_out_everywhere_and_counted():
    data, frame = cohort(13)
    frame.loc[3, "age"], frame.loc[5, "arm"] = np.nan, np.nan
    result = analysed(data, frame)
    kept = frame.notna().all(axis=1).to_numpy()
    assert_same(result, analysed(data.subset(kept), frame[kept].reset_index(drop=True)), rtol=1e-12)
    assert (result.fit.n, result.fit.n_missing, result.missing["age"], result.missing["arm"]) == (118, 2, 1, 1)
    assert sum(group.crude.n for group in result.groups) == 118
    assert any("2 of 120 patients left out" in note for note in result.notes)


def test_a_group_without_patients_has_no_curve_and_says_so():
    data, frame = cohort(14)
    groups = ComparedGroups(column="arm", levels=("A", "B", "C"), reference="A")
    frame = frame.assign(arm=frame["arm"].cat.add_categories("C"))
    result = analysed(data, frame, groups=groups)
    assert [group.level for group in result.groups] == ["A", "B"]
    assert any("No patients in C" in note for note in result.notes)


def test_later_than_a_groups_own_follow_up_is_said():
    data, frame = cohort(15)
    cut = (frame["arm"] == "B").to_numpy() & (data.time > 20)
    shorter = TimeToEvent(time=np.where(cut, 20, data.time), event=data.event & ~cut)
    result = analysed(shorter, frame, times=[12, 30])
    assert result.groups[1].adjusted.last_time == 20
    assert any("Follow-up in B ends at 20 months: what is given at 30" in note for note in result.notes)


def test_an_infinite_hazard_ratio_predicts_nothing():
    data, frame = cohort(16)
    nobody = TimeToEvent(time=data.time, event=data.event & (frame["grade"] != "G3").to_numpy())
    with pytest.raises(TooFewEventsError, match="grade: G3 is infinite"):
        analysed(nobody, frame)
    # as strata instead there is a curve: the stratum has no events, its patients survive
    (a, _) = analysed(nobody, frame, ("age",), strata=["grade"]).groups
    assert a.adjusted.survival[-1] > (frame["grade"] == "G3").mean()
    assert a.at_average is None


def test_a_group_missing_from_a_stratum_cannot_have_its_own_baseline_there():
    data, frame = cohort(17)
    kept = ~((frame["arm"] == "B") & (frame["grade"] == "G3")).to_numpy()
    with pytest.raises(SpecError, match="no baseline hazard"):
        analysed(data.subset(kept), frame[kept].reset_index(drop=True), ("age",), strata=["grade"], own_baseline=True)


def test_the_profile():
    data, frame = cohort(18)
    result = analysed(data, frame, profile={"age": 200})
    assert list(result.patient.curves) == ["A", "B"]
    assert any("age 200 is outside" in note for note in result.notes)
    assert any("Not given for the patient" in note and "grade" in note for note in result.notes)
    with pytest.raises(SpecError, match="profile"):
        analysed(data, frame, profile={"agee": 3})
    with pytest.raises(SpecError, match="has grade = G9"):
        analysed(data, frame, profile={"grade": "G9"})
    with pytest.raises(SpecError, match="is no number"):
        analysed(data, frame, profile={"age": "old"})
    with pytest.raises(SpecError, match="No patients are in the group"):
        analysed(data, frame, profile={"arm": "C"})


def test_nobody_complete_and_no_events():
    data, frame = cohort(19)
    with pytest.raises(TooFewEventsError):
        analysed(data, frame.assign(age=np.nan))
    with pytest.raises(TooFewEventsError):
        analysed(TimeToEvent(time=data.time, event=np.zeros(data.n, dtype=bool)), frame)


def test_a_group_without_patients_like_the_others_is_said():
    data, frame = cohort(20)
    is_b = (frame["arm"] == "B").to_numpy()
    frame.loc[is_b & (frame["grade"] == "G3"), "grade"] = "G2"
    frame["age"] = np.where(is_b, np.clip(frame["age"], 50, 55), frame["age"])
    result = analysed(data, frame)
    assert result.overlap[1].startswith("Nobody with grade G3 is among those in B: there its adjusted curve is extrap")
    outside = round(100 * ((frame["age"] < 50) | (frame["age"] > 55)).mean())
    assert result.overlap[0].startswith(f"{outside} % of the patients have a value of age outside the 50 to 55 found")
    assert len(result.overlap) == 2
    assert set(result.overlap) <= set(result.notes)
    assert analysed(*cohort(20, n=400), ("grade",)).overlap == ()
