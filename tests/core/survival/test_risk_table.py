"""At risk, events and censored at given times: by hand, and counted patient by patient."""

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.risk_table import risk_table
from tests.core.survival.cohorts import follow, random_cohort, repeated, six_subjects


def table(data, codes=None, levels=("all",), *, times):
    return risk_table(kaplan_meier(event_table(data, codes, levels)), times)


def test_six_subjects_by_hand():
    data, _ = six_subjects()  # 1+ and 1: an event and a censoring; two events at 6; censored at 8, event at 9
    found = table(data, times=[0, 1, 5, 6, 8, 9, 20])
    assert found.n_at_risk.tolist() == [[6, 6, 4, 4, 2, 1, 0]]
    assert found.n_events.tolist() == [[0, 1, 1, 3, 3, 4, 4]]
    assert found.n_censored.tolist() == [[0, 1, 1, 1, 2, 2, 2]]


@pytest.mark.parametrize("seed", range(5))
def test_as_counted_patient_by_patient(seed):
    data, codes = random_cohort(seed)
    times = np.unique(data.time)[::3]
    found = table(data, codes, ("a", "b", "c"), times=times)
    for group in range(3):
        time, event = data.time[codes == group], data.event[codes == group]
        assert found.n_at_risk[group].tolist() == [int((time >= t).sum()) for t in times]
        assert found.n_events[group].tolist() == [int(((time <= t) & event).sum()) for t in times]
        assert found.n_censored[group].tolist() == [int(((time <= t) & ~event).sum()) for t in times]


@pytest.mark.parametrize("seed", range(3))
def test_between_ticks_nobody_is_lost(seed):
    data, codes = random_cohort(seed)
    found = table(data, codes, ("a", "b", "c"), times=[0.5, 3.5, 7.5, 11.5, 999.5])  # no patient's time
    counted = found.n_at_risk + found.n_events + found.n_censored
    assert (counted == np.bincount(codes, minlength=3)[:, None]).all()


def test_whole_weights_count_as_that_many_patients():
    data, codes = random_cohort(3, weights=True)
    many, many_codes = repeated(data, codes)
    times = [0, 4, 9, 30]
    found, expected = (table(d, c, ("a", "b", "c"), times=times) for d, c in ((data, codes), (many, many_codes)))
    for column in ("n_at_risk", "n_events", "n_censored"):
        assert getattr(found, column).tolist() == getattr(expected, column).tolist()


def test_who_enters_late_is_at_risk_from_entry_on():
    data = follow([5, 8], [1, 1], entry=np.array([0.0, 3.0]))
    assert table(data, times=[1, 4, 6]).n_at_risk.tolist() == [[1, 2, 1]]


def test_a_group_without_patients_has_zeros():
    found = table(follow([1, 2], [1, 0]), np.array([0, 0]), ("a", "b"), times=[0, 1])
    assert found.levels == ("a", "b")
    assert (found.n_at_risk[1].tolist(), found.n_events[1].tolist(), found.n_censored[1].tolist()) == ([0, 0],) * 3
