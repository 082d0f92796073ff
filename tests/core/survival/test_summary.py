"""The summary that a survival page shows."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.event_table import event_table
from core.survival.follow_up import median_follow_up
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.survival.rmst import restricted_mean
from core.survival.summary import summarise
from tests.core.survival.cohorts import follow, random_cohort

LEVELS = ("HIFU", "ICI alone")


def test_it_is_put_together_from_the_parts():
    data, codes = random_cohort(1, groups=2)
    summary = summarise(
        data, codes, LEVELS, conf_type="plain", conf_level=0.9, times=(3, 6), quantiles=(0.5, 0.9), tau=9
    )
    curves = kaplan_meier(event_table(data, codes, LEVELS), conf_type="plain", conf_level=0.9)
    follow_ups = median_follow_up(data, codes, LEVELS, conf_type="plain", conf_level=0.9)

    assert [group.level for group in summary.groups] == list(LEVELS)
    for group, curve, followed in zip(summary.groups, curves, follow_ups, strict=True):
        np.testing.assert_array_equal(group.estimate.conf_low, curve.conf_low)
        np.testing.assert_array_equal(group.at.survival, curve.at((3, 6)).survival)
        assert list(group.quantiles) == [0.5, 0.9]
        same = np.testing.assert_equal
        same(dataclasses.astuple(group.quantiles[0.9]), dataclasses.astuple(quantile(curve, 0.9)))
        same(dataclasses.astuple(group.rmst), dataclasses.astuple(restricted_mean(curve, tau=9, conf_level=0.9)))
        same(dataclasses.astuple(group.mean), dataclasses.astuple(restricted_mean(curve, conf_level=0.9)))
        same(dataclasses.astuple(group.median_follow_up), dataclasses.astuple(followed))
    overall = median_follow_up(data, conf_type="plain", conf_level=0.9)[0]
    np.testing.assert_equal(dataclasses.astuple(summary.median_follow_up_overall), dataclasses.astuple(overall))
    assert summary.group("ICI alone") is summary.groups[1]
    assert "Restricted mean: restricted to 9 months." in summary.notes


@pytest.mark.parametrize(("reference", "level"), [("HIFU", "ICI alone"), ("ICI alone", "HIFU"), (None, "ICI alone")])
def test_contrasts_are_the_other_level_against_the_reference(reference, level):
    data, codes = random_cohort(2, groups=2)
    summary = summarise(data, codes, LEVELS, reference, times=(6,), tau=9)
    base, other = summary.group(summary.reference), summary.group(level)

    assert (summary.contrasts.level, summary.contrasts.reference) == (level, reference or "HIFU")
    assert summary.contrasts.rmst_difference.estimate == other.rmst.value - base.rmst.value
    assert summary.contrasts.rmst_ratio.estimate == pytest.approx(other.rmst.value / base.rmst.value)
    (difference,) = summary.contrasts.survival_difference
    assert (difference.time, difference.estimate) == (6, other.at.survival[0] - base.at.survival[0])


def test_without_tau_and_times():
    data, codes = random_cohort(3, groups=2)
    summary = summarise(data, codes, LEVELS)

    assert summary.groups[0].rmst is None
    assert summary.contrasts.rmst_difference is None
    assert summary.contrasts.rmst_ratio is None
    assert summary.contrasts.survival_difference == ()
    assert list(summary.groups[0].quantiles) == [0.25, 0.5, 0.75]


@pytest.mark.parametrize("groups", [1, 3])
def test_contrasts_need_two_groups(groups):
    data, codes = random_cohort(4, groups=groups)

    assert summarise(data, codes, tuple("abc"[:groups])).contrasts is None


def test_ungrouped():
    data, _ = random_cohort(5)
    summary = summarise(data)

    assert [group.level for group in summary.groups] == ["all"]
    assert (summary.reference, summary.unit) == ("all", "months")
    np.testing.assert_equal(
        dataclasses.astuple(summary.median_follow_up_overall), dataclasses.astuple(summary.groups[0].median_follow_up)
    )


def test_notes_say_what_was_not_reached():
    data = follow([2, 5, 9, 9, 3, 4, 6, 8], [1, 0, 0, 0, 1, 1, 1, 0])
    summary = summarise(data, np.array([0, 0, 0, 0, 1, 1, 1, 1]), LEVELS, times=(12,), tau=9)

    assert summary.notes == (
        "Restricted mean: restricted to 9 months.",
        "Median not reached in HIFU.",
        "Upper limit of the median not reached in ICI alone.",
        "Follow-up ends at 9 months in HIFU and at 8 months in ICI alone: beyond that the last value is carried on, "
        "which tables do not print.",
    )


def test_groups_share_a_line():
    levels = tuple("ABCDEFGH")
    codes = np.repeat(np.arange(8), 4)
    event = np.tile([1, 0, 0, 0], 8)
    event[codes > 5] = [1, 1, 1, 0] * 2
    data = follow(np.tile([2, 5, 7, 9], 8), event)
    notes = summarise(data, codes, levels, times=(6, 12), tau=12).notes

    assert notes[1] == "Median not reached in A, B, C, D, E and F."
    assert notes[2] == "Upper limit of the median not reached in G and H."
    assert len(notes) == 4
    assert notes[3].startswith("Follow-up ends at 9 months in A, at 9 months in B,")


def test_groups_without_patients_share_a_line():
    data = follow([2, 5], [1, 1])

    assert "No patients in B and C." in summarise(data, np.array([0, 0]), ("A", "B", "C")).notes


def test_a_curve_at_0_is_carried_on_without_a_word():
    notes = summarise(follow([2, 5], [1, 1]), times=(9,), tau=9).notes

    assert not [note for note in notes if "carried" in note]
    assert [note for note in notes if "imits" in note] == [
        "Log-log limits are not defined while a curve is at 100 % or at 0."
    ]


@pytest.mark.parametrize(
    ("quantiles", "expected"),
    [
        ((0.25, 0.5, 0.75), ["Median not reached."]),
        ((0.25, 0.75), ["75 % quantile not reached."]),
        ((0.4, 0.5), ["40 % quantile not reached.", "Median not reached."]),
        ((0.25,), []),
    ],
)
def test_quantiles_not_reached(quantiles, expected):
    notes = summarise(follow([2, 5, 9], [1, 0, 0]), quantiles=quantiles).notes

    assert [note for note in notes if "quantile" in note or note.startswith("Median not")] == expected


@pytest.mark.parametrize(("conf_type", "said"), [("log-log", True), ("log", False)])
def test_missing_limits_are_explained(conf_type, said):
    notes = summarise(follow([2, 5, 9], [0, 1, 0]), conf_type=conf_type).notes

    assert ("Log-log limits are not defined while a curve is at 100 % or at 0." in notes) == said


def test_notes_name_no_group_when_there_is_none():
    assert "Median not reached." in summarise(follow([2, 5, 9], [1, 0, 0])).notes


@pytest.mark.parametrize(
    ("time", "event", "notes"),
    [
        pytest.param([], [], ("No patients in HIFU and ICI alone.",), id="no patients"),
        pytest.param([4, 4], [0, 0], ("No events in HIFU: the curve stays at 100 %.",), id="no events"),
        pytest.param(
            [4, 4], [1, 1], ("Median follow-up not reached in HIFU: too few were censored.",), id="all events"
        ),
        pytest.param([0, 4], [1, 0], ("No patients in ICI alone.",), id="event at time 0"),
    ],
)
def test_edges(time, event, notes):
    summary = summarise(follow(time, event), np.zeros(len(time), dtype=int), LEVELS, times=(1, 6), tau=5)

    assert set(notes) <= set(summary.notes)
    assert math.isnan(summary.contrasts.rmst_difference.estimate)  # ICI alone is empty
    assert math.isnan(summary.group("ICI alone").mean.value)


def test_refused():
    with pytest.raises(SpecError, match="Reference 'TACE' is not one of the levels"):
        summarise(*random_cohort(6, groups=2), LEVELS, "TACE")


def test_nothing_slow_is_imported():
    code = "import sys, core.survival; print([m for m in ('scipy.stats', 'lifelines', 'pandas') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
