"""Everything about competing events at once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.gray import gray_test
from core.survival.incidence_summary import summarise_incidence
from core.survival.time_lost import time_lost
from core.timetoevent import TimeToEvent
from tests.core.survival.competing import CAUSES, five_subjects, random_risks

AB, ABC = ("A", "B"), ("A", "B", "C")


def test_parts_are_those_of_the_functions():
    risks, codes = random_risks(1, causes=2, groups=2)
    summary = summarise_incidence(risks, codes, AB, conf_type="log", conf_level=0.9, times=[3, 8], tau=10, rho=1)
    table = cause_table(risks, codes, AB)
    curves = cumulative_incidence(table, conf_type="log", conf_level=0.9)
    lost = time_lost(table, tau=10, conf_level=0.9)

    assert summary.causes == CAUSES
    for g, level in enumerate(AB):
        for c, cause in enumerate(CAUSES):
            part = summary.group(level).cause(cause)
            np.testing.assert_array_equal(part.estimate.conf_low, curves[g][c].conf_low)
            np.testing.assert_array_equal(part.at.incidence, curves[g][c].at([3, 8]).incidence)
            assert part.time_lost.std_error == lost[g][c].std_error
    assert summary.gray["death"].statistic == gray_test(risks, codes, AB, rho=1)["death"].statistic
    assert "Time lost: up to 10 months." in summary.notes


def test_states_add_up():
    risks, codes = random_risks(2)
    for group in summarise_incidence(risks, codes, ABC).groups:
        total = sum(part.estimate.incidence for part in group.causes) + group.event_free.survival
        np.testing.assert_allclose(total, 1, rtol=1e-12)
        np.testing.assert_array_equal(group.event_free.survival, group.causes[0].estimate.event_free)


@pytest.mark.parametrize(("reference", "sign"), [("A", 1), ("B", -1)])
def test_differences_are_the_other_level_minus_the_reference(reference, sign):
    risks, codes = random_risks(3, groups=2)
    summary = summarise_incidence(risks, codes, AB, reference, times=[5], tau=9)
    a, b = (summary.group(level).causes[0] for level in AB)
    contrast = summary.contrasts[0]

    assert (contrast.cause, contrast.reference) == ("recurrence", reference)
    (difference,) = contrast.incidence_difference
    assert difference.estimate == pytest.approx(sign * (b.at.incidence[0] - a.at.incidence[0]), rel=1e-13)
    assert difference.std_error == pytest.approx(math.hypot(a.at.std_error[0], b.at.std_error[0]), rel=1e-13)
    assert contrast.time_lost_difference.estimate == pytest.approx(sign * (b.time_lost.value - a.time_lost.value))
    assert 0 < difference.p_value < 1


def test_one_group():
    risks, _ = random_risks(4)
    summary = summarise_incidence(risks)

    assert summary.gray is None
    assert summary.contrasts == ()
    assert summary.groups[0].causes[0].time_lost is None
    assert summary.notes == ()


def test_what_cannot_be_tested_is_left_out():
    risks, codes = random_risks(5, groups=2)
    assert summarise_incidence(risks, codes * 0, AB).gray is None
    assert "No patients in B." in summarise_incidence(risks, codes * 0, AB).notes
    late, codes = random_risks(5, groups=2, entry=True)
    summary = summarise_incidence(late, codes, AB)
    assert summary.gray is None
    assert "Gray's test is not defined with delayed entry: the incidences are not tested." in summary.notes


def test_propensity_weights_are_said():
    risks, codes = random_risks(6, groups=2)
    data = TimeToEvent(time=risks.data.time, event=risks.data.event, weights=np.linspace(0.5, 2, risks.data.n))
    notes = summarise_incidence(CompetingRisks(data=data, cause=risks.cause, causes=risks.causes), codes, AB).notes

    assert "Standard errors are robust to the case weights (infinitesimal jackknife)." in notes
    assert sum("Case weights" in note for note in notes) == 1


def test_the_reference_must_be_a_level():
    with pytest.raises(SpecError, match="Reference 'C' is not one of the levels"):
        summarise_incidence(*five_subjects(), AB, "C")
