"""How much of a difference is immortal time: the same comparison by every method, side by side.

Belongs here: running the methods on the same patients and keeping them together. Does not belong here: any one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.bias.clone_censor_weight import DRAWS, SEED, CloneCensorWeight, clone_censor_weight
from core.bias.landmark import Landmark, landmark_analysis
from core.bias.later_treatment import LaterTreatment, MethodRatio, naive_ratio
from core.bias.time_dependent import TimeDependent, time_dependent_analysis
from core.errors import TooFewEventsError
from core.survival.conventions import two_group_conventions
from core.survival.event_table import event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate
from core.survival.rank_test import rank_sums
from core.timetoevent import BoolArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImmortalTime:
    """The groups compared naively and with treatment counted only from when it began.

    Attributes
    ----------
    levels : tuple of str
        The untreated and the treated group; ratios are of the second over the first.
    starts : str
        The column with the start.
    unit : str
    covariates : tuple of str
    n, n_events : int
    n_group, n_late, n_never : int
        Patients of the treated group; those in whom treatment began after time zero; those in whom it did not begin
        while they were followed.
    share : float
        Share of the treated group's follow-up that lies before its treatment.
    naive : MethodRatio
    naive_log_rank : IntervalEstimate
        The naive ratio by the log-rank method.
    naive_curves : tuple of KaplanMeierEstimate
        Of the groups as if known at time zero.
    landmarks : tuple of Landmark
    time_dependent : TimeDependent
    clones : CloneCensorWeight or None
        None with delayed entry.
    notes : tuple of str
    """

    levels: tuple[str, str]
    starts: str
    unit: str
    covariates: tuple[str, ...]
    n: int
    n_events: int
    n_group: int
    n_late: int
    n_never: int
    share: float
    naive: MethodRatio
    naive_log_rank: IntervalEstimate
    naive_curves: tuple[KaplanMeierEstimate, ...]
    landmarks: tuple[Landmark, ...]
    time_dependent: TimeDependent
    clones: CloneCensorWeight | None
    notes: tuple[str, ...] = ()


def immortal_time_analysis(
    study: LaterTreatment,
    *,
    starts: str,
    landmarks: Sequence[float],
    grace: float | None,
    loss: tuple[str, ...] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> ImmortalTime:
    """Compare the groups by every method.

    Parameters
    ----------
    study : LaterTreatment
    starts : str
        What the column with the start is called.
    landmarks : sequence of float
        In the unit of the data; those beyond the last follow-up are left out with a note.
    grace : float or None
        Grace period of the clones, in the unit of the data; None: no clones.
    loss : tuple of str
        By which clones still followed are weighted for those lost to follow-up.
    draws, seed : int
        Of their bootstrap.

    Raises
    ------
    TooFewEventsError
        If nobody has the event or a group is empty.
    """
    data, treated = study.data, study.treated
    if not data.n_events or treated.all() or not treated.any():
        raise TooFewEventsError(
            "Comparing needs events and patients in both groups.", hint="Choose another group, or loosen a filter."
        )
    last = float(data.time.max())
    reached = tuple(time for time in sorted(set(landmarks)) if time < last)
    begun = study.begun
    dependent = time_dependent_analysis(study)
    clones = None if grace is None else clone_censor_weight(study, grace=grace, loss=loss, draws=draws, seed=seed)
    naive = naive_ratio(study)
    table = event_table(data, treated.astype(np.int64), study.levels)
    conventions = two_group_conventions(table, rank_sums([table]), reference=0, conf_level=study.conf_level)
    notes = [f"No patient is followed beyond the landmark at {time:g}." for time in landmarks if time >= last]
    if clones is None and grace is not None:
        notes.append("Clones need follow-up from time zero: with delayed entry they are not computed.")
    notes += [*naive.notes, *dependent.notes, *(() if clones is None else clones.notes)]
    return ImmortalTime(
        levels=study.levels,
        starts=starts,
        unit=data.unit,
        covariates=study.covariates,
        n=data.n,
        n_events=data.n_events,
        n_group=int(treated.sum()),
        n_late=int(np.count_nonzero(treated & (study.starts > 0))),
        n_never=int(np.count_nonzero(treated & np.isinf(begun))),
        share=share_before_start(data, treated, study),
        naive=naive,
        naive_log_rank=conventions["logrank_hazard_ratio"],
        naive_curves=kaplan_meier(table, conf_level=study.conf_level),
        landmarks=tuple(landmark_analysis(study, time) for time in reached),
        time_dependent=dependent,
        clones=clones,
        notes=tuple(dict.fromkeys(notes)),
    )


def share_before_start(data: TimeToEvent, inside: BoolArray, study: LaterTreatment) -> float:
    """Share of the follow-up of some patients that lies before treatment began; all of it where it never did."""
    entry = np.zeros(data.n) if data.entry is None else data.entry
    before = np.clip(np.minimum(np.where(np.isnan(study.starts), np.inf, study.starts), data.time) - entry, 0.0, None)
    whole = float((data.time - entry)[inside].sum())
    return float(before[inside].sum()) / whole if whole > 0 else float("nan")
