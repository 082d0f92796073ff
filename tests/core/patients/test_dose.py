"""Doses cut into thirds and halves, and what is counted in them."""

import numpy as np
import pytest

from core.patients.dose import cut_doses, dose_levels
from core.timetoevent import TimeToEvent


class TestCut:
    def test_thirds_of_fifteen_or_more_halves_of_fewer(self):
        assert cut_doses(np.arange(15.0))[1] == ("lowest third", "middle third", "highest third")
        assert cut_doses(np.arange(14.0))[1] == ("lower half", "higher half")
        assert cut_doses(np.arange(5.0))[1] == ()

    def test_a_dose_at_the_cut_belongs_below(self):
        codes, _ = cut_doses(np.array([1.0, 2, 3, 3, 3, 9, 9]))
        assert codes.tolist() == [0, 0, 0, 0, 0, 1, 1]

    def test_one_dose_for_all_cannot_be_cut(self):
        assert cut_doses(np.full(20, 5.0))[1] == ()

    def test_every_patient_has_one_third_and_thirds_are_ordered(self):
        doses = np.random.default_rng(4).exponential(100, 61)
        codes, names = cut_doses(doses)
        assert len(names) == 3
        assert np.bincount(codes).tolist() == [21, 20, 20]
        assert doses[codes == 0].max() < doses[codes == 1].min()
        assert doses[codes == 1].max() < doses[codes == 2].min()


class TestLevels:
    def data(self, n=30, seed=2):
        rng = np.random.default_rng(seed)
        doses, responded = rng.exponential(100, n), rng.integers(0, 2, n).astype(float)
        responded[:3] = np.nan
        followed = np.arange(2, n)
        since = TimeToEvent(time=rng.exponential(10, n - 2), event=rng.random(n - 2) < 0.6, unit="months")
        return doses, responded, since, followed

    def test_counts_by_hand(self):
        doses, responded, since, followed = self.data()
        levels, _, _ = dose_levels(doses, responded, since, followed=followed, conf_level=0.95)
        codes, _ = cut_doses(doses)
        assert sum(one.n for one in levels) == 30
        assert sum(one.evaluable for one in levels) == 27
        assert sum(one.followed for one in levels) == 28
        assert sum(one.n_events for one in levels) == int(since.event.sum())
        for k, one in enumerate(levels):
            own = [i for i in range(30) if codes[i] == k]
            assert one.responders == sum(responded[i] == 1 for i in own)
            assert (one.low, one.high) == (min(doses[i] for i in own), max(doses[i] for i in own))
            assert one.rate_low < one.rate < one.rate_high

    def test_a_clear_trend_is_seen(self):
        doses = np.arange(1.0, 31)
        responded = (doses > 15).astype(float)
        since = TimeToEvent(time=doses, event=np.ones(30, dtype=bool), unit="months")
        levels, response_p, survival_p = dose_levels(doses, responded, since, followed=np.arange(30), conf_level=0.95)
        assert [one.responders for one in levels] == [0, 5, 10]
        assert response_p < 1e-4
        assert survival_p < 1e-4

    def test_nobody_evaluable(self):
        doses, _, since, followed = self.data()
        levels, response_p, _ = dose_levels(doses, np.full(30, np.nan), since, followed=followed, conf_level=0.95)
        assert np.isnan(response_p)
        assert all(np.isnan(one.rate) for one in levels)

    @pytest.mark.parametrize("kept", [0, 1])
    def test_a_third_that_nobody_follows(self, kept):
        doses = np.arange(1.0, 31)
        followed = np.arange(10 * (kept + 1))
        since = TimeToEvent(time=np.ones(len(followed)), event=np.zeros(len(followed), dtype=bool), unit="months")
        levels, _, survival_p = dose_levels(doses, np.ones(30), since, followed=followed, conf_level=0.95)
        assert [one.followed for one in levels] == [10, 10 * kept, 0]
        assert np.isnan(survival_p)
        assert np.isnan(levels[2].median.value)
