"""The search's own fast estimators give what the program's give; its draws keep what they promise."""

import numpy as np
import pytest

from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.survival.compare import compare
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.survival.rmst import restricted_mean
from core.timetoevent import TimeToEvent
from sample_data.generator.adverse_events import Term, spread
from sample_data.generator.chance import Chance, Part, settle
from sample_data.generator.proportional_hazards import wald_p_values
from sample_data.generator.survival import curve, log_rank, mean, mean_std_error, median_midpoint, survival_at

pd = pytest.importorskip("pandas")


def data_with_ties(seed, n=60):
    random = np.random.default_rng(seed)
    time = np.round(random.exponential(10, n), 0) + 1
    return time, random.random(n) < 0.7, random.integers(0, 2, n)


@pytest.mark.parametrize("seed", range(6))
def test_curve_and_its_summaries(seed):
    time, event, _ = data_with_ties(seed)
    fast = curve(list(zip(time.tolist(), event.astype(int).tolist(), strict=True)))
    slow = kaplan_meier(event_table(TimeToEvent(time=time, event=event)))[0]
    area = restricted_mean(slow)
    assert mean(fast) == pytest.approx(area.value, rel=1e-12)
    assert mean_std_error(fast) == pytest.approx(area.std_error, rel=1e-12)
    assert median_midpoint(fast) == pytest.approx(quantile(slow, 0.5).value, rel=1e-12)
    for at in (0.5, 3.0, 7.5):
        assert survival_at(fast, at) == pytest.approx(slow.at([at]).survival[0], rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_log_rank(seed):
    time, event, group = data_with_ties(seed)
    records = list(zip(time.tolist(), event.astype(int).tolist(), strict=True))
    halves = [[r for r, g in zip(records, group, strict=True) if g == which] for which in (1, 0)]
    fast = log_rank(*halves)
    slow = compare(TimeToEvent(time=time, event=event), group.astype(np.int64), ("a", "b"), "a")
    assert fast.expected == pytest.approx(slow.expected[1], rel=1e-12)
    assert fast.p_value == pytest.approx(slow.p_value, rel=1e-9)
    assert fast.hazard_ratio == pytest.approx(slow.conventions["logrank_hazard_ratio"].value, rel=1e-12)


def test_wald_p_values():
    time, event, group = data_with_ties(3, n=90)
    score = np.random.default_rng(4).normal(size=90)
    fast = wald_p_values(time, event.astype(float), np.column_stack([group.astype(float), score]))
    frame = pd.DataFrame({"group": group.astype(float), "score": score})
    design = build_design(frame, ["group", "score"], references={}, kinds={"group": "number", "score": "number"})
    slow = fit_cox(TimeToEvent(time=time, event=event), design, ties="breslow")
    assert fast == pytest.approx([term.p_value for term in slow.terms], rel=1e-5)


class TestSettle:
    def test_finds_the_least_and_says_what_it_cost(self):
        chance, values = Chance(1), [9.0, -9.0]
        parts = [Part(frozenset([i]), lambda i=i: abs(values[i] - 3.0)) for i in range(2)]
        cost = settle(
            values, lambda i: values[i] + chance.between(-1, 1), parts, chance=chance, steps=4000, heat=0.5, enough=0.02
        )
        assert cost == pytest.approx(sum(abs(value - 3.0) for value in values))
        assert cost <= 0.02

    def test_stops_at_once_where_it_is_good_enough(self):
        values = [1.0]
        cost = settle(values, lambda _: 5.0, [Part(frozenset([0]), lambda: 0.0)], chance=Chance(1), steps=9, heat=1.0)
        assert (cost, values) == (0.0, [1.0])


class TestChance:
    def test_the_stream_is_pinned(self):
        # random.Random(1).random(): Python promises it for ever, and the committed files rest on it.
        chance = Chance(1)
        assert [chance.fraction() for _ in range(2)] == [0.13436424411240122, 0.8474337369372327]

    def test_shuffling_keeps_everybody(self):
        assert sorted(Chance(2).shuffled(range(50))) == list(range(50))

    def test_weights_are_kept(self):
        chance = Chance(3)
        drawn = [chance.weighted({"a": 3.0, "b": 1.0, "never": 0.0}) for _ in range(4000)]
        assert drawn.count("a") / 4000 == pytest.approx(0.75, abs=0.03)
        assert "never" not in drawn

    def test_normal_draws(self):
        chance = Chance(4)
        drawn = np.array([chance.normal(5.0, 2.0) for _ in range(4000)])
        assert drawn.mean() == pytest.approx(5.0, abs=0.15)
        assert drawn.std() == pytest.approx(2.0, abs=0.1)


class TestSpread:
    PATIENTS = tuple(f"P{i}" for i in range(20))

    def test_counts_are_exact(self):
        terms = [Term("A", "x", 10, 2), Term("B", "x", 4, 0), Term("C", "x", 1, 1)]
        given = spread(terms, self.PATIENTS, with_any=13, chance=Chance(5))
        assert {name: len(set(ids)) for name, ids in given.items()} == {"A": 10, "B": 4, "C": 1}
        assert len(set().union(*given.values())) == 13

    def test_too_many_patients_for_the_events_are_refused(self):
        with pytest.raises(ValueError, match="5 patients are left without any event"):
            spread([Term("A", "x", 8, 0)], self.PATIENTS, with_any=13, chance=Chance(5))
