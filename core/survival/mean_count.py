"""Mean number of events per patient over time, where an event may come again and death ends them all.

Belongs here: the estimate, its variance and limits. Does not belong here: which events count (``core.safety``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import InvalidTimeToEventError
from core.survival.chosen_times import of_group
from core.survival.contrasts import Contrast, contrast
from core.survival.intervals import normal_quantile
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, TimeToEvent, distinct_times

if TYPE_CHECKING:
    import pandas as pd

_CELLS = 4_000_000  # patients times times that are looked at together


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanCountAt:
    """Mean count at chosen times, arrays (m,); beyond the last follow-up the last value is carried on, with a note."""

    time: FloatArray
    n_at_risk: IntArray
    mean: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    nelson: FloatArray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanCount:
    """Mean number of events per patient in one group, one row per time at which something happened in it.

    Attributes
    ----------
    group, unit : str
    n : int
        Patients.
    n_events_total, n_with_event, n_deaths_total : int
        Events, patients with at least one, patients whose follow-up ended with death.
    time : array, shape (m,)
        Events, deaths and ends of follow-up.
    n_at_risk, n_events, n_deaths : int array, shape (m,)
        At risk just before each time.
    mean, std_error, conf_low, conf_high : array, shape (m,)
        Ghosh and Lin's: after death there are no more events. Limits are NaN while the mean is 0.
    nelson, nelson_std_error, nelson_low, nelson_high : array, shape (m,)
        Nelson's, death taken as censoring: the count of somebody who stays alive.
    conf_level : float
    notes : tuple of str
    """

    group: str
    unit: str
    n: int
    n_events_total: int
    n_with_event: int
    n_deaths_total: int
    time: FloatArray
    n_at_risk: IntArray
    n_events: IntArray
    n_deaths: IntArray
    mean: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    nelson: FloatArray
    nelson_std_error: FloatArray
    nelson_low: FloatArray
    nelson_high: FloatArray
    conf_level: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).setflags(write=False)

    @property
    def last_time(self) -> float:
        """Longest follow-up, NaN without patients."""
        return float(self.time[-1]) if self.time.size else float("nan")

    def at(self, times: Sequence[float] | FloatArray) -> MeanCountAt:
        """The mean count at chosen times, in any order."""
        asked = np.atleast_1d(np.array(times, dtype=np.float64))
        row = np.searchsorted(self.time, asked * (1 + TIE_TOLERANCE), side="right")
        next_risk = np.searchsorted(self.time, asked * (1 - TIE_TOLERANCE), side="left")
        start = 0.0 if self.n else np.nan
        mean, error, low, high, nelson = (
            np.append(start, values)[row]
            for values in (self.mean, self.std_error, self.conf_low, self.conf_high, self.nelson)
        )
        return MeanCountAt(
            time=asked,
            n_at_risk=np.append(self.n_at_risk, 0)[next_risk],
            mean=mean,
            std_error=error,
            conf_low=low,
            conf_high=high,
            nelson=nelson,
            notes=self._beyond(asked),
        )

    def _beyond(self, asked: FloatArray) -> tuple[str, ...]:
        beyond = asked[asked > self.last_time * (1 + TIE_TOLERANCE)]
        if not beyond.size or self.n_deaths_total == self.n:
            return ()
        listed = ", ".join(f"{time:g}" for time in beyond)
        return (
            f"Follow-up{of_group(self.group)} ends at {self.last_time:g} {self.unit}: the mean count at {listed} "
            f"{self.unit} is the last one carried on.",
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per time, raw numbers."""
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame.insert(0, "group", self.group)
        return frame


_COLUMNS = (
    "time", "n_at_risk", "n_events", "n_deaths", "mean", "std_error", "conf_low", "conf_high", "nelson",
    "nelson_std_error", "nelson_low", "nelson_high",
)  # fmt: skip


