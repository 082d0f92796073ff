"""Everything a survival page says about one endpoint: curves, medians, chosen times, means, follow-up, contrasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import SpecError
from core.spec import ConfType
from core.survival.chosen_times import SurvivalAt
from core.survival.contrasts import Contrast, SurvivalContrasts, rmst_difference, rmst_ratio, survival_difference
from core.survival.event_table import EventTable, event_table
from core.survival.extras import NOTHING_ASKED, SurvivalExtras
from core.survival.follow_up import follow_up_of
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate, all_quantiles
from core.survival.rmst import RestrictedMean, restricted_mean
from core.survival.summary_notes import summary_notes
from core.timetoevent import IntArray, TimeToEvent

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupSurvival:
    """Survival of one group.

    Attributes
    ----------
    level : str
    estimate : KaplanMeierEstimate
    quantiles : dict of float to IntervalEstimate
        Keyed by the fraction with the event; 0.5 is the median.
    at : SurvivalAt
        At the chosen times.
    rmst : RestrictedMean or None
        Up to the chosen tau; None without one.
    mean : RestrictedMean
        Up to the group's own last time.
    median_follow_up : IntervalEstimate
        Reverse Kaplan-Meier.
    """

    level: str
    estimate: KaplanMeierEstimate
    quantiles: dict[float, IntervalEstimate]
    at: SurvivalAt
    rmst: RestrictedMean | None
    mean: RestrictedMean
    median_follow_up: IntervalEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalSummary:
    """Survival of all groups.

    Attributes
    ----------
    groups : tuple of GroupSurvival
        In the order of the levels.
    median_follow_up_overall : IntervalEstimate
        All groups together.
    contrasts : SurvivalContrasts or None
        With two groups, the other level against the reference.
    table : EventTable
        The counts behind it, for risk tables.
    unit : str
    reference : str
    notes : tuple of str
        In plain words: what was not reached, what was carried on.
    extras : SurvivalExtras
        What was asked beside the curves.
    """

    groups: tuple[GroupSurvival, ...]
    median_follow_up_overall: IntervalEstimate
    contrasts: SurvivalContrasts | None
    table: EventTable
    unit: str
    reference: str
    notes: tuple[str, ...]
    extras: SurvivalExtras = NOTHING_ASKED

    def group(self, level: str) -> GroupSurvival:
        """The group of that name."""
        return next(group for group in self.groups if group.level == level)


def summarise(  # noqa: PLR0913 - one keyword per option of the specification
    data: TimeToEvent,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    reference: str | None = None,
    *,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
    times: Sequence[float] = (),
    quantiles: Sequence[float] = QUARTILES,
    tau: float | None = None,
) -> SurvivalSummary:
    """Summarise survival by group.

    Parameters
    ----------
    data : TimeToEvent
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; without it all are in the first level.
    levels : tuple of str
    reference : str, optional
        The level that contrasts are against; the first unless named.
    conf_type, conf_level
        Scale and level of the limits of curves, quantiles, chosen times and follow-up.
    times : sequence of float
        Where to read survival, in the unit of the data.
    quantiles : sequence of float
        Quantiles, as fractions with the event.
    tau : float, optional
        Limit of the restricted mean.

    Returns
    -------
    SurvivalSummary

    Raises
    ------
    SpecError
        If the reference is not a level or an option is out of range.
    """
    reference = levels[0] if reference is None and levels else reference
    if reference not in levels:
        raise SpecError(f"Reference '{reference}' is not one of the levels {list(levels)}.")
    table = event_table(data, codes, levels)
    follow_up = follow_up_of(table, conf_type=conf_type, conf_level=conf_level)
    groups = tuple(
        GroupSurvival(
            level=estimate.group,
            estimate=estimate,
            quantiles=dict(zip(quantiles, all_quantiles(estimate, quantiles), strict=True)),
            at=estimate.at(times),
            rmst=None if tau is None else restricted_mean(estimate, tau=tau, conf_level=conf_level),
            mean=restricted_mean(estimate, conf_level=conf_level),
            median_follow_up=followed,
        )
        for estimate, followed in zip(
            kaplan_meier(table, conf_type=conf_type, conf_level=conf_level), follow_up, strict=True
        )
    )
    if len(levels) > 1:
        overall = follow_up_of(table.pooled(), conf_type=conf_type, conf_level=conf_level)[0]
    else:
        overall = follow_up[0]
    return SurvivalSummary(
        groups=groups,
        median_follow_up_overall=overall,
        contrasts=_contrasts(groups, reference, conf_level) if len(groups) == 2 else None,
        table=table,
        unit=data.unit,
        reference=reference,
        notes=summary_notes(groups, unit=data.unit, tau=tau),
    )


def _contrasts(groups: tuple[GroupSurvival, ...], reference: str, conf_level: float) -> SurvivalContrasts:
    base, other = groups if groups[0].level == reference else groups[::-1]
    return SurvivalContrasts(
        level=other.level,
        reference=base.level,
        rmst_difference=_between(rmst_difference, other, base, conf_level=conf_level),
        rmst_ratio=_between(rmst_ratio, other, base, conf_level=conf_level),
        survival_difference=survival_difference(other.at, base.at, conf_level=conf_level),
    )


def _between(
    contrast: Callable[..., Contrast], other: GroupSurvival, base: GroupSurvival, *, conf_level: float
) -> Contrast | None:
    if other.rmst is None or base.rmst is None:
        return None
    return contrast(other.rmst, base.rmst, conf_level=conf_level)
