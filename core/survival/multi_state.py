"""Occupancy of several states over time (Aalen-Johansen), with the influence of each subject or cluster.

Belongs here: the estimate, its variance and areas, for any states and transitions. Does not belong here: which states
a study has (``state_occupancy``, ``clustered``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import InvalidTimeToEventError
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, distinct_times

STAYS = -1
BEGINNING = -1.0  # start of a row at risk from the very beginning: what happens at time zero then counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateRows:
    """Follow-up in rows, each in one state from a start to a stop.

    Attributes
    ----------
    start, stop : array, shape (m,)
        In the state during ``(start, stop]``; ``start`` is ``BEGINNING`` unless the row follows another one or enters
        late.
    origin : int array, shape (m,)
        State during the row, from 0; everybody begins in state 0.
    to : int array, shape (m,)
        State entered at ``stop``; -1 where follow-up ends there.
    cluster : int array, shape (m,)
        Whose row it is, from 0: rows of one cluster count together in the variance.
    """

    start: FloatArray
    stop: FloatArray
    origin: IntArray
    to: IntArray
    cluster: IntArray

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name).shape != self.stop.shape:
                raise InvalidTimeToEventError(f"{name.capitalize()} has another length than the ends of the rows.")
            getattr(self, name).setflags(write=False)
        if (self.start >= self.stop).any():
            raise InvalidTimeToEventError("A row ends where it starts.", hint="Leave out rows without any time.")
        if (self.origin == self.to).any():
            raise InvalidTimeToEventError("A row goes to the state it is in.")

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max()) + 1 if self.cluster.size else 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Occupancy:
    """Share of subjects in each of s states over time.

    Attributes
    ----------
    time : array, shape (k,)
        Times at which anybody changed state or left, ascending.
    n_at_risk : int array, shape (s, k)
        In each state and under observation just before each time.
    n_entered : int array, shape (s, k)
        Who came to each state at each time.
    transitions : int array, shape (s, s)
        How often anybody went from one state (row) to another (column).
    probability, std_error : array, shape (s, k)
    """

    time: FloatArray
    n_at_risk: IntArray
    n_entered: IntArray
    transitions: IntArray
    probability: FloatArray
    std_error: FloatArray

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).setflags(write=False)

    @property
    def last_time(self) -> float:
        """End of the longest follow-up; NaN without rows."""
        return float(self.time[-1]) if self.time.size else float("nan")

    def row_at(self, times: FloatArray) -> IntArray:
        """Position after the last change at or before each time; 0 before the first: prepend the beginning."""
        return np.searchsorted(self.time, times * (1 + TIE_TOLERANCE), side="right")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateAreas:
    """Mean time spent in each state up to ``tau``, with its standard error; arrays of shape (s,)."""

    tau: float
    value: FloatArray
    std_error: FloatArray


def occupancy(rows: StateRows, n_states: int, *, tau: float | None = None) -> tuple[Occupancy, StateAreas | None]:
    r"""Share of subjects in each state over time, and the mean time in each up to ``tau``.

    Parameters
    ----------
    rows : StateRows
        May be empty: then there are no times.
    n_states : int
    tau : float, optional
        In the unit of the rows.

    Returns
    -------
    Occupancy, StateAreas or None

    Notes
    -----
    :math:`p(t) = p(0) \prod_{s \le t} (I + dA(s))` with :math:`dA_{jk} = dN_{jk} / Y_j`. Variance is the infinitesimal
    jackknife: with :math:`U_c` the derivative of :math:`p` by the weight of cluster :math:`c`,

    .. math:: U_c(t) = U_c(t-)(I + dA) + \sum_j p_j(t-) / Y_j \, (dN_{c,j\cdot} - Y_{c,j} dA_{j\cdot})

    and the variance :math:`\sum_c U_c^2`. Same as ``survival::survfit(Surv(start, stop, factor(state)) ~ 1, id =,
    cluster =)``; areas as ``summary(fit, rmean = tau)``, whose standard error is the integral of the same influences.

    References
    ----------
    .. [1] Aalen OO, Johansen S. Scand J Stat 1978;5:141-150.
    .. [2] Therneau TM, Grambsch PM. Modeling Survival Data. Springer, New York 2000, section 8.6 (variance).
    """
    time, stop_at, start_at = _times(rows)
    walk = _Walk.begin(rows, n_states)
    probability, std_error = np.empty((2, n_states, time.size))
    n_at_risk, n_entered = np.zeros((2, n_states, time.size), dtype=np.int64)
    area, end = _Area(n_clusters=rows.n_clusters, n_states=n_states), tau if tau is not None else 0.0
    by_stop, by_start = _buckets(stop_at, time.size), _buckets(start_at, time.size)
    for k in range(time.size):
        area.add(walk, until=min(float(time[k]), end))
        walk.enter(by_start[k])
        n_at_risk[:, k] = walk.at_risk.sum(axis=0)
        n_entered[:, k] = walk.step(by_stop[k], n_at_risk[:, k])
        probability[:, k] = walk.share
        std_error[:, k] = np.sqrt((walk.influence**2).sum(axis=0))
    area.add(walk, until=end)
    found = Occupancy(
        time=time,
        n_at_risk=n_at_risk,
        n_entered=n_entered,
        transitions=walk.transitions,
        probability=np.clip(probability, 0.0, 1.0),  # a rounding error below 0 is 0
        std_error=std_error,
    )
    return found, None if tau is None else area.result(tau)


def _times(rows: StateRows) -> tuple[FloatArray, IntArray, IntArray]:
    """Times at which rows end, the position of each row's end, and of the first end after its start."""
    m = rows.stop.size
    distinct, position = distinct_times(np.concatenate([rows.stop, rows.start]))
    ends = np.unique(position[:m])
    return (
        distinct[ends],
        np.searchsorted(ends, position[:m]).astype(np.int64),
        np.searchsorted(ends, position[m:], side="right").astype(np.int64),
    )


