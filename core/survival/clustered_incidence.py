"""Cumulative incidence of rows that belong together: several lesions of one patient.

Belongs here: the same curves with errors that allow for clusters. Does not belong here: curves of independent subjects
(``cumulative_incidence``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.errors import SpecError
from core.spec import ConfType
from core.survival.competing_risks import CompetingRisks
from core.survival.incidence_summary import CauseIncidence, GroupIncidence, IncidenceSummary, summarise_incidence
from core.survival.multi_state import BEGINNING, STAYS, Occupancy, StateRows, occupancy
from core.survival.state_occupancy import limits
from core.timetoevent import FloatArray, IntArray


def clustered_incidence(
    risks: CompetingRisks,
    cluster: IntArray,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    reference: str | None = None,
    *,
    times: Sequence[float] = (),
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> IncidenceSummary:
    r"""Cumulative incidence by group where rows of one cluster are alike.

    Parameters
    ----------
    risks : CompetingRisks, n rows
        Without delayed entry and case weights.
    cluster : int array, shape (n,)
        Whose row each is.
    codes, levels, reference, times, conf_type, conf_level
        As :func:`core.survival.summarise_incidence` takes them.

    Returns
    -------
    IncidenceSummary
        Without Gray's test and differences: both take rows, and groups that share clusters, for independent.

    Raises
    ------
    SpecError
        With entry or weights.

    Notes
    -----
    The estimate is Aalen-Johansen's; its variance sums the influences of a cluster's rows before they are squared
    (infinitesimal jackknife), as ``survival::survfit(Surv(time, event) ~ 1, cluster = id)`` does for one kind of
    event.

    References
    ----------
    .. [1] Ying Z, Wei LJ. J Multivar Anal 1994;50:17-29.
    .. [2] Zhou B, Fine J, Latouche A, Labopin M. Biostatistics 2012;13:371-383.
    """
    if risks.data.entry is not None or risks.data.weights is not None:
        raise SpecError("Clustered incidence is not computed with delayed entry or case weights.")
    known = np.zeros(risks.data.n, dtype=np.int64) if codes is None else codes
    summary = summarise_incidence(
        risks, known, levels, reference, times=times, conf_type=conf_type, conf_level=conf_level, variance="jackknife"
    )
    asked = np.array(times, dtype=np.float64)
    groups = tuple(
        _clustered(group, _states(risks, cluster, np.flatnonzero(known == code)), asked)
        for code, group in enumerate(summary.groups)
    )
    return replace(summary, groups=groups, gray=None, contrasts=())


def _states(risks: CompetingRisks, cluster: IntArray, rows: IntArray) -> Occupancy:
    """Event-free and one state per cause, from which nobody moves on."""
    cause = risks.cause[rows]
    _, whose = np.unique(cluster[rows], return_inverse=True)
    found, _ = occupancy(
        StateRows(
            start=np.full(rows.size, BEGINNING),
            stop=risks.data.time[rows].copy(),
            origin=np.zeros(rows.size, dtype=np.int64),
            to=np.where(cause > 0, cause, STAYS).astype(np.int64),
            cluster=whose.reshape(-1).astype(np.int64),
        ),
        len(risks.causes) + 1,
    )
    return found


def _clustered(group: GroupIncidence, found: Occupancy, asked: FloatArray) -> GroupIncidence:
    causes = enumerate(group.causes, start=1)
    return replace(group, causes=tuple(_with_error(one, found.std_error[state], asked) for state, one in causes))


def _with_error(one: CauseIncidence, std_error: FloatArray, asked: FloatArray) -> CauseIncidence:
    curve = one.estimate
    if not curve.n:
        return one
    low, high = limits(curve.incidence, std_error, conf_type=curve.conf_type, conf_level=curve.conf_level)
    curve = replace(curve, std_error=std_error.copy(), conf_low=low, conf_high=high)
    return replace(one, estimate=curve, at=curve.at(asked))
