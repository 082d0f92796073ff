"""Sessions that add up or not, doses, and rank correlation."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from core.patients.treatment import PatientCourse, Session, dose_of, given_treatments, spearman

PRINTED = Path(__file__).parents[3] / "sample_data" / "published" / "hifu_sessions_2025.csv"
NAN = float("nan")


def session(**measured):
    return Session(patient="p", treatment="HIFU", number=1, day=0.0, **measured)


class TestEnergy:
    def test_two_of_the_printed_sessions_do_not_add_up(self):
        with PRINTED.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        off = [
            (row["patient"], row["session"])
            for row in rows
            if not session(
                energy=float(row["total_energy_j"]),
                power=float(row["average_power_w"]),
                time=float(row["ablation_time_s"]),
            ).adds_up
        ]
        assert len(rows) == 36
        assert off == [("2", "1"), ("10", "1")]

    @pytest.mark.parametrize(
        ("energy", "power", "time", "answer"),
        [
            (1000.0, 10.0, 100.0, True),
            (1055.0, 10.0, 100.0, True),  # rounding: 0.5 (10 + 100) + 0.25 = 55.25
            (1056.0, 10.0, 100.0, False),
            (101_000.0, 100.0, 1000.0, True),  # 1 % of the energy
            (101_100.0, 100.0, 1000.0, False),
            (NAN, 100.0, 1000.0, None),
            (1000.0, NAN, 1000.0, None),
        ],
    )
    def test_tolerance(self, energy, power, time, answer):
        assert session(energy=energy, power=power, time=time).adds_up is answer

    def test_energy_per_volume(self):
        assert session(energy=100.0, volume=8.0).energy_per_volume == 12.5
        assert np.isnan(session(energy=100.0, volume=0.0).energy_per_volume)
        assert np.isnan(session(energy=100.0).energy_per_volume)


class TestDose:
    TWO = (session(energy=100.0, volume=10.0, time=5.0), session(energy=300.0, volume=10.0, time=7.0), session())

    def test_sums_of_what_was_measured(self):
        assert [dose_of(self.TWO, dose) for dose in ("energy", "volume", "time")] == [400, 20, 12]
        # Not the mean of 10 and 30 by session, but all energy over all volume.
        assert dose_of(self.TWO, "energy_per_volume") == 20

    def test_not_measured(self):
        assert np.isnan(dose_of((session(),), "energy"))
        assert np.isnan(dose_of((session(energy=5.0),), "energy_per_volume"))
        assert np.isnan(dose_of((), "energy"))


class TestSpearman:
    def test_as_r(self):
        # R: cor.test(c(1, 4, 4, 7, 9, 2, 8), c(2, 1, 5, 5, 8, 3, 5), method = "spearman", exact = FALSE)
        x, y = np.array([1.0, 4, 4, 7, 9, 2, 8]), np.array([2.0, 1, 5, 5, 8, 3, 5])
        rho, p = spearman(x, y)
        assert rho == pytest.approx(0.7853554716071041, rel=1e-12)
        assert p == pytest.approx(0.03638280905817549, rel=1e-10)
        again = stats.spearmanr(x, y)
        assert (rho, p) == (pytest.approx(again.statistic), pytest.approx(again.pvalue))

    def test_edges(self):
        assert spearman(np.array([1.0, 2, 3]), np.array([4.0, 5, 9])) == (pytest.approx(1.0), 0.0)
        assert np.isnan(spearman(np.array([1.0, 2]), np.array([4.0, 5]))).all()
        assert np.isnan(spearman(np.array([1.0, 1, 1]), np.array([4.0, 5, 9]))).all()


def test_given_by_group():
    def course(patient, level, *days):
        sessions = tuple(
            Session(patient=patient, treatment="HIFU", number=i + 1, day=day) for i, day in enumerate(days)
        )
        return PatientCourse(
            patient=patient, level=level, end=90.0, died=False, progression=NAN, response=NAN, best=None,
            sessions=sessions,
        )  # fmt: skip

    own, other = given_treatments([course("a", "x", 3, 30), course("b", "x"), course("c", "y", 8)], ("x", "y"))
    assert (own.n, own.patients, own.sessions) == (2, 1, 2)
    assert own.per_patient == (2, 2, 2)
    assert own.first_day == (3, 3, 3)
    assert (other.n, other.patients, other.sessions) == (1, 1, 1)
