"""Matching: by hand, what it promises, and at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.bias.matching import matched_sample, nearest_neighbours
from core.bias.propensity import propensity_score
from core.errors import TooFewEventsError
from core.spec import MatchingSpec
from tests.core.bias.test_balance_weights import confounded

FREE = MatchingSpec(caliper=None)


def partners(logit: list[float], treated: list[int], asked: MatchingSpec, exact: list[int] | None = None) -> dict:
    found = nearest_neighbours(
        np.array(logit), np.array(treated, dtype=bool), asked, None if exact is None else np.array(exact)
    )
    return {int(i): row.tolist() for i, row in zip(found.treated, found.partners, strict=True)}


class TestByHand:
    LOGIT = (2.0, 1.0, 0.9, 1.8, 0.0)
    TREATED = (1, 1, 0, 0, 0)

    def test_the_highest_score_chooses_first(self) -> None:
        # patient 0 takes 3 (0.2 away); patient 1 then takes 2
        assert partners(self.LOGIT, self.TREATED, FREE) == {0: [3], 1: [2]}

    def test_each_gets_a_first_partner_before_anybody_a_second(self) -> None:
        assert partners(self.LOGIT, self.TREATED, MatchingSpec(caliper=None, ratio=2)) == {0: [3, 4], 1: [2, -1]}

    def test_with_replacement_the_nearest_stays_free_for_others(self) -> None:
        asked = MatchingSpec(caliper=None, replace=True, ratio=2)
        assert partners((2.0, 1.9, 0.9, 1.8, 0.0), self.TREATED, asked) == {0: [3, 2], 1: [3, 2]}

    def test_the_caliper_is_in_standard_deviations_of_all(self) -> None:
        spread = float(np.std(self.LOGIT, ddof=1))
        assert partners(self.LOGIT, self.TREATED, MatchingSpec(caliper=0.15 / spread)) == {0: [-1], 1: [2]}

    def test_exactly_the_same_or_not_at_all(self) -> None:
        assert partners(self.LOGIT, self.TREATED, FREE, [0, 1, 0, 1, 0]) == {0: [2], 1: [3]}
        assert partners(self.LOGIT, self.TREATED, FREE, [0, 1, 1, 1, 1]) == {0: [-1], 1: [2]}

    def test_of_equally_near_ones_the_higher_score_then_the_earlier_row(self) -> None:
        assert partners((1.0, 0.0, 2.0, 2.0), (1, 0, 0, 0), FREE) == {0: [2]}


class TestSample:
    def test_nobody_is_used_twice_and_all_are_within_the_caliper(self) -> None:
        study = confounded(200)
        score = propensity_score(study)
        sample = matched_sample(study, score, MatchingSpec())
        assert sample.sets is not None
        caliper = 0.2 * score.logit.std(ddof=1)
        for code in range(sample.sets.max() + 1):
            rows = np.flatnonzero(sample.sets == code)
            assert study.treated[rows].sum() == 1
            assert rows.size == 2
            assert np.ptp(score.logit[rows]) <= caliper
        np.testing.assert_array_equal(sample.kept, sample.sets >= 0)
        np.testing.assert_array_equal(sample.weights[sample.kept], 1.0)

    def test_weights_sum_to_the_patients(self) -> None:
        study = confounded(200)
        for asked in (MatchingSpec(ratio=3), MatchingSpec(replace=True, ratio=2)):
            sample = matched_sample(study, propensity_score(study), asked)
            for rows in (study.treated, ~study.treated):
                assert sample.weights[rows].sum() == pytest.approx((sample.weights[rows] > 0).sum())

    def test_who_is_left_out_is_counted(self) -> None:
        study = confounded(200)
        sample = matched_sample(study, propensity_score(study), MatchingSpec(caliper=0.01))
        gone = int(np.count_nonzero(study.treated & ~sample.kept))
        assert gone
        assert f"Without a match, and left out: {gone} of {study.sizes[1]} in B; the comparison is of the others." in (
            sample.notes
        )

    def test_the_order_of_the_rows_does_not_matter(self) -> None:
        study = confounded(100)
        turned = study.subset(np.arange(99, -1, -1))
        a, b = (matched_sample(s, propensity_score(s), MatchingSpec()).weights for s in (study, turned))
        np.testing.assert_allclose(a, b[::-1])

    def test_nobody_matched_is_refused(self) -> None:
        study = confounded()
        alone = replace(study, exact=np.arange(study.n))
        with pytest.raises(TooFewEventsError, match="No patient found a match"):
            matched_sample(alone, propensity_score(study), MatchingSpec())