def mean_counts(
    data: TimeToEvent,
    subject: IntArray,
    time: FloatArray,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    *,
    conf_level: float = 0.95,
) -> tuple[MeanCount, ...]:
    r"""Mean number of recurrent events by group, death ending them.

    Parameters
    ----------
    data : TimeToEvent
        Follow-up of ``n`` patients; its event is death, after which no event can come. No delayed entry, no weights.
    subject : int array, shape (m,)
        Position of each recurrent event's patient in ``data``.
    time : array, shape (m,)
        When it came, in the unit of ``data``, not after the patient's end of follow-up.
    codes : int array, shape (n,), optional
        Group of each patient as a position in ``levels``.
    levels : tuple of str
    conf_level : float

    Returns
    -------
    tuple of MeanCount
        In the order of ``levels``.

    Raises
    ------
    InvalidTimeToEventError
        If an event comes after the end of its patient's follow-up, or the data have delayed entry or weights.

    Notes
    -----
    With :math:`Y` at risk, :math:`d` events and :math:`S` the Kaplan-Meier estimate of being alive,
    :math:`\mu(t) = \sum_{t_j \le t} S(t_j-) d_j / Y_j` (Ghosh and Lin; Dong's equation for the mean cumulative
    count is the same), and Nelson's :math:`\Lambda(t) = \sum d_j / Y_j`, death as censoring, which is larger. At a
    tied time the events come before the death. Variances are the sums of squared influences of the patients
    (robust: the events of one patient may go together): for Nelson's, Lawless and Nadeau's; for the mean,
    :math:`\psi_i(t) = \int S(u-) dM_i / Y - \int (\mu(t) - \mu(u)) dM^D_i / (Y - \Delta N^D)`. Limits
    :math:`\mu \exp(\pm z\,se/\mu)`. Nelson's and its standard error are ``cumhaz`` and ``std.chaz`` of
    ``survival::survfit(Surv(start, stop, event) ~ group, id = patient)``; the mean is
    ``cumsum(S(t-) * n.event / n.risk)`` of that and of ``survfit(Surv(end, died) ~ group)``.

    References
    ----------
    .. [1] Ghosh D, Lin DY. Biometrics 2000;56:554-562.
    .. [2] Nelson W. J Qual Technol 1988;20:24-35.
    .. [3] Lawless JF, Nadeau C. Technometrics 1995;37:158-168.
    .. [4] Dong H, Robison LL, Leisenring WM, et al. Am J Epidemiol 2015;181:532-540.
    """
    group = np.zeros(data.n, dtype=np.int64) if codes is None else codes
    if data.entry is not None or data.weights is not None:
        raise InvalidTimeToEventError("Recurrent events need follow-up from time zero without weights.")
    if (time > data.time[subject] * (1 + TIE_TOLERANCE)).any():
        raise InvalidTimeToEventError("A recurrent event comes after the end of its patient's follow-up.")
    found = []
    for code, level in enumerate(levels):
        own = group == code
        place = np.cumsum(own) - 1
        chosen = own[subject]
        found.append(_one(data.subset(own), place[subject[chosen]], time[chosen], level=level, conf_level=conf_level))
    return tuple(found)


