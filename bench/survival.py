"""The survival engine alone, beside lifelines, scikit-survival and the bare sort: medians of alternating rounds."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from core.survival.bootstrap import median_difference
from core.survival.compare import compare
from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.event_table import EventTable, event_table
from core.survival.gray import gray_test
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.survival.rank_test import rank_sums
from core.survival.rmst import restricted_mean
from core.timetoevent import TimeToEvent

AB = ("A", "B")
Row = tuple[str, float, float]
SIZES = {"100": 100, "1e4": 10_000, "1e6": 1_000_000}
REPETITIONS = {100: 50, 10_000: 15, 1_000_000: 3, 10_000_000: 1}


def cohort(n: int, *, rounded: bool, seed: int = 20250101) -> tuple[TimeToEvent, np.ndarray]:
    """Two groups, Weibull survival in months, about 40 % censored; on a grid of tenths of months or on none."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, n)
    death, lost = rng.weibull(1.2, n) * np.where(codes, 20.0, 15.0), rng.uniform(3, 45, n)
    ends = np.minimum(death, lost)
    return TimeToEvent(time=ends.round(1) if rounded else ends, event=death <= lost), codes


def curves() -> Iterator[Row]:
    """Kaplan-Meier with log-log limits at every time and the median with its limits, two groups."""
    for name, n in {**SIZES, "1e7": 10_000_000}.items():
        for rounded in (True, False) if n < 10_000_000 else (True,):
            data, codes = cohort(n, rounded=rounded)
            what = f"Kaplan-Meier + median, {name} {_kind(rounded)}"
            ours = partial(_curves, data, codes)
            yield f"{what} v lifelines", *_alternate(ours, partial(_lifelines_curves, data, codes), n)
            if n == 10_000:
                yield f"{what} v sksurv", *_alternate(ours, partial(_sksurv_curves, data, codes), n)
            if n == 1_000_000 and not rounded:
                yield f"{what} v np.sort", *_alternate(ours, partial(np.sort, data.time), n)


def log_rank() -> Iterator[Row]:
    """The log-rank test, once given the counts and once from the data."""
    for name, n in SIZES.items():
        for rounded in (True, False):
            data, codes = cohort(n, rounded=rounded)
            table, peer = event_table(data, codes, AB), _lifelines_log_rank(data, codes)
            what = f"{name} {_kind(rounded)} v lifelines"
            yield f"log-rank given the counts, {what}", *_alternate(partial(_test, table), peer, n)
            yield f"log-rank from the data, {what}", *_alternate(partial(compare, data, codes, AB), peer, n)


def restricted_means() -> Iterator[Row]:
    """Restricted means with standard errors given the counts (the peer's variance is not the mean's)."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    data, codes = cohort(100, rounded=True)
    table = event_table(data, codes, AB)
    fits = [KaplanMeierFitter().fit(data.time[codes == g], data.event[codes == g]) for g in (0, 1)]

    def ours() -> None:
        for estimate in kaplan_meier(table):
            restricted_mean(estimate, tau=24.0)

    def peer() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for fit in fits:
                restricted_mean_survival_time(fit, t=24, return_variance=True)

    yield "restricted means + errors, 100 rounded v lifelines", *_alternate(ours, peer, 100, repetitions=2)


def bootstrap() -> Iterator[Row]:
    """A thousand draws of the difference of two medians; the peer's loop is timed for ten draws."""
    for name, n in (("100", 100), ("1e4", 10_000)):
        for rounded in (True, False):
            data, codes = cohort(n, rounded=rounded)
            ours, ten = _alternate(
                partial(median_difference, data, codes, AB),
                partial(_lifelines_draws, data, codes, 10),
                n,
                repetitions=2,
            )
            yield f"1,000 median differences, {name} {_kind(rounded)} v lifelines", ours, ten * 100


def competing() -> Iterator[Row]:
    """Cumulative incidence of two causes in two groups with limits; Gray's test has no peer here."""
    for name, n in SIZES.items():
        data, codes = cohort(n, rounded=True)
        cause = np.where(data.event, np.random.default_rng(1).integers(1, 3, n), 0)
        risks = CompetingRisks(data=data, cause=cause, causes=("recurrence", "death"))
        yield (
            f"cumulative incidence, {name} rounded v sksurv",
            *_alternate(partial(_incidence, risks, codes), partial(_sksurv_incidence, risks, codes), n, repetitions=3),
        )
        yield f"Gray's test, {name} rounded", _median(partial(gray_test, risks, codes, AB), REPETITIONS[n]), 0.0


def _test(table: EventTable) -> tuple[float, int]:
    return rank_sums([table]).test()


def _incidence(risks: CompetingRisks, codes: np.ndarray) -> None:
    cumulative_incidence(cause_table(risks, codes, AB))


def _sksurv_incidence(risks: CompetingRisks, codes: np.ndarray) -> None:
    from sksurv.nonparametric import cumulative_incidence_competing_risks

    for group in (0, 1):
        inside = codes == group
        cumulative_incidence_competing_risks(risks.cause[inside], risks.data.time[inside], conf_type="log-log")


def _lifelines_draws(data: TimeToEvent, codes: np.ndarray, draws: int) -> None:
    from lifelines import KaplanMeierFitter

    rng = np.random.default_rng(1)
    groups = [(data.time[codes == g], data.event[codes == g]) for g in (0, 1)]
    for _ in range(draws):
        for ends, event in groups:
            rows = rng.integers(0, ends.size, ends.size)
            assert KaplanMeierFitter().fit(ends[rows], event[rows]).median_survival_time_


def _curves(data: TimeToEvent, codes: np.ndarray) -> list[object]:
    table: EventTable = event_table(data, codes, AB)
    return [quantile(estimate, 0.5) for estimate in kaplan_meier(table)]


def _lifelines_curves(data: TimeToEvent, codes: np.ndarray) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for group in (0, 1):
            inside = codes == group
            fitter = KaplanMeierFitter().fit(data.time[inside], data.event[inside])
            median_survival_times(fitter.confidence_interval_)


def _sksurv_curves(data: TimeToEvent, codes: np.ndarray) -> None:
    from sksurv.nonparametric import kaplan_meier_estimator

    for group in (0, 1):
        inside = codes == group
        kaplan_meier_estimator(data.event[inside], data.time[inside], conf_type="log-log")


def _lifelines_log_rank(data: TimeToEvent, codes: np.ndarray) -> Callable[[], object]:
    from lifelines.statistics import logrank_test

    (t0, e0), (t1, e1) = ((data.time[codes == g], data.event[codes == g]) for g in (0, 1))
    return lambda: logrank_test(t0, t1, e0, e1)


def _kind(rounded: bool) -> str:
    return "rounded" if rounded else "continuous"


def _alternate(
    ours: Callable[[], object], peer: Callable[[], object], n: int, *, repetitions: int | None = None
) -> tuple[float, float]:
    """Median seconds of both: three rounds in turns, each the median of several runs after a warm-up."""
    each = repetitions or REPETITIONS[n]
    rounds = [(_median(ours, each), _median(peer, each)) for _ in range(3)]
    return statistics.median(mine for mine, _ in rounds), statistics.median(theirs for _, theirs in rounds)


def _median(work: Callable[[], object], repetitions: int) -> float:
    work()
    return statistics.median(_timed(work) for _ in range(repetitions))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
