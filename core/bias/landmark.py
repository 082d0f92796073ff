"""Landmark analysis: patients still followed at a chosen time, grouped by what had begun by then.

Belongs here: who is kept, who is dropped and why, and the comparison from the landmark on. Does not belong here: the
Cox model (``later_treatment``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.bias.later_treatment import LaterTreatment, MethodRatio, method_ratio
from core.survival.event_table import event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.rank_test import chi_squared_p, rank_sums
from core.timetoevent import TIE_TOLERANCE, BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmark:
    """The comparison of those still followed at one time.

    Attributes
    ----------
    time : float
        The landmark, in the unit of the data.
    n : int
        Patients followed beyond it.
    n_treated : int
        In whom treatment had begun by then.
    n_later : int
        In whom it began afterwards: they count as not treated.
    n_of_group_dropped : int
        Dropped patients of the treated group.
    dropped_event, dropped_censored : int arrays
        Positions of the patients whose event or censoring came at or before the landmark.
    ratio : MethodRatio
    statistic, p_value : float
        Log-rank test from the landmark.
    curves : tuple of KaplanMeierEstimate
        Untreated and treated; time counts from the landmark.
    notes : tuple of str
    """

    time: float
    n: int
    n_treated: int
    n_later: int
    n_of_group_dropped: int
    dropped_event: IntArray
    dropped_censored: IntArray
    ratio: MethodRatio
    statistic: float
    p_value: float
    curves: tuple[KaplanMeierEstimate, ...]
    notes: tuple[str, ...] = ()


def landmark_analysis(study: LaterTreatment, time: float) -> Landmark:
    r"""Compare by what had begun by a landmark, among those followed beyond it, counting time from there.

    Parameters
    ----------
    study : LaterTreatment
    time : float
        In the unit of the data. Whoever had the event or was censored at or before it is dropped; a treatment that
        began at it counts, one that began later does not.

    Returns
    -------
    Landmark

    Notes
    -----
    Same as ``survfit``, ``survdiff`` and ``coxph`` of ``Surv(time - L, event) ~ I(start <= L)`` with
    ``subset = time > L``.

    References
    ----------
    .. [1] Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710-719.
    """
    data = study.data
    kept = data.time > time * (1 + TIE_TOLERANCE)
    begun = study.begun <= time * (1 + TIE_TOLERANCE)
    after = study.subset(kept)
    entry = None if after.data.entry is None else np.maximum(after.data.entry - time, 0.0)
    counted = replace(after.data, time=after.data.time - time, entry=entry)
    is_treated: BoolArray = begun[kept]
    table = event_table(counted, is_treated.astype(np.int64), study.levels)
    statistic, df = rank_sums([table]).test()
    for array in (
        event_rows := np.flatnonzero(~kept & data.event),
        censored_rows := np.flatnonzero(~kept & ~data.event),
    ):
        array.setflags(write=False)
    ratio = method_ratio(after, counted, is_treated)
    return Landmark(
        time=time,
        n=counted.n,
        n_treated=int(is_treated.sum()),
        n_later=int(np.count_nonzero(np.isfinite(study.begun) & ~begun & kept)),
        n_of_group_dropped=int(np.count_nonzero(study.treated & ~kept)),
        dropped_event=event_rows,
        dropped_censored=censored_rows,
        ratio=ratio,
        statistic=statistic,
        p_value=chi_squared_p(statistic, df),
        curves=kaplan_meier(table, conf_level=study.conf_level),
        notes=ratio.notes,
    )
