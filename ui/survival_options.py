"""How we look at survival: one popover beside the picture, with defaults that need no thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting.labels import column_label
from core.spec import DrawnSpec
from ui import comparison_options, survival_figure_options
from ui.charts.curve_kinds import CurveKind
from ui.charts.survival_chart_options import Fading
from ui.comparison_options import ComparisonOptions
from ui.grouping import cut_points
from ui.screen import st

Word = TypeVar("Word", bound=str)

CONF_TYPES = {"log-log": "log-log (Prism, lifelines)", "log": "log (R's default)", "plain": "plain (tern)"}
CONF_LEVELS = (0.9, 0.95, 0.99)
CURVES: dict[CurveKind, str] = {
    "survival": "Falling: those without the event",
    "events": "Rising: those with the event (1 − survival)",
    "cumulative_hazard": "Cumulative hazard",
    "hazard": "Hazard over time, smoothed",
    "log_log": "Log-log: check of proportional hazards",
}
FADING: dict[Fading, str] = {
    "patients": "Fewer than 10 patients",
    "percent": "Less than 10 % of the group",
    "never": "Never",
}
_ASKED: dict[CurveKind, dict[str, Any]] = {
    "cumulative_hazard": {"cumulative_hazard": True},
    "hazard": {"hazard": {}},
    "log_log": {"log_log": True},
}
_MILESTONES: dict[str, tuple[tuple[float, ...], ...]] = {
    "days": ((30, 91), (91, 182), (182, 365), (182, 365, 730), (365, 1096, 1826)),
    "weeks": ((4, 13), (13, 26), (26, 52), (26, 52, 104), (52, 156, 260)),
    "months": ((1, 3), (3, 6), (6, 12), (6, 12, 24), (12, 36, 60)),
    "years": ((0.5,), (1,), (1, 2), (1, 3, 5)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalOptions:
    """Options of the survival page; ``questions`` turns them into keys of the specification."""

    conf_type: str
    conf_level: float
    times: tuple[float, ...]
    tau: float | None
    curve: CurveKind
    fade: Fading
    show_band: bool
    show_censored: bool
    figure: Mapping[str, Any]
    difference: Mapping[str, Any] | None
    test: ComparisonOptions
    weights: str | None = None

    def curves(self, endpoint: str) -> dict[str, Any]:
        """The question of the figure: the Kaplan-Meier curves, and the other kind of curve where that is drawn."""
        return (
            self.survival(endpoint)
            | {"figure": self.figure, "difference": self.difference}
            | _ASKED.get(self.curve, {})
        )

    def survival(self, endpoint: str) -> dict[str, Any]:
        """The Kaplan-Meier question."""
        return {
            "kind": "kaplan_meier",
            "endpoint": endpoint,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
            "times": self.times,
            "tau": self.tau,
            "weights": self.weights,
        }

    def comparison(self, endpoint: str, *, pairwise: bool, permutations: int | None = None) -> dict[str, Any]:
        """The question of the test between groups."""
        asked = self.test.question(endpoint, pairwise=pairwise, permutations=permutations)
        return asked | {"conf_level": self.conf_level}

    def drawn(self) -> DrawnSpec:
        """How the curves are drawn."""
        return DrawnSpec(curve=self.curve, fade=self.fade, show_band=self.show_band, show_censored=self.show_censored)


def default_times(unit: str, last: float) -> tuple[float, ...]:
    """Milestones that most of the follow-up reaches: 6, 12 and 24 months, or 12, 36 and 60 where patients live long."""
    reached = [times for times in _MILESTONES[unit] if times[-1] <= 0.75 * last]
    return tuple(float(time) for time in reached[-1]) if reached else ()


def choose(cohort: Cohort, subset: AnalysisSet) -> SurvivalOptions:
    """Draw the options popover and read it."""
    unit, last = follow_up(subset)
    with st.popover("Options"):
        return SurvivalOptions(
            curve=menu("Curve", CURVES, "km_curve"),
            conf_type=menu("Confidence interval", CONF_TYPES, "km_conf_type"),
            conf_level=choose_conf_level("km_conf_level"),
            times=choose_times("Survival at", unit, last, key="km_times"),
            tau=_tau(unit),
            test=comparison_options.choose(cohort, subset.groups),
            weights=choose_weights(cohort, "km_weights"),
            fade=menu("Curves pale where at risk are", FADING, "km_fade"),
            show_band=switch("Confidence band (up to four groups)", "km_band", start=True),
            show_censored=switch("Censored patients as ticks", "km_censored", start=True),
            figure=survival_figure_options.choose(unit),
            difference=survival_figure_options.choose_difference(subset.groups),
        )


def choose_weights(cohort: Cohort, key: str) -> str | None:
    """The column of case weights; nothing is asked where no column holds any."""
    free = [column.name for column in cohort.patients.columns if column.role == "weight"]
    if not free:
        return None
    return st.selectbox(
        "Case weights",
        free,
        index=None,
        placeholder="every patient counts once",
        format_func=column_label,
        help="Weights that are not whole numbers give robust standard errors. The test between groups has no weights.",
        key=f"{key}_{cohort.digest[:12]}",
        persist_state="session",
    )


def follow_up(subset: AnalysisSet) -> tuple[str, float]:
    """Unit of the endpoint and the longest follow-up."""
    if subset.data is None:
        return "months", 0.0
    return subset.data.unit, float(subset.data.time.max())


def menu(label: str, words: Mapping[Word, str], key: str) -> Word:
    """A menu whose entries are said in words."""
    return st.selectbox(label, list(words), format_func=words.__getitem__, key=key, persist_state="session")


def choose_conf_level(key: str) -> float:
    """How sure intervals are to be."""
    return st.segmented_control(
        "Confidence level",
        CONF_LEVELS,
        default=0.95,
        format_func=lambda level: f"{level:.0%}",
        key=key,
        persist_state="session",
        required=True,
    )


def _tau(unit: str) -> float | None:
    label = f"Restricted mean up to ({unit})"
    tau = st.number_input(
        label, min_value=0.0, value=None, placeholder="not shown", key="km_tau", persist_state="session"
    )
    return tau or None


def switch(label: str, key: str, *, start: bool) -> bool:
    """Something that is drawn or not."""
    return st.checkbox(label, value=start, key=key, persist_state="session")


def choose_times(label: str, unit: str, last: float, *, key: str) -> tuple[float, ...]:
    """Times to read a curve at, as a person types them; milestones of the follow-up to start with."""
    default = default_times(unit, last)
    typed = st.text_input(
        f"{label} ({unit})",
        value=shown_times(default),
        help="One or more times, for example 6, 12",
        key=f"{key}_{unit}_{shown_times(default)}",
        persist_state="session",
    )
    times = cut_points(typed) if typed.strip() else ()
    if times is None or any(time < 0 for time in times):
        st.warning(f"'{typed}' is not a list of times. Write for example 6, 12.")
        return default
    return times


def shown_times(times: Sequence[float]) -> str:
    """Times as a person types them."""
    return ", ".join(f"{time:g}" for time in times)
