"""Subgroups: every ratio and interaction as ordinary Cox fits give them, by hand, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidTimeToEventError, MissingColumnError, SpecError
from core.regression.cells import CellModel
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.subgroup import subgroup_analysis
from core.regression.two_groups import two_group_ratios
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.timetoevent import TimeToEvent
from tests.core.regression.cohorts import six_subjects

TIES = ["efron", "breslow"]


def cohort(seed, *, n=300, late=False, rounded=True):
    rng = np.random.default_rng(seed)
    is_other = rng.integers(0, 2, n)
    frame = pd.DataFrame(
        {
            "sex": pd.Categorical(rng.choice(["F", "M"], n)),
            "grade": pd.Categorical(rng.choice(["G1", "G2", "G3"], n, p=[0.5, 0.3, 0.2])),
        }
    )
    frame.loc[rng.random(n) < 0.1, "grade"] = np.nan
    times = rng.exponential(10 * np.exp(-0.5 * is_other * (frame["sex"] == "M").to_numpy()), n) + 0.2
    times = np.ceil(times) if rounded else times
    entry = np.floor(times * rng.uniform(0, 0.9, n)) if late else None
    data = TimeToEvent(time=times, event=rng.random(n) < 0.7, entry=entry)
    return data, frame, is_other


def analyse(data, frame, is_other, factors=("sex", "grade"), **options):
    return subgroup_analysis(data, frame, list(factors), is_other=is_other, groups=("control", "treated"), **options)


def fit(data, ties="efron", **columns):
    return fit_cox(data, build_design(pd.DataFrame(columns), list(columns)), ties=ties)


OPTIONS = [
    pytest.param({}, id="tied"),
    pytest.param({"rounded": False}, id="continuous"),
    pytest.param({"late": True}, id="delayed entry"),
]


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", OPTIONS)
def test_every_level_is_a_cox_model_of_its_patients(options, ties):
    data, frame, is_other = cohort(1, **options)
    found = analyse(data, frame, is_other, ties=ties, conf_level=0.9)
    sets = [(found.overall, np.ones(data.n, dtype=bool))]
    sets += [(s, (frame[f.factor] == s.level).to_numpy()) for f in found.factors for s in f.subgroups]
    assert len(sets) == 6
    for subgroup, rows in sets:
        model = fit_cox(
            data.subset(rows), build_design(pd.DataFrame({"g": is_other[rows] * 1.0}), ["g"]), ties=ties, conf_level=0.9
        )
        (term,) = model.terms
        for name in ("log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high", "statistic", "p_value"):
            np.testing.assert_allclose(getattr(subgroup, name), getattr(term, name), rtol=1e-9, err_msg=name)
        assert (subgroup.n, subgroup.n_events) == (model.n, model.n_events)
        for code, arm in enumerate(subgroup.arms):
            alone = data.subset(rows & (is_other == code))
            curve = kaplan_meier(event_table(alone), conf_level=0.9)[0]
            assert (arm.n, arm.n_events) == (alone.n, alone.n_events)
            expected = quantile(curve, 0.5)
            np.testing.assert_array_equal(
                [arm.median.value, arm.median.conf_low, arm.median.conf_high],
                [expected.value, expected.conf_low, expected.conf_high],
            )


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", OPTIONS)
def test_interaction_compares_two_cox_models(options, ties):
    data, frame, is_other = cohort(2, **options)
    found = analyse(data, frame, is_other, ties=ties)
    for factor, levels in zip(found.factors, (["M"], ["G2", "G3"]), strict=True):
        known = frame[factor.factor].notna().to_numpy()
        group = is_other[known] * 1.0
        flags = {level: (frame[factor.factor] == level).to_numpy()[known] * 1.0 for level in levels}
        products = {f"group {level}": group * flag for level, flag in flags.items()}
        main = fit(data.subset(known), ties, group=group, **flags)
        full = fit(data.subset(known), ties, group=group, **flags, **products)
        statistic = 2 * (full.log_likelihood[1] - main.log_likelihood[1])
        np.testing.assert_allclose(factor.interaction.statistic, statistic, rtol=1e-8)
        assert factor.interaction.df == len(levels)
        assert factor.n_missing == int((~known).sum())
    # two levels: the test is close to that of the difference of the two ratios
    low, high = found.factors[0].subgroups
    z = (low.log_hazard_ratio - high.log_hazard_ratio) / np.hypot(low.std_error, high.std_error)
    assert found.factors[0].interaction.statistic == pytest.approx(z**2, rel=0.2)


def test_by_hand():
    # Therneau's six subjects: with Breslow's ties the hazard ratio is (3 + sqrt 33) / 2
    data, design = six_subjects()
    group = design.matrix[:, 0].astype(int)
    found = analyse(data, pd.DataFrame({"all": ["a"] * 6}), group, ["all"], ties="breslow")
    assert found.overall.hazard_ratio == pytest.approx((3 + np.sqrt(33)) / 2, rel=1e-12)
    assert found.factors[0].subgroups[0].hazard_ratio == found.overall.hazard_ratio
    assert found.factors[0].interaction.df == 0


def test_the_reference_turns_the_ratio_round():
    data, frame, is_other = cohort(3)
    one, other = (analyse(data, frame, codes) for codes in (is_other, 1 - is_other))
    for a, b in zip(one.factors, other.factors, strict=True):
        np.testing.assert_allclose(a.interaction.statistic, b.interaction.statistic, rtol=1e-8)
        for x, y in zip(a.subgroups, b.subgroups, strict=True):
            np.testing.assert_allclose(x.hazard_ratio * y.hazard_ratio, 1, rtol=1e-10)


class TestNoRatio:
    def frame(self):
        return pd.DataFrame({"site": ["a"] * 6 + ["b"] * 4})

    def test_no_events_in_one_group(self):
        data = TimeToEvent(time=[1, 2, 3, 4, 5, 6, 1, 2, 3, 4], event=[1, 1, 0, 0, 0, 0, 1, 1, 1, 0])
        found = analyse(data, self.frame(), np.array([0, 0, 0, 1, 1, 1, 0, 1, 0, 1]), ["site"])
        empty, full = found.factors[0].subgroups
        assert np.isnan([empty.hazard_ratio, empty.conf_low, empty.p_value]).all()
        assert empty.note == "no events with treated"
        assert np.isfinite(full.hazard_ratio)
        assert "site a: no events with treated; there is no hazard ratio." in found.notes

    def test_the_interaction_then_uses_the_limit_of_the_likelihood(self):
        data, frame, is_other = cohort(4)
        male = (frame["sex"] == "M").to_numpy()
        event = data.event & ~(male & (is_other == 1))
        data = TimeToEvent(time=data.time, event=event)
        found = analyse(data, frame, is_other, ["sex"]).factors[0]
        group, sex = is_other * 1.0, male * 1.0
        main = fit(data, group=group, sex=sex).log_likelihood[1]
        full = fit(data, group=group, sex=sex, product=group * sex).log_likelihood[1]
        np.testing.assert_allclose(found.interaction.statistic, 2 * (full - main), rtol=1e-7)
        assert np.isnan(found.subgroups[1].hazard_ratio)

    def test_one_group_only(self):
        data = TimeToEvent(time=np.arange(1, 11), event=np.ones(10))
        found = analyse(data, self.frame(), np.array([0, 1, 0, 1, 0, 1, 1, 1, 1, 1]), ["site"])
        alone = found.factors[0].subgroups[1]
        assert alone.note == "no patients with control"
        assert (alone.n, alone.arms[0].n) == (4, 0)
        assert np.isnan(alone.arms[0].median.value)
        assert found.factors[0].interaction.df == 0
        assert np.isnan(found.factors[0].interaction.p_value)

    def test_nobody_has_the_event(self):
        data = TimeToEvent(time=np.arange(1, 11), event=np.zeros(10))
        found = analyse(data, self.frame(), np.arange(10) % 2, ["site"])
        assert found.overall.note == "no events with control or treated"
        assert np.isnan(found.factors[0].interaction.statistic)

    def test_groups_that_are_never_at_risk_together(self):
        data = TimeToEvent(time=[1, 2, 5, 6], event=[1, 0, 1, 1], entry=[0, 0, 3, 3])
        found = analyse(data, pd.DataFrame({"all": ["x"] * 4}), np.array([0, 0, 1, 1]), ["all"])
        assert found.overall.note == "follow-up of the two groups does not overlap where events are"
        assert np.isnan(found.overall.p_value)


class TestFactors:
    def test_a_number_is_split_at_its_median(self):
        data, frame, is_other = cohort(5, n=101)
        found = analyse(data, frame.assign(age=np.arange(101.0)), is_other, ["age"])
        assert [(s.level, s.n) for s in found.factors[0].subgroups] == [("<50", 50), ("≥50", 51)]
        assert "age is split at its median, 50." in found.notes

    def test_a_number_that_is_mostly_its_smallest_value(self):
        data, frame, is_other = cohort(5, n=20)
        sessions = np.array([0.0] * 12 + [1, 2, 3, 4, 5, 6, 7, np.nan])
        found = analyse(data, frame.assign(sessions=sessions), is_other, ["sessions"])
        assert [(s.level, s.n) for s in found.factors[0].subgroups] == [("0", 12), (">0", 7)]
        assert "sessions is missing in 1 of 20 patients." in found.notes

    def test_few_values_are_levels(self):
        data, frame, is_other = cohort(6, n=30)
        found = analyse(data, frame.assign(ecog=np.arange(30.0) % 3), is_other, ["ecog"])
        assert [s.level for s in found.factors[0].subgroups] == ["0", "1", "2"]

    def test_levels_nobody_is_in_are_left_out(self):
        data, frame, is_other = cohort(6, n=30)
        column = pd.Categorical(["x"] * 15 + ["y"] * 15, categories=["x", "z", "y"])
        found = analyse(data, frame.assign(c=column), is_other, ["c"])
        assert [s.level for s in found.factors[0].subgroups] == ["x", "y"]

    def test_a_factor_without_any_value(self):
        data, frame, is_other = cohort(6, n=30)
        found = analyse(data, frame.assign(c=[None] * 30), is_other, ["c", "sex"])
        assert found.factors[0].subgroups == ()
        assert found.factors[0].n_missing == 30

    def test_refused(self):
        data, frame, is_other = cohort(7, n=40)
        with pytest.raises(MissingColumnError):
            analyse(data, frame, is_other, ["sexx"])
        with pytest.raises(SpecError, match="40 levels, more than the 30"):
            analyse(data, frame.assign(name=[f"p{i}" for i in range(40)]), is_other, ["name"])
        with pytest.raises(SpecError, match="is a date"):
            analyse(data, frame, is_other, ["sex"], kinds={"sex": "date"})
        with pytest.raises(InvalidTimeToEventError):
            analyse(data, frame, is_other + 1)
        weighted = TimeToEvent(time=data.time, event=data.event, weights=np.ones(40))
        with pytest.raises(SpecError, match="case weights"):
            analyse(weighted, frame, is_other)


def test_counts_say_all_there_is_to_know():
    data, frame, is_other = cohort(8)
    cell = 2 * (frame["sex"] == "M").to_numpy() + is_other
    table = event_table(data, cell, ("a", "b", "c", "d"))
    model = CellModel(table.n_at_risk, table.n_events, ties="efron")
    value, n_columns = model.log_likelihood(np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]))
    expected = fit(data, group=is_other * 1.0, sex=(cell >= 2) * 1.0).log_likelihood[1]
    assert n_columns == 2
    # patients who leave before the first event are in no risk set
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_a_huge_ratio_is_still_found():
    # 1,000 events of the other group, one of the reference at the very end of a long tail
    other = np.concatenate([np.ones(1000), [0.0], np.zeros(1000), [1.0]]).astype(int)
    data = TimeToEvent(time=np.arange(1.0, 2003.0), event=np.concatenate([np.ones(1001), np.zeros(1001)]))
    table = event_table(data, other, ("reference", "other"))
    found = two_group_ratios(table.n_at_risk[None], table.n_events[None])
    np.testing.assert_allclose(found.log_hazard_ratio[0], fit(data, g=other * 1.0).coefficients[0], rtol=1e-9)
