"""The exact partial likelihood of tied events: which of all possible sets of patients had them.

Belongs here: the likelihood, its gradient and its information for given coefficients. Does not belong here: Efron's and
Breslow's approximations (``likelihood``), maximising (``newton``).

Where d of those at risk have the event at one time, the likelihood conditions on d:

    exp(sum of eta over the d) / e_d,   e_d = sum over all sets of d at risk of exp(sum of eta over the set)

e_d is the chance that d independent coin tosses, one per patient at risk with odds exp(eta + tau), come up heads,
divided by a known factor; tau is chosen so that d are expected. All its parts are positive, none over- or underflows.
The generating function of the tosses, with the first two moments of the sum of the covariates over those that came up
heads, is multiplied together two by two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from core.errors import SpecError
from core.regression.likelihood import Likelihood, information_over
from core.regression.likelihood import evaluate as evaluate_approximately
from core.regression.risk_sets import RiskSets
from core.spec import CoxTies
from core.timetoevent import FloatArray, IntArray
from core.work.progress import go_on

MOST_STEPS = 3e8  # products of one evaluation; a fit then takes about twenty seconds
MOST_CELLS = 50_000  # numbers held at once: what a processor keeps near
TILT_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Times:
    """Several event times with d events each, d smaller than the number at risk.

    ``rows`` has the rows at risk, one time after the other, shape (s, m); places beyond the last are -1.
    """

    slots: IntArray
    rows: IntArray
    n_tied: int


def evaluate(beta: FloatArray, X: FloatArray, risk_sets: RiskSets, *, ties: CoxTies = "efron") -> Likelihood:
    """Evaluate the log partial likelihood by any treatment of ties; with one event at a time all are the same.

    Parameters
    ----------
    beta : array, shape (p,)
    X : array, shape (p, m)
        Covariates of the rows in ``risk_sets.order``.
    risk_sets : RiskSets
    ties : {'efron', 'breslow', 'exact'}

    Notes
    -----
    With exact ties the sums over risk sets are those of Breslow's method, as R's residuals are.
    """
    if ties != "exact":
        return evaluate_approximately(beta, X, risk_sets, ties=ties)
    breslow = evaluate_approximately(beta, X, risk_sets, ties="breslow")
    if risk_sets.layers is None or not np.isfinite(breslow.log_likelihood):
        return breslow
    value, gradient, information = _one_at_a_time(beta, X, risk_sets, breslow)
    eta = beta @ X
    value += _observed(eta, risk_sets)
    gradient = gradient + X @ np.where(risk_sets.is_event & (risk_sets.n_tied[risk_sets.slot] > 1), 1.0, 0.0)
    for times in _batches(risk_sets, X.shape[0]):
        go_on()
        log_sums, means, spreads = _set_sums(eta, X, times)
        value -= log_sums
        gradient = gradient - means
        information = information + spreads
    for slot in _everybody(risk_sets):
        rows = _at_risk(risk_sets, slot)
        value -= float(eta[rows].sum())
        gradient = gradient - X[:, rows].sum(axis=1)
    return replace(
        breslow,
        log_likelihood=value if np.isfinite(value) else -np.inf,
        gradient=gradient,
        information=(information + information.T) / 2,
    )


def refuse_if_endless(risk_sets: RiskSets, n_columns: int) -> None:
    """Raise a ``SpecError`` where so many events are tied that the exact likelihood would take minutes."""
    tied = np.flatnonzero(risk_sets.n_tied > 1)
    if not tied.size:
        return
    at_risk = risk_sets.sums(np.ones(risk_sets.order.size))[tied]
    n_tied = risk_sets.n_tied[tied]
    rest = np.minimum(n_tied, at_risk - n_tied)
    steps = float((at_risk * rest).sum()) * _n_parts(n_columns)
    if steps > MOST_STEPS:
        most = int(np.argmax(n_tied))
        raise SpecError(
            f"Exact ties would take too long: at one time {int(n_tied[most])} of {int(at_risk[most])} patients at risk "
            f"have the event, and there are {tied.size} such times.",
            hint="Use Efron's method, which is close to the exact one, or times in days.",
        )


def _n_parts(p: int) -> int:
    """Generating function, first moments, second moments."""
    return 1 + p + p * (p + 1) // 2


def _one_at_a_time(
    beta: FloatArray, X: FloatArray, risk_sets: RiskSets, at: Likelihood
) -> tuple[float, FloatArray, FloatArray]:
    """What the times with a single event contribute."""
    alone = (risk_sets.n_tied == 1).astype(np.float64)
    own = risk_sets.event_weights * alone[risk_sets.slot]
    with np.errstate(all="ignore"):
        expected = at.risk.spread(at.slots.hazard * alone)
        value = float(own @ (beta @ X) - alone @ (at.risk.shift + np.log(at.total)))
        return value, X @ (own - expected), information_over(at, X, alone)


def _observed(eta: FloatArray, risk_sets: RiskSets) -> float:
    tied = risk_sets.event_rows[risk_sets.n_tied[risk_sets.slot[risk_sets.event_rows]] > 1]
    return float(eta[tied].sum())


def _at_risk(risk_sets: RiskSets, slot: int) -> IntArray:
    """Rows at risk at one event time: those that leave then or later in the same stratum and have entered."""
    stratum = np.searchsorted(risk_sets.stratum_starts, slot, side="right")
    end = risk_sets.stratum_starts[stratum]
    stop = risk_sets.starts[end] if end < risk_sets.n_slots else risk_sets.order.size
    rows = np.arange(risk_sets.starts[slot], stop)
    return rows if risk_sets.late is None else rows[risk_sets.first_slot[rows] <= slot]


def _everybody(risk_sets: RiskSets) -> list[int]:
    """Tied times at which all at risk have the event: there is only one set, and nothing to learn."""
    tied = np.flatnonzero(risk_sets.n_tied > 1).tolist()
    return [slot for slot in tied if _at_risk(risk_sets, slot).size == risk_sets.n_tied[slot]]


def _batches(risk_sets: RiskSets, p: int) -> Iterator[_Times]:
    """The other tied times, those with equally many events together as far as memory goes."""
    waiting: dict[int, list[tuple[int, IntArray]]] = {}
    for slot in np.flatnonzero(risk_sets.n_tied > 1):
        rows = _at_risk(risk_sets, int(slot))
        if rows.size > risk_sets.n_tied[slot]:
            waiting.setdefault(int(risk_sets.n_tied[slot]), []).append((int(slot), rows))
    for n_tied, found in sorted(waiting.items()):
        found.sort(key=lambda one: one[1].size)
        while found:
            widest = found[-1][1].size
            many = max(1, int(MOST_CELLS // (2 * _n_parts(p) * widest)))
            found, batch = found[:-many], found[-many:]
            rows = np.full((len(batch), widest), -1, dtype=np.int64)
            for place, (_, at_risk) in zip(rows, batch, strict=True):
                place[: at_risk.size] = at_risk
            yield _Times(slots=np.array([slot for slot, _ in batch]), rows=rows, n_tied=n_tied)


def _set_sums(eta: FloatArray, X: FloatArray, times: _Times) -> tuple[float, FloatArray, FloatArray]:
    """Over all times log e_d, the mean of the sum of covariates over sets of d, and its variance: (), (p,), (p, p)."""
    d, p = times.n_tied, X.shape[0]
    there = times.rows >= 0
    odds = np.where(there, eta[times.rows], -np.inf)
    top = odds.max(axis=1, keepdims=True)
    tau = _tilt(odds - top, d) - top
    odds = odds + tau
    heads, tails = expit(odds), expit(-odds)
    x = X[:, times.rows]
    centre = (heads * x).sum(axis=-1) / heads.sum(axis=-1)
    x = x - centre[..., None]
    last = _multiplied(_leaves(heads, tails, x), d, p)
    chance, first, second = last[0], last[1 : p + 1] / last[0], last[p + 1 :] / last[0]
    log_e = np.log(chance) + np.logaddexp(0.0, odds).sum(axis=-1) - d * tau[:, 0]
    i, j = np.triu_indices(p)
    spread = np.zeros((p, p))
    spread[i, j] = (second - first[i] * first[j]).sum(axis=-1)
    spread[j, i] = spread[i, j]
    return float(log_e.sum()), (first + d * centre).sum(axis=-1), spread


def _tilt(log_odds: FloatArray, d: int) -> FloatArray:
    """What to add to the log odds, (s, m) with 0 the largest, so that about d heads are expected, shape (s, 1)."""
    finite = np.where(np.isfinite(log_odds), log_odds, 0.0)
    # all odds alike in either direction: as high as the largest, or as low as the smallest
    m = np.isfinite(log_odds).sum(axis=1)
    usual = np.log(d) - np.log(np.maximum(m - d, 0.5))
    low, high = usual, usual - finite.min(axis=1)
    for _ in range(TILT_STEPS):
        middle = (low + high) / 2
        more = expit(log_odds + middle[:, None]).sum(axis=1) < d
        low, high = np.where(more, middle, low), np.where(more, high, middle)
        if float((high - low).max()) < 0.01:
            break
    tilt: FloatArray = ((low + high) / 2)[:, None]
    return tilt


def _leaves(heads: FloatArray, tails: FloatArray, x: FloatArray) -> FloatArray:
    """Of each toss the generating function and the moments, shape (parts, s, m, 2): no heads, one."""
    p = x.shape[0]
    i, j = np.triu_indices(p)
    leaves = np.zeros((_n_parts(p), *heads.shape, 2))
    leaves[0, ..., 0], leaves[0, ..., 1] = tails, heads
    leaves[1 : p + 1, ..., 1] = heads * x
    leaves[p + 1 :, ..., 1] = heads * x[i] * x[j]
    return leaves


def _multiplied(parts: FloatArray, d: int, p: int) -> FloatArray:
    """The product over all tosses, two by two; what belongs to d heads, shape (parts, s)."""
    while parts.shape[2] > 1:
        if parts.shape[2] % 2:
            nobody = np.zeros((*parts.shape[:2], 1, parts.shape[3]))
            nobody[0, ..., 0] = 1.0
            parts = np.concatenate((parts, nobody), axis=2)
        parts = _product(parts[:, :, 0::2], parts[:, :, 1::2], d, p, last_only=parts.shape[2] == 2)
    return parts[:, :, 0, 0]


def _product(a: FloatArray, b: FloatArray, d: int, p: int, *, last_only: bool) -> FloatArray:
    """Moments of the sum over two disjoint parts of the patients, up to d heads, or for d heads only."""
    i, j = np.triu_indices(p)
    width = a.shape[-1]
    most = min(2 * (width - 1), d)
    first = d if last_only else 0
    made = np.zeros((*a.shape[:-1], most - first + 1))
    a0, a1, b0, b1 = a[:1], a[1 : p + 1], b[:1], b[1 : p + 1]
    for k in range(width):  # heads in the first part
        low, high = max(first, k), min(most, k + width - 1)
        if low > high:
            continue
        place, there = slice(low - first, high - first + 1), slice(low - k, high - k + 1)
        made[..., place] += a0[..., k : k + 1] * b[..., there]
        made[1:, ..., place] += a[1:, ..., k : k + 1] * b0[..., there]
        mixed = a1[i, ..., k : k + 1] * b1[j][..., there]
        made[p + 1 :, ..., place] += mixed + a1[j, ..., k : k + 1] * b1[i][..., there]
    return made