def _buckets(position: IntArray, n: int) -> list[IntArray]:
    """Rows by position, one array for each of 0 to n - 1."""
    order = np.argsort(position, kind="stable")
    borders = np.searchsorted(position[order], np.arange(n + 1))
    return [order[borders[k] : borders[k + 1]] for k in range(n)]


@dataclass(slots=True, kw_only=True, eq=False)
class _Walk:
    """Where everybody is as time goes on: (n_clusters, s) at risk and influences, (s,) shares."""

    rows: StateRows
    at_risk: FloatArray
    influence: FloatArray
    share: FloatArray
    transitions: IntArray

    @classmethod
    def begin(cls, rows: StateRows, n_states: int) -> _Walk:
        shape = (rows.n_clusters, n_states)
        return cls(
            rows=rows,
            at_risk=np.zeros(shape),
            influence=np.zeros(shape),
            share=np.eye(n_states)[0],
            transitions=np.zeros((n_states, n_states), dtype=np.int64),
        )

    def enter(self, who: IntArray) -> None:
        """Rows that begin before the next time."""
        np.add.at(self.at_risk, (self.rows.cluster[who], self.rows.origin[who]), 1.0)

    def step(self, who: IntArray, n_at_risk: IntArray) -> IntArray:
        """Rows that end now: shares and influences move on. Returns who came to each state, shape (s,)."""
        rows, moved = self.rows, who[self.rows.to[who] != STAYS]
        origin, to, cluster = rows.origin[moved], rows.to[moved], rows.cluster[moved]
        n_moved = np.zeros(self.transitions.shape, dtype=np.int64)
        np.add.at(n_moved, (origin, to), 1)
        if moved.size:
            rate = n_moved / np.maximum(n_at_risk, 1)[:, None]
            np.fill_diagonal(rate, -rate.sum(axis=1))
            per_head = np.divide(self.share, n_at_risk, out=np.zeros(self.share.shape), where=n_at_risk > 0)
            self.influence += self.influence @ rate - (self.at_risk * per_head) @ rate
            np.add.at(self.influence, (cluster, to), per_head[origin])
            np.add.at(self.influence, (cluster, origin), -per_head[origin])
            self.share = self.share + self.share @ rate
            self.transitions += n_moved
        np.add.at(self.at_risk, (rows.cluster[who], rows.origin[who]), -1.0)
        entered: IntArray = n_moved.sum(axis=0)
        return entered


class _Area:
    """Integrals of shares and influences, as far as they have come."""

    def __init__(self, *, n_clusters: int, n_states: int) -> None:
        self.until = 0.0
        self.share = np.zeros(n_states)
        self.influence = np.zeros((n_clusters, n_states))

    def add(self, walk: _Walk, *, until: float) -> None:
        if until > self.until:
            self.share += walk.share * (until - self.until)
            self.influence += walk.influence * (until - self.until)
            self.until = until

    def result(self, tau: float) -> StateAreas:
        return StateAreas(tau=tau, value=self.share, std_error=np.sqrt((self.influence**2).sum(axis=0)))
