"""Incidence of rows that belong together: the curve stays, the errors change."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.clustered_incidence import clustered_incidence
from core.survival.competing_risks import CompetingRisks
from core.survival.incidence_summary import summarise_incidence
from core.timetoevent import TimeToEvent


def risks(n: int = 60, *, seed: int = 1, copies: int = 1) -> CompetingRisks:
    rng = np.random.default_rng(seed)
    time, cause = np.repeat(rng.integers(1, 20, n), copies).astype(float), np.repeat(rng.integers(0, 3, n), copies)
    return CompetingRisks(data=TimeToEvent(time=time, event=cause > 0), cause=cause, causes=("ltp", "death"))


def error(summary, cause=0, group=0):
    return summary.groups[group].causes[cause].estimate.std_error


def test_rows_of_their_own_have_the_usual_errors():
    data = risks()
    alone = summarise_incidence(data, variance="jackknife", times=[5.0])
    found = clustered_incidence(data, np.arange(data.data.n), times=[5.0])
    for cause in (0, 1):
        np.testing.assert_allclose(error(found, cause), error(alone, cause), atol=1e-12)
    assert found.groups[0].causes[0].at.conf_low == pytest.approx(alone.groups[0].causes[0].at.conf_low)


def test_a_row_written_twice_in_one_cluster_says_nothing_new():
    once, twice = risks(), risks(copies=2)
    found = clustered_incidence(twice, np.repeat(np.arange(60), 2))
    np.testing.assert_allclose(error(found), error(clustered_incidence(once, np.arange(60))), atol=1e-12)
    assert (error(summarise_incidence(twice, variance="jackknife")) <= error(found) + 1e-12).all()


def test_names_of_clusters_do_not_matter_and_groups_stand_alone():
    data, codes = risks(), np.arange(60) % 2
    cluster = np.arange(60) // 4
    a = clustered_incidence(data, cluster, codes, ("x", "y"))
    b = clustered_incidence(data, 1000 - cluster * 7, codes, ("x", "y"))
    np.testing.assert_allclose(error(a, group=1), error(b, group=1))
    alone = clustered_incidence(data.subset(codes == 1), cluster[codes == 1])
    np.testing.assert_allclose(error(a, group=1), error(alone))
    assert a.gray is None
    assert a.contrasts == ()


def test_delayed_entry_is_refused():
    data = TimeToEvent(time=np.array([3.0, 4.0]), event=np.array([True, False]), entry=np.array([1.0, 0.0]))
    with pytest.raises(SpecError, match="delayed entry"):
        clustered_incidence(CompetingRisks(data=data, cause=np.array([1, 0]), causes=("a",)), np.arange(2))
