"""Treatment that counts only from the day it began: Cox regression, Simon-Makuch curves and Mantel-Byar's test.

Belongs here: follow-up split at the start, and what is read off it. Does not belong here: splitting
(``core.regression.episodes``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.bias.later_treatment import LaterTreatment, MethodRatio, method_ratio
from core.regression.episodes import has_started, split_at
from core.survival.event_table import event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.rank_test import chi_squared_p, rank_sums
from core.timetoevent import FloatArray

BEFORE_ALL = -1.0  # enters before time zero: at risk there already


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MantelByar:
    """Events while untreated and while treated, against what is expected where both hazards are the same.

    Attributes
    ----------
    observed, expected : array, shape (2,)
        Untreated, treated.
    variance : float
        Of observed minus expected, hypergeometric.
    statistic, p_value : float
        Chi-squared with one degree of freedom; NaN where nobody was at risk in both states at any event.
    """

    observed: FloatArray
    expected: FloatArray
    variance: float
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeDependent:
    """The comparison of follow-up before and after the start.

    Attributes
    ----------
    ratio : MethodRatio
    mantel_byar : MantelByar
    curves : tuple of KaplanMeierEstimate
        Simon-Makuch: untreated and treated follow-up. A patient leaves the first and enters the second at the start.
    person_time : tuple of float
        Follow-up untreated and treated, in the unit of the data.
    notes : tuple of str
    """

    ratio: MethodRatio
    mantel_byar: MantelByar
    curves: tuple[KaplanMeierEstimate, ...]
    person_time: tuple[float, float]
    notes: tuple[str, ...] = ()


def time_dependent_analysis(study: LaterTreatment) -> TimeDependent:
    r"""Compare follow-up before the treatment began with follow-up after it.

    Parameters
    ----------
    study : LaterTreatment

    Returns
    -------
    TimeDependent

    Notes
    -----
    At each event only the state just before it counts. With :math:`n_{1j}` of the :math:`n_j` at risk treated,
    Mantel-Byar sums :math:`d_{1j} - d_j n_{1j}/n_j` with the hypergeometric variance: the log-rank test of rows
    (start, stop]. Same as ``coxph(Surv(tstart, tstop, event) ~ tx)`` of ``tmerge(..., tx = tdc(start))``, its score
    test with ``ties = "exact"`` (without ties also with Breslow's and Efron's), and ``survfit`` of these rows;
    ``survdiff`` takes no such rows.

    References
    ----------
    .. [1] Mantel N, Byar DP. J Am Stat Assoc 1974;69:81-86.
    .. [2] Simon R, Makuch RW. Stat Med 1984;3:35-44.
    .. [3] Crowley J, Hu M. J Am Stat Assoc 1977;72:27-36.
    """
    episodes = split_at(study.data, study.starts[:, None])
    # who was treated from time zero counts so even if followed for no time at all
    is_treated = has_started(episodes, study.starts) | (study.starts[episodes.row] <= 0)
    entry = episodes.data.entry
    assert entry is not None
    rows = replace(episodes.data, entry=np.where(entry <= 0, BEFORE_ALL, entry))
    table = event_table(rows, is_treated.astype(np.int64), study.levels)
    sums = rank_sums([table])
    statistic, df = sums.test()
    ratio = method_ratio(study, rows, is_treated, patient=episodes.row)
    length = np.maximum(episodes.data.time - np.maximum(entry, 0.0), 0.0)
    return TimeDependent(
        ratio=ratio,
        mantel_byar=MantelByar(
            observed=sums.observed,
            expected=sums.expected,
            variance=float(sums.covariance[1, 1]),
            statistic=statistic,
            p_value=chi_squared_p(statistic, df),
        ),
        curves=kaplan_meier(table, conf_level=study.conf_level),
        person_time=(float(length[~is_treated].sum()), float(length[is_treated].sum())),
        notes=tuple(dict.fromkeys(ratio.notes)),
    )
