"""What a Kaplan-Meier analysis was asked beside its curves; each answer loads its own module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.answers.subset import data_of
from core.cohort.select import AnalysisSet
from core.errors import SpecError
from core.spec import BandSpec, KaplanMeierSpec
from core.survival.extras import SurvivalExtras
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.summary import SurvivalSummary

if TYPE_CHECKING:
    from core.survival.simultaneous_band import BandOptions


def extras_answer(analysis: KaplanMeierSpec, subset: AnalysisSet, summary: SurvivalSummary) -> SurvivalExtras:
    """Answers to the options that go beyond the curves.

    Raises
    ------
    SpecError
        If an option does not fit the data: a difference of medians with other than two groups, a difference of curves
        of groups that are not there, a closing day where time zero is no date.
    """
    estimates = [group.estimate for group in summary.groups]
    found: dict[str, Any] = {}
    if analysis.cumulative_hazard:
        from core.survival.cumulative_hazard import cumulative_hazard

        found["cumulative_hazard"] = tuple(map(cumulative_hazard, estimates))
    if analysis.log_log:
        from core.survival.log_log import log_log_curve

        found["log_log"] = tuple(map(log_log_curve, estimates))
    if analysis.figure is not None:
        from core.survival.survival_figure import survival_figure

        found["figure"] = survival_figure(analysis.figure, estimates, times=analysis.times)
    notes = [
        *_hazards(analysis, estimates, found),
        *_conditional(analysis, subset, found),
        *_follow_up(analysis, subset, found),
        *_medians(analysis, subset, found),
        *_difference(analysis, summary, found),
    ]
    return SurvivalExtras(**found, notes=tuple(notes))


def _hazards(analysis: KaplanMeierSpec, estimates: list[KaplanMeierEstimate], found: dict[str, Any]) -> tuple[str, ...]:
    if analysis.hazard is None:
        return ()
    from core.survival.smoothed_hazard import smoothed_hazard

    asked = analysis.hazard
    made = tuple(
        smoothed_hazard(estimate, bandwidth=asked.bandwidth, until=asked.until, conf_level=analysis.conf_level)
        for estimate in estimates
    )
    found["hazard"] = made
    return tuple(note for hazard in made for note in hazard.notes)


def _conditional(analysis: KaplanMeierSpec, subset: AnalysisSet, found: dict[str, Any]) -> tuple[str, ...]:
    if not analysis.given:
        return ()
    from core.survival.conditional import conditional_survival

    made = tuple(
        one
        for given in analysis.given
        for one in conditional_survival(
            data_of(subset),
            subset.groups.codes,
            subset.groups.levels,
            given=given,
            times=[time for time in analysis.times if time > given],
            conf_type=analysis.conf_type,
            conf_level=analysis.conf_level,
        )
    )
    found["conditional"] = made
    return tuple(note for one in made for note in one.notes)


def _follow_up(analysis: KaplanMeierSpec, subset: AnalysisSet, found: dict[str, Any]) -> tuple[str, ...]:
    if analysis.completeness is None:
        return ()
    from core.answers.possible_follow_up import follow_up_completeness

    made = follow_up_completeness(analysis.completeness, subset)
    found["completeness"] = made
    return (f"Completeness of follow-up: possible until {made.basis}.", *made.notes)


def _medians(analysis: KaplanMeierSpec, subset: AnalysisSet, found: dict[str, Any]) -> tuple[str, ...]:
    asked = analysis.median_difference
    if asked is None:
        return ()
    from core.survival.bootstrap import median_difference

    made = median_difference(
        data_of(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        draws=asked.draws,
        seed=asked.seed,
        conf_level=analysis.conf_level,
    )
    found["median_difference"] = made
    return made.notes


def _band(asked: BandSpec | None) -> BandOptions | None:
    if asked is None:
        return None
    from core.survival.simultaneous_band import BandOptions

    return BandOptions(start=asked.start, until=asked.until, draws=asked.draws, seed=asked.seed)


def _difference(analysis: KaplanMeierSpec, summary: SurvivalSummary, found: dict[str, Any]) -> tuple[str, ...]:
    asked = analysis.difference
    if asked is None:
        return ()
    from core.survival.difference_curve import difference_curve

    levels = [group.level for group in summary.groups]
    reference = asked.reference if asked.reference is not None else summary.reference
    others = [level for level in levels if level != reference]
    level = asked.level if asked.level is not None else others[0] if len(others) == 1 else None
    if level is None or level == reference or not {level, reference} <= set(levels):
        raise SpecError(
            "A difference of curves is of two groups.",
            hint=f"Name two different ones of {', '.join(levels)} as level and reference.",
        )
    made = difference_curve(
        summary.group(level).estimate,
        summary.group(reference).estimate,
        conf_level=analysis.conf_level,
        band=_band(asked.band),
    )
    found["difference"] = made
    return made.notes
