"""Interactions: their test, and one factor's hazard ratio at each value of the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent


@pytest.fixture
def cohort():
    rng = np.random.default_rng(31)
    n = 240
    frame = pd.DataFrame(
        {
            "arm": np.array(["No", "Yes"])[rng.integers(0, 2, n)],
            "grade": np.array(["G1", "G2", "G3"])[rng.integers(0, 3, n)],
            "age": rng.normal(60, 8, n).round(),
            "size": rng.lognormal(1, 0.4, n),
            "site": rng.integers(0, 60, n),
        }
    )
    effect = -0.8 * (frame["arm"] == "Yes") * (frame["grade"] != "G3") + 0.02 * (frame["age"] - 60)
    time = rng.exponential(12 / np.exp(effect))
    censor = rng.uniform(3, 30, n)
    return TimeToEvent(time=np.minimum(time, censor), event=time <= censor), frame


def one(found, **which):
    (ratio,) = [r for r in found if all(getattr(r, key) == value for key, value in which.items())]
    return ratio


@pytest.mark.parametrize("grade", ["G1", "G2", "G3"])
def test_each_level_made_the_reference(cohort, grade):
    """The ratio of arm where grade is so is arm's own coefficient when that grade is the reference."""
    data, frame = cohort
    found = cox_analysis(data, frame, ["arm", "grade", "age"], interactions=[("arm", "grade")])
    (interaction,) = found.building.interactions
    turned = cox_analysis(
        data, frame, ["arm", "grade", "age"], interactions=[("arm", "grade")], references={"grade": grade}
    )
    ratio, own = one(interaction.ratios, factor="arm", at=grade), turned.multivariable.terms[0]
    assert ratio.log_hazard_ratio == pytest.approx(own.log_hazard_ratio, abs=1e-9)
    assert ratio.std_error == pytest.approx(own.std_error)
    assert (ratio.conf_low, ratio.conf_high) == pytest.approx((own.conf_low, own.conf_high))
    assert ratio.p_value == pytest.approx(own.p_value)
    here = (frame["grade"] == grade).to_numpy()
    assert (ratio.n, ratio.n_events) == (here.sum(), (here & data.event).sum())
    assert turned.building.interactions[0].test.statistic == pytest.approx(interaction.test.statistic)


def test_a_number_is_held_at_its_quartiles(cohort):
    data, frame = cohort
    found = cox_analysis(data, frame, ["arm", "age"], interactions=[("arm", "age")]).building.interactions[0]
    quartiles = frame["age"].quantile([0.25, 0.5, 0.75]).tolist()
    held = [ratio for ratio in found.ratios if ratio.factor == "arm"]
    assert [ratio.at for ratio in held] == quartiles
    for ratio in held:
        centred = cox_analysis(
            data, frame.assign(age=frame["age"] - ratio.at), ["arm", "age"], interactions=[("arm", "age")]
        ).multivariable.terms[0]
        assert ratio.log_hazard_ratio == pytest.approx(centred.log_hazard_ratio)
        assert ratio.std_error == pytest.approx(centred.std_error)
        assert ratio.n == 240
    assert [(r.at, r.level) for r in found.ratios if r.factor == "age"] == [("No", None), ("Yes", None)]


def test_two_numbers(cohort):
    data, frame = cohort
    found = cox_analysis(data, frame, ["age", "size"], interactions=[("age", "size")])
    (interaction,) = found.building.interactions
    by_hand = cox_analysis(data, frame.assign(both=frame["age"] * frame["size"]), ["age", "size", "both"])
    assert found.multivariable.coefficients == pytest.approx(by_hand.multivariable.coefficients)
    alone = cox_analysis(data, frame, ["age", "size"]).multivariable.log_likelihood[1]
    assert interaction.test.statistic == pytest.approx(2 * (found.multivariable.log_likelihood[1] - alone))
    b = found.multivariable.coefficients
    at = frame["size"].quantile(0.75)
    ratio = one(interaction.ratios, factor="age", at=at)
    assert ratio.log_hazard_ratio == pytest.approx(b[0] + at * b[2])


def test_several_interactions_are_tested_given_the_others(cohort):
    data, frame = cohort
    pairs = [("arm", "grade"), ("arm", "age")]
    both = cox_analysis(data, frame, ["arm", "grade", "age"], interactions=pairs)
    less = cox_analysis(data, frame, ["arm", "grade", "age"], interactions=pairs[:1])
    gain = 2 * (both.multivariable.log_likelihood[1] - less.multivariable.log_likelihood[1])
    assert both.building.interactions[1].test.statistic == pytest.approx(gain)
    assert [i.test.df for i in both.building.interactions] == [2, 1]
    assert [o.covariate for o in both.multivariable.overall] == ["arm", "grade", "age", "arm × grade", "arm × age"]


def test_levels_nobody_has_together(cohort):
    data, frame = cohort
    frame.loc[(frame["arm"] == "Yes") & (frame["grade"] == "G3"), "grade"] = "G2"
    found = cox_analysis(data, frame, ["arm", "grade"], interactions=[("arm", "grade")])
    (interaction,) = found.building.interactions
    assert interaction.test.df == 1
    assert "No patients with arm = Yes and grade = G3 among those analysed." in found.notes
    assert np.isnan(one(interaction.ratios, factor="arm", at="G3").hazard_ratio)
    assert np.isnan(one(interaction.ratios, factor="grade", level="G3", at="Yes").hazard_ratio)
    assert np.isfinite(one(interaction.ratios, factor="grade", level="G3", at="No").hazard_ratio)


def test_no_events_in_one_cell(cohort):
    """Infinite products leave the other ratios finite, and are said."""
    data, frame = cohort
    here = ((frame["arm"] == "Yes") & (frame["grade"] == "G3")).to_numpy()
    data = TimeToEvent(time=data.time, event=data.event & ~here)
    found = cox_analysis(data, frame, ["arm", "grade"], interactions=[("arm", "grade")])
    (interaction,) = found.building.interactions
    assert np.isnan(one(interaction.ratios, factor="arm", at="G3").hazard_ratio)
    assert np.isfinite(one(interaction.ratios, factor="arm", at="G1").hazard_ratio)
    assert any("arm: Yes × grade: G3" in note for note in found.notes)
    assert interaction.test.statistic > 0


@pytest.mark.parametrize("options", [{"cluster": "site"}, {"penalty": "firth"}])
def test_without_a_likelihood_to_compare(cohort, options):
    data, frame = cohort
    found = cox_analysis(data, frame, ["arm", "age"], interactions=[("arm", "age")], **options)
    (interaction,) = found.building.interactions
    overall = found.multivariable.overall[-1]
    assert (interaction.method, interaction.test.statistic) == (overall.method, overall.statistic)
    assert interaction.test.robust == ("cluster" in options)


def test_alone_there_is_none(cohort):
    data, frame = cohort
    found = cox_analysis(data, frame, ["arm", "age"], mode="univariable", interactions=[("arm", "age")])
    assert found.building.interactions == ()
    assert any(note.startswith("No interaction is fitted") for note in found.notes)


def test_a_factor_with_one_level_has_no_interaction(cohort):
    data, frame = cohort
    found = cox_analysis(data, frame.assign(arm="No"), ["arm", "age"], interactions=[("arm", "age")], diagnostics=True)
    assert found.building.interactions == ()
    assert "All 240 patients have arm = No: it cannot be estimated." in found.notes
    assert [left.term for left in found.building.influence.most] == ["age"]