def mean_count_difference(other: MeanCountAt, reference: MeanCountAt, *, conf_level: float) -> tuple[Contrast, ...]:
    """Difference of two groups at each chosen time, errors added in squares, z test."""
    return tuple(
        contrast(float(a - b), float(np.hypot(e, f)), time=float(time), conf_level=conf_level)
        for time, a, b, e, f in zip(
            other.time, other.mean, reference.mean, other.std_error, reference.std_error, strict=True
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counts:
    """One group on its grid of times (k,): who leaves where, and what happened."""

    end: IntArray  # (n,) column at which each patient leaves
    died: IntArray  # (n,) 0 or 1
    subject: IntArray  # (m,)
    column: IntArray  # (m,) of each event
    at_risk: IntArray
    events: IntArray
    deaths: IntArray

    @property
    def alive_before(self) -> FloatArray:
        """Kaplan-Meier estimate of being alive just before each time."""
        after = np.cumprod((self.at_risk - self.deaths) / np.maximum(self.at_risk, 1))
        return np.append(1.0, after)[: len(after)]


def _one(data: TimeToEvent, subject: IntArray, time: FloatArray, *, level: str, conf_level: float) -> MeanCount:
    grid, place = distinct_times(np.concatenate([data.time, time]))
    k, end, column = len(grid), place[: data.n], place[data.n :]
    leaving = np.bincount(end, minlength=k)
    counts = _Counts(
        end=end,
        died=data.event.astype(np.int64),
        subject=subject,
        column=np.minimum(column, end[subject]),
        at_risk=np.cumsum(leaving[::-1])[::-1],
        events=np.bincount(np.minimum(column, end[subject]), minlength=k),
        deaths=np.bincount(end[data.event], minlength=k),
    )
    rate = counts.events / np.maximum(counts.at_risk, 1)
    mean, nelson = np.cumsum(counts.alive_before * rate), np.cumsum(rate)
    squares = np.zeros((2, k))
    for rows in _blocks(data.n, k):
        for i, influence in enumerate(_influences(counts, mean, rows)):
            squares[i] += (influence**2).sum(axis=0)
    errors = np.sqrt(squares)
    low, high = _limits(np.stack([mean, nelson]), errors, conf_level)
    return MeanCount(
        group=level,
        unit=data.unit,
        n=data.n,
        n_events_total=len(time),
        n_with_event=len(np.unique(subject)),
        n_deaths_total=data.n_events,
        time=grid,
        n_at_risk=counts.at_risk,
        n_events=counts.events,
        n_deaths=counts.deaths,
        mean=mean,
        std_error=errors[0],
        conf_low=low[0],
        conf_high=high[0],
        nelson=nelson,
        nelson_std_error=errors[1],
        nelson_low=low[1],
        nelson_high=high[1],
        conf_level=conf_level,
        notes=() if data.n else (f"No patients{of_group(level)}.",),
    )


def _blocks(n: int, k: int) -> Iterator[slice]:
    step = max(1, _CELLS // max(k, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def _influences(counts: _Counts, mean: FloatArray, rows: slice) -> tuple[FloatArray, FloatArray]:
    """Influence of some patients on the mean and on Nelson's estimate at each time, arrays (patients, k)."""
    k, end = len(counts.at_risk), counts.end[rows]
    n, own = len(end), np.arange(len(end))
    until = np.minimum(end[:, None], np.arange(k))  # last column in which each was at risk, up to each time
    inside = (counts.subject >= rows.start) & (counts.subject < rows.stop)
    subject, column = counts.subject[inside] - rows.start, counts.column[inside]

    def of_events(weight: FloatArray) -> FloatArray:
        """Sums of ``weight`` times what each had more than expected."""
        seen = np.zeros((n, k))
        np.add.at(seen, (subject, column), weight[column])
        expected = np.cumsum(weight * counts.events / counts.at_risk)
        result: FloatArray = np.cumsum(seen, axis=1) - expected[until]
        return result

    def of_deaths(weight: FloatArray) -> FloatArray:
        seen = np.zeros((n, k))
        seen[own, end] = counts.died[rows] * weight[end]
        expected = np.cumsum(weight * counts.deaths / counts.at_risk)
        result: FloatArray = np.cumsum(seen, axis=1) - expected[until]
        return result

    survivors = counts.at_risk - counts.deaths
    share = np.divide(1.0, survivors, out=np.zeros(k), where=survivors > 0)  # nobody left: the mean stays as it is
    alive = of_events(counts.alive_before / counts.at_risk)
    lost = mean * of_deaths(share) - of_deaths(share * mean)
    return alive - lost, of_events(1.0 / counts.at_risk)


def _limits(value: FloatArray, std_error: FloatArray, conf_level: float) -> tuple[FloatArray, FloatArray]:
    """Limits on the scale of the logarithm, NaN where the value is 0."""
    positive = np.where(value > 0, value, np.nan)
    factor = np.exp(normal_quantile(conf_level) * std_error / positive)
    return positive / factor, positive * factor
