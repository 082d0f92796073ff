"""The survival engine alone, beside R, lifelines, scikit-survival and the bare sort."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bench import r
from bench.table import Row, alone, alternate, growth, peak
from core.survival.bootstrap import median_difference
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
SIZES = {"100": 100, "1e4": 10_000, "1e6": 1_000_000}
KM_TARGETS = {  # times faster than R's function, R's engine, lifelines
    ("100", True): (8, 2, 90),
    ("1e4", True): (35, None, None),
    ("1e4", False): (18, None, None),
    ("1e6", True): (110, 18, None),
    ("1e6", False): (17, 4, None),
    ("1e7", True): (200, None, None),
}


def cohort(n: int, *, rounded: bool, seed: int = 20250101) -> tuple[TimeToEvent, np.ndarray]:
    """Two groups, Weibull survival in months, about 40 % censored; on a grid of tenths of months or on none."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, n)
    death, lost = rng.weibull(1.2, n) * np.where(codes, 20.0, 15.0), rng.uniform(3, 45, n)
    ends = np.minimum(death, lost)
    return TimeToEvent(time=ends.round(1) if rounded else ends, event=death <= lost), codes


def curves() -> Iterator[Row]:
    """Kaplan-Meier with log-log limits at every time and the median with its limits, two groups."""
    for (name, rounded), (function, engine, usual) in KM_TARGETS.items():
        n = int(float(name))
        data, codes = cohort(n, rounded=rounded)
        what = f"Kaplan-Meier + limits + median, {name} {_kind(rounded)}"
        work = partial(_curves, data, codes)
        ours, theirs = alternate(work, partial(_lifelines_curves, data, codes), n)
        yield Row(what=what, ours=ours, peer=theirs, beside="lifelines", at_least=usual)
        wanted = ("survfit",) if n > 1_000_000 else ("survfit", "survfitKM")
        found = r.anchors(wanted, data, codes)
        ours = statistics.median((ours, alone(work, n)))
        yield Row(what=what, ours=ours, peer=found.get("survfit"), beside="R survfit", at_least=function)
        if len(wanted) > 1:
            yield Row(what=what, ours=ours, peer=found.get("survfitKM"), beside="R survfitKM", at_least=engine)
        if n == 10_000:
            ours, theirs = alternate(work, partial(_sksurv_curves, data, codes), n)
            yield Row(what=what, ours=ours, peer=theirs, beside="scikit-survival")
        if n == 1_000_000 and not rounded:
            ours, theirs = alternate(work, partial(np.sort, data.time), n)
            yield Row(what=what, ours=ours, peer=theirs, beside="numpy.sort", at_least=0.5)
        if n > 1_000_000:
            yield Row(what=f"{what}: extra memory", ours=peak(work) / 1e6, at_most=5, unit="MB")


def log_rank() -> Iterator[Row]:
    """The log-rank test, once given the counts and once from the data."""
    for name, n in SIZES.items():
        for rounded in (True, False):
            data, codes = cohort(n, rounded=rounded)
            table, peer = event_table(data, codes, AB), _lifelines_log_rank(data, codes)
            what = f"{name} {_kind(rounded)}"
            given, work = partial(_test, table), partial(_log_rank, data, codes)
            ours, theirs = alternate(given, peer, n)
            limit = 1e-4 if rounded else None
            yield Row(what=f"log-rank given the counts, {what}", ours=ours, at_most=limit)
            ours, theirs = alternate(work, peer, n)
            yield Row(what=f"log-rank from the data, {what}", ours=ours, peer=theirs, beside="lifelines")
            found = r.anchors(("survdiff",), data, codes).get("survdiff")
            goal = 11 if n == 1_000_000 and not rounded else None
            ours = statistics.median((ours, alone(work, n)))
            yield Row(what=f"log-rank from the data, {what}", ours=ours, peer=found, beside="R survdiff", at_least=goal)


def growing() -> Iterator[Row]:
    """How many times as long twice as many patients take."""
    for rounded in (True, False):

        def work(n: int, rounded: bool = rounded) -> Callable[[], object]:
            return partial(_curves, *cohort(n, rounded=rounded))

        for name in ("1e5", "1e6"):
            factor = growth(work, int(float(name)))
            what = f"Kaplan-Meier, half to all of {name} {_kind(rounded)}"
            yield Row(what=what, ours=factor, at_most=2.2, unit="times")


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

    mine, theirs = alternate(ours, peer, 100, repetitions=2)
    yield Row(what="restricted means + errors, 100 rounded", ours=mine, peer=theirs, beside="lifelines")


def bootstrap() -> Iterator[Row]:
    """A thousand draws of the difference of two medians; the peers' loops are timed for ten draws, or for one."""
    targets = {("100", True): (3000, 400), ("100", False): (3000, 400), ("1e4", True): (None, 90)}
    for name in ("100", "1e4"):
        for rounded in (True, False):
            n = int(float(name))
            data, codes = cohort(n, rounded=rounded)
            usual, function = targets.get((name, rounded), (None, None))
            what = f"1,000 differences of medians, {name} {_kind(rounded)}"
            work = partial(median_difference, data, codes, AB)
            ours, ten = alternate(work, partial(_lifelines_draws, data, codes, 10), n, repetitions=2)
            yield Row(what=what, ours=ours, peer=ten * 100, beside="lifelines, a loop", at_least=usual)
            one = r.anchors(("draw",), data, codes).get("draw")
            peer = None if one is None else one * 1000
            yield Row(what=what, ours=ours, peer=peer, beside="R survfit, a loop", at_least=function)


def competing() -> Iterator[Row]:
    """Cumulative incidence of two causes in two groups with limits; Gray's test has no peer here."""
    for name, n in SIZES.items():
        data, codes = cohort(n, rounded=True)
        cause = np.where(data.event, np.random.default_rng(1).integers(1, 3, n), 0)
        risks = CompetingRisks(data=data, cause=cause, causes=("recurrence", "death"))
        work, peer = partial(_incidence, risks, codes), partial(_sksurv_incidence, risks, codes)
        ours, theirs = alternate(work, peer, n, repetitions=3)
        yield Row(what=f"cumulative incidence, {name} rounded", ours=ours, peer=theirs, beside="scikit-survival")
        yield Row(what=f"Gray's test, {name} rounded", ours=alone(partial(gray_test, risks, codes, AB), n))


def _log_rank(data: TimeToEvent, codes: np.ndarray) -> tuple[float, int]:
    return _test(event_table(data, codes, AB))


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
