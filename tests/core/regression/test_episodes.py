"""Splitting follow-up: it changes nothing by itself, agrees with a second way of splitting, and counts patients."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.regression.episodes import are_one_patients, has_started, split_at
from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent
from tests.core.regression.cohorts import frame_of, random_cohort


def by_hand(data, cuts):
    """Row by row, cut by cut."""
    entry = np.zeros(data.n) if data.entry is None else data.entry
    for i in range(data.n):
        inside = sorted({c for c in cuts[i] if entry[i] < c < data.time[i]})
        ends = [entry[i], *inside, data.time[i]]
        for low, high in itertools.pairwise(ends):
            yield i, low, high, bool(data.event[i]) and high == data.time[i]


@given(seed=st.integers(0, 10_000), late=st.booleans(), n_cuts=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_a_second_way_of_splitting(seed, late, n_cuts):
    data, _, _ = random_cohort(seed, n=15, late=late)
    rng = np.random.default_rng(seed)
    cuts = np.where(rng.random((15, n_cuts)) < 0.3, np.nan, rng.integers(-1, 20, (15, n_cuts)))

    found = split_at(data, cuts)

    rows = list(zip(found.row, found.data.entry, found.data.time, found.data.event, strict=True))
    assert rows == list(by_hand(data, cuts))


@pytest.mark.parametrize(
    ("options", "ties"),
    [
        *itertools.product([{}, {"late": True}, {"strata": True}], ["efron", "breslow", "exact"]),
        ({"weighted": True}, "efron"),
        ({"weighted": True}, "breslow"),
    ],
)
def test_splitting_changes_nothing_by_itself(options, ties):
    data, X, strata = random_cohort(3, **options)
    frame = frame_of(X).assign(s="a" if strata is None else strata.astype(str))
    found = split_at(data, np.column_stack([np.full(data.n, 4.0), np.full(data.n, 9.0)]))

    again = frame.take(found.row).reset_index(drop=True)
    whole, parts = (
        cox_analysis(d, f, ["x0", "x1"], strata=["s"], ties=ties, patient=patient).multivariable
        for d, f, patient in (
            (data, frame, None),
            (found.data, again, found.row),
        )
    )

    np.testing.assert_allclose(parts.coefficients, whole.coefficients, rtol=1e-9)
    np.testing.assert_allclose(parts.model_covariance, whole.model_covariance, rtol=1e-9)
    np.testing.assert_allclose(parts.covariance, whole.covariance, rtol=1e-9)  # robust where weighted
    np.testing.assert_allclose(parts.log_likelihood, whole.log_likelihood, rtol=1e-12)
    assert parts.concordance.value == pytest.approx(whole.concordance.value, rel=1e-12)
    assert parts.concordance.std_error == pytest.approx(whole.concordance.std_error, rel=1e-9)
    counts = [[(t.n, t.n_events, t.n_fit) for t in fit.terms] for fit in (parts, whole)]
    assert counts[0] == counts[1]
    assert (parts.n, parts.n_events, parts.n_missing) == (whole.n, whole.n_events, whole.n_missing)


def test_states_change_after_the_start():
    data = TimeToEvent(time=[10.0, 10.0, 10.0, 10.0, 0.0], event=[1, 1, 0, 1, 1])
    starts = np.array([4.0, 0.0, 10.0, np.nan, 0.0])

    found = split_at(data, starts[:, None])

    assert found.row.tolist() == [0, 0, 1, 2, 3, 4]
    assert has_started(found, starts).tolist() == [False, True, True, False, False, False]
    assert found.data.event.tolist() == [False, True, True, False, True, True]
    assert (found.data.entry < found.data.time).all()


def test_days_and_years_split_alike():
    days = np.array([365.25, 730.5, 1461.0])
    cuts = np.array([[365.25], [365.25], [np.nan]])
    years = TimeToEvent(time=days / 365.25, event=[1, 1, 0])

    in_days = split_at(TimeToEvent(time=days, event=[1, 1, 0]), cuts)
    in_years = split_at(years, cuts / 365.25 * (1 + 1e-12))

    assert in_days.row.tolist() == in_years.row.tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("entry", "time", "codes", "expected"),
    [
        pytest.param([0, 5, 0], [5, 9, 7], [1, 1, 2], True, id="rows-follow"),
        pytest.param([0, 6, 0], [5, 9, 7], [1, 1, 2], True, id="with-a-gap"),
        pytest.param([0, 4, 0], [5, 9, 7], [1, 1, 2], False, id="rows-overlap"),
        pytest.param([0, 0, 0], [5, 9, 7], [1, 2, 3], False, id="a-row-each"),
        pytest.param(None, [5, 9, 7], [1, 1, 2], False, id="no-entry"),
    ],
)
def test_whose_rows(entry, time, codes, expected):
    data = TimeToEvent(time=time, event=[1, 0, 1], entry=entry)

    assert are_one_patients(data, np.array(codes)) is expected


def test_missing_values_are_counted_by_patient():
    data, X, _ = random_cohort(6)
    frame = frame_of(X)
    frame.loc[[2, 5], "x0"] = np.nan
    found = split_at(data, np.full((data.n, 1), 3.0))
    rows = frame.take(found.row).reset_index(drop=True)

    whole = cox_analysis(found.data, rows, ["x0", "x1"], patient=found.row)

    fit = whole.multivariable
    assert (fit.n, fit.n_missing) == (58, 2)
    assert whole.missing["x0"] == 2
    assert any(note == "2 of 60 patients left out for missing values (x0 2)." for note in fit.notes)


def test_rows_left_out_of_patients_who_stay_are_said():
    data, X, _ = random_cohort(6)
    found = split_at(data, np.full((data.n, 1), 3.0))
    rows = frame_of(X).take(found.row).reset_index(drop=True)
    several = np.flatnonzero(np.bincount(found.row) > 1)[:3]
    rows.loc[np.searchsorted(found.row, several), "x0"] = np.nan

    fit = cox_analysis(found.data, rows, ["x0", "x1"], patient=found.row).multivariable

    assert (fit.n, fit.n_missing) == (60, 0)
    assert any(note.startswith("3 rows of 3 patients who stay with their other rows") for note in fit.notes)
