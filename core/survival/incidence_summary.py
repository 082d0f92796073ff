"""Everything a page about competing events says: incidence by group and cause, tests, time lost, differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import SpecError
from core.spec import Adjustment, ConfType
from core.survival.competing_risks import CauseTable, CompetingRisks, cause_table
from core.survival.contrasts import Contrast, incidence_difference, rmst_difference
from core.survival.cumulative_incidence import CumulativeIncidence, IncidenceAt, cumulative_incidence
from core.survival.gray import GrayTest, gray_test
from core.survival.incidence_error import IncidenceVariance
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.naive_incidence import NaiveIncidence, naive_incidence
from core.survival.rmst import RestrictedMean
from core.survival.time_lost import time_lost
from core.timetoevent import IntArray

if TYPE_CHECKING:
    from core.survival.early_late import EarlyLate
    from core.survival.gray_permutation import GrayPermutation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CauseIncidence:
    """One cause in one group.

    Attributes
    ----------
    cause : str
    estimate : CumulativeIncidence
    at : IncidenceAt
        At the chosen times.
    time_lost : RestrictedMean or None
        Up to the chosen tau; None without one.
    naive : NaiveIncidence
        One minus Kaplan-Meier, the other causes censored, and by how much it is too high.
    """

    cause: str
    estimate: CumulativeIncidence
    at: IncidenceAt
    time_lost: RestrictedMean | None
    naive: NaiveIncidence


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupIncidence:
    """All causes in one group.

    Attributes
    ----------
    level : str
    causes : tuple of CauseIncidence
        The event of interest first.
    event_free : KaplanMeierEstimate
        Free of any event; with the incidences it adds up to 1 at every time.
    """

    level: str
    causes: tuple[CauseIncidence, ...]
    event_free: KaplanMeierEstimate

    def cause(self, name: str) -> CauseIncidence:
        """The cause of that name."""
        return next(cause for cause in self.causes if cause.cause == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceContrasts:
    """One cause, the other level minus the reference.

    Attributes
    ----------
    cause, level, reference : str
    incidence_difference : tuple of Contrast
        One per chosen time.
    time_lost_difference : Contrast or None
        At tau; None without one.
    """

    cause: str
    level: str
    reference: str
    incidence_difference: tuple[Contrast, ...]
    time_lost_difference: Contrast | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceSummary:
    """Cumulative incidence of all causes in all groups.

    Attributes
    ----------
    groups : tuple of GroupIncidence
        In the order of the levels.
    causes : tuple of str
    gray : dict of cause to GrayTest, or None
        With two or more groups that have patients, and no delayed entry.
    contrasts : tuple of IncidenceContrasts
        With two groups, one per cause; else empty.
    table : CauseTable
        The counts behind it.
    unit, reference : str
    notes : tuple of str
    early_late : EarlyLate or None
        Before and after a chosen time, where that was asked for.
    permuted : dict of cause to GrayPermutation, or None
        Gray's test by permutation, where that was asked for.
    """

    groups: tuple[GroupIncidence, ...]
    causes: tuple[str, ...]
    gray: dict[str, GrayTest] | None
    contrasts: tuple[IncidenceContrasts, ...]
    table: CauseTable
    unit: str
    reference: str
    notes: tuple[str, ...]
    early_late: EarlyLate | None = None
    permuted: dict[str, GrayPermutation] | None = None

    def group(self, level: str) -> GroupIncidence:
        """The group of that name."""
        return next(group for group in self.groups if group.level == level)


def summarise_incidence(  # noqa: PLR0913 - one keyword per option of the specification
    risks: CompetingRisks,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    reference: str | None = None,
    *,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
    times: Sequence[float] = (),
    tau: float | None = None,
    variance: IncidenceVariance = "aalen",
    rho: float = 0.0,
    strata: IntArray | None = None,
    pairwise: Adjustment | None = None,
) -> IncidenceSummary:
    """Summarise competing events by group.

    Parameters
    ----------
    risks : CompetingRisks
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; without it all are in the first level.
    levels : tuple of str
    reference : str, optional
        The level that differences are against; the first unless named.
    conf_type, conf_level
        Scale and level of the limits.
    times : sequence of float
        Where to read the incidences, in the unit of the data.
    tau : float, optional
        Up to where the time lost is counted.
    variance : {'aalen', 'jackknife'}
        See :func:`core.survival.cumulative_incidence`.
    rho, strata, pairwise
        Of Gray's test, see :func:`core.survival.gray_test`.

    Returns
    -------
    IncidenceSummary

    Raises
    ------
    SpecError
        If the reference is not a level or an option is out of range.
    """
    reference = levels[0] if reference is None and levels else reference
    if reference not in levels:
        raise SpecError(f"Reference '{reference}' is not one of the levels {list(levels)}.")
    table = cause_table(risks, codes, levels)
    curves = cumulative_incidence(table, conf_type=conf_type, conf_level=conf_level, variance=variance)
    lost = None if tau is None else time_lost(table, tau=tau, conf_level=conf_level, variance=variance)
    event_free = kaplan_meier(table.whole, conf_type=conf_type, conf_level=conf_level)
    groups = tuple(
        GroupIncidence(
            level=level,
            causes=tuple(
                CauseIncidence(
                    cause=curve.cause,
                    estimate=curve,
                    at=curve.at(times),
                    time_lost=None if lost is None else lost[group][cause],
                    naive=naive_incidence(table, curve, group=group, cause=cause, times=times),
                )
                for cause, curve in enumerate(curves[group])
            ),
            event_free=event_free[group],
        )
        for group, level in enumerate(levels)
    )
    gray = None
    if codes is not None and _testable(table):
        gray = gray_test(risks, codes, levels, rho=rho, strata=strata, pairwise=pairwise)
    return IncidenceSummary(
        groups=groups,
        causes=risks.causes,
        gray=gray,
        contrasts=_contrasts(groups, reference, conf_level) if len(groups) == 2 else (),
        table=table,
        unit=table.whole.unit,
        reference=reference,
        notes=_notes(groups, table, gray, tau=tau),
    )


def _testable(table: CauseTable) -> bool:
    whole = table.whole
    return not whole.delayed and int((whole.n_subjects > 0).sum()) > 1 and bool(whole.n_events.any())


def _contrasts(groups: tuple[GroupIncidence, ...], reference: str, conf_level: float) -> tuple[IncidenceContrasts, ...]:
    base, other = groups if groups[0].level == reference else groups[::-1]
    return tuple(
        IncidenceContrasts(
            cause=one.cause,
            level=other.level,
            reference=base.level,
            incidence_difference=incidence_difference(one.at, zero.at, conf_level=conf_level),
            time_lost_difference=None
            if one.time_lost is None or zero.time_lost is None
            else rmst_difference(one.time_lost, zero.time_lost, conf_level=conf_level),
        )
        for one, zero in zip(other.causes, base.causes, strict=True)
    )


def _notes(
    groups: tuple[GroupIncidence, ...], table: CauseTable, gray: dict[str, GrayTest] | None, *, tau: float | None
) -> tuple[str, ...]:
    notes: list[str] = []
    if tau is not None:
        notes.append(f"Time lost: up to {tau:g} {table.whole.unit}.")
    for group in groups:
        for cause in group.causes:
            notes += [*cause.estimate.notes, *cause.at.notes]
            notes += cause.time_lost.notes if cause.time_lost is not None else ()
    for test in (gray or {}).values():
        notes += test.notes
    if table.whole.delayed and len(groups) > 1:
        notes.append("Gray's test is not defined with delayed entry: the incidences are not tested.")
    if table.squared_events is not None and table.whole.delayed is False:
        notes.append("Standard errors are robust to the case weights (infinitesimal jackknife).")
    return tuple(dict.fromkeys(notes))
