"""Times in two units are found from the times alone; follow-up in one unit is left in peace."""

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, load_cohort
from core.cohort.validate_mixed_units import other_unit
from tests.core.cohort.tables import codes, delimited, issue
from tests.sample_data.conftest import COHORTS, SAMPLES, spec_of

N = 60
MONTH = 30.4375


def followed(rng, n=N):
    """Months of follow-up of a cohort, to one digit, and who died."""
    return np.clip(rng.weibull(1.2, n) * 18, 0.5, 70).round(1), rng.random(n) < 0.6


def loaded(os_time, died, **columns):
    header = ["id", "os_months", "os_event", *columns]
    cells = zip(os_time, died.astype(int), *columns.values(), strict=True)
    return cohort_from_files(
        {"p.csv": delimited([header, *([f"p{i}", *row] for i, row in enumerate(cells))])}, name="p"
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.15, 0.3, 0.85])
def test_days_among_months_and_months_among_days(seed, share):
    rng = np.random.default_rng(seed)
    months, died = followed(rng)
    in_days = rng.random(N) < share
    mixed = np.where(in_days, (months * MONTH).round(), months)
    fewer = in_days if share < 0.5 else ~in_days
    found = other_unit(mixed, died)
    assert found.sum() >= 0.5 * fewer.sum()
    assert not (found & ~fewer).any()


def test_whole_months_among_days():
    rng = np.random.default_rng(3)
    months, died = np.arange(6, 6 + N, dtype=float) % 20 + 4, rng.random(N) < 0.5
    mixed = (months * MONTH).round()
    mixed[::5] = months[::5]
    found = other_unit(mixed, died)
    assert np.flatnonzero(found).tolist() == list(range(0, N, 5))


def one_unit(rng):
    """Follow-up of many shapes, all in one unit, in months or days, with or without digits."""
    n = int(rng.choice([20, 40, 100]))
    shapes = (
        lambda: rng.exponential(20, n),
        lambda: rng.weibull(rng.uniform(0.5, 2), n) * rng.uniform(3, 60),
        lambda: np.exp(rng.normal(2.5, rng.uniform(0.3, 1.5), n)),
        lambda: np.minimum(rng.exponential(30, n), rng.uniform(5, 60, n)),
    )
    times = shapes[rng.integers(4)]()
    return (times.round(1), np.ceil(times), (times * MONTH).round(), times)[rng.integers(4)], rng.random(n) < 0.6


def test_one_unit_is_left_in_peace():
    rng = np.random.default_rng(11)
    alarms = sum(bool(other_unit(*one_unit(rng)).any()) for _ in range(600))
    assert alarms <= 2


def test_early_deaths_are_no_other_unit():
    rng = np.random.default_rng(5)
    days = np.concatenate([rng.integers(1, 25, 12), rng.integers(300, 2000, 48)]).astype(float)
    died = np.concatenate([np.ones(12, dtype=bool), rng.random(48) < 0.5])
    assert not other_unit(days, died).any()


def test_the_finding_names_the_rows():
    rng = np.random.default_rng(1)
    months, died = followed(rng)
    written = [f"{t:.1f}" for t in months]
    for i in (4, 9, 30):
        written[i] = str(int(2000 + i))
    found = issue(loaded(written, died), "mixed-units")
    assert (found.severity, found.column, found.rows) == ("warning", "os_months", (6, 11, 32))
    assert "3 rows of 'os_months' look like days among months" in found.message
    assert found.remedy


def test_a_whole_column_in_another_unit_than_os():
    rng = np.random.default_rng(2)
    months, died = followed(rng)
    days = (months * MONTH * 0.6).round()
    found = issue(loaded(months, died, pfs_months=days, pfs_event=[1] * N), "unit-contradicted")
    assert (found.severity, found.column, len(found.rows)) == ("warning", "pfs_months", N)
    assert "PFS times are about 18 times those of OS" in found.message


def test_rows_in_which_pfs_is_in_another_unit_than_os():
    months = 3.0 + np.arange(N) % 17
    died = np.arange(N) % 2 == 0
    pfs = [f"{t:.2f}" for t in months]
    for i in (0, 7, 20):
        pfs[i] = f"{months[i] / MONTH:.4f}"
    found = [one for one in loaded(months, died, pfs_months=pfs, pfs_event=died.astype(int)).issues
             if one.code == "mixed-units"]  # fmt: skip
    assert [(one.column, one.rows) for one in found] == [("pfs_months", (2, 9, 22))]


@pytest.mark.parametrize("name", COHORTS)
def test_no_alarm_on_the_samples(name):
    cohort = load_cohort(spec_of(name).cohort, base=SAMPLES / name)
    assert not {"mixed-units", "unit-contradicted"} & set(codes(cohort))
