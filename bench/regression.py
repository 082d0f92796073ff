"""Cox regression and the subgroup forest, beside R's function, R's bare engine and lifelines."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd

from bench import r
from bench.table import Row, alone, alternate, growth, peak
from core.regression.cox import fit_cox
from core.regression.design import Design, build_design
from core.regression.subgroup import subgroup_analysis
from core.timetoevent import FloatArray, TimeToEvent

SIZES = {"300": 300, "1e4": 10_000, "1e6": 1_000_000}
TARGETS = {  # times faster than R's function, R's engine, lifelines; for 1 covariate on rounded times
    (1, "300"): (8, None, 145),
    (1, "1e4"): (28, None, None),
    (1, "1e6"): (38, 3.5, None),
    (10, "300"): (2, None, None),
    (10, "1e4"): (6, 1.3, None),
    (10, "1e6"): (6, 1, None),
}


def cohort(n: int, p: int, *, rounded: bool, seed: int = 20250101) -> tuple[TimeToEvent, FloatArray]:
    """Weibull survival in months and p covariates, one of two groups or half of them numbers; about 40 % censored."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    X[:, p // 2 :] = X[:, p // 2 :] > 0
    effect = np.linspace(-0.5, 0.5, p) if p > 1 else np.array([-0.35])
    death, lost = rng.weibull(1.2, n) * 18 * np.exp(-(X @ effect) / 1.2), rng.uniform(3, 45, n)
    ends = np.minimum(death, lost)
    return TimeToEvent(time=ends.round(1) if rounded else ends, event=death <= lost), X


def cox() -> Iterator[Row]:
    """Fits with Efron's ties: coefficients, errors, three tests and terms; the concordance is counted when asked."""
    for (p, name), goals in TARGETS.items():
        for rounded in (True, False):
            yield from _cell(p, name, rounded=rounded, goals=goals if rounded or p > 1 else (None, None, None))


def _cell(p: int, name: str, *, rounded: bool, goals: tuple[float | None, ...]) -> Iterator[Row]:
    n = SIZES[name]
    data, X = cohort(n, p, rounded=rounded)
    design = _design(X)
    work = partial(fit_cox, data, design)
    what = f"Cox, {p} covariate{'s' if p > 1 else ''}, {name} {'rounded' if rounded else 'continuous'}"
    function, engine, usual = goals
    ours = alone(work, n)
    if n <= 10_000:
        ours, theirs = alternate(work, partial(_lifelines, data, X), n, repetitions=5)
        yield Row(what=what, ours=ours, peer=theirs, beside="lifelines", at_least=usual)
    found = r.anchors(("coxph", "coxph.fit"), data, covariates=X)
    ours = statistics.median((ours, alone(work, n)))
    yield Row(what=what, ours=ours, peer=found.get("coxph"), beside="R coxph", at_least=function)
    yield Row(what=what, ours=ours, peer=found.get("coxph.fit"), beside="R coxph.fit", at_least=engine)
    both = alone(lambda: work().concordance, n)
    yield Row(what=f"{what}, concordance too", ours=both, peer=found.get("coxph"), beside="R coxph")
    if n == 1_000_000 and p > 1:
        share = peak(work) / X.nbytes
        yield Row(what=f"{what}: memory / design matrix", ours=share, at_most=3, unit="times")


def growing() -> Iterator[Row]:
    """How many times as long twice as many patients take."""
    for p in (1, 10):

        def work(n: int, p: int = p) -> Callable[[], object]:
            data, X = cohort(n, p, rounded=p > 1)
            return partial(fit_cox, data, _design(X))

        what = f"Cox, {p} covariate{'s' if p > 1 else ''}, half to all of 1e5"
        yield Row(what=what, ours=growth(work, 100_000), at_most=2.2, unit="times")


def forest() -> Iterator[Row]:
    """Thirty levels of ten factors on 500 patients: medians, hazard ratios, interactions."""
    data, X = cohort(500, 1, rounded=True)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({f"factor {i}": rng.choice(["low", "middle", "high"], 500) for i in range(10)})
    work = partial(subgroup_analysis, data, frame, list(frame), is_other=X[:, 0].astype(np.int64), groups=("A", "B"))
    yield Row(what="subgroup forest, 30 levels, 500 patients", ours=alone(work, 300), at_most=0.02)


def _design(X: FloatArray) -> Design:
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])
    return build_design(frame, list(frame))


def _lifelines(data: TimeToEvent, X: FloatArray) -> None:
    from lifelines import CoxPHFitter

    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        CoxPHFitter().fit(frame.assign(time=data.time, event=data.event), "time", "event")
