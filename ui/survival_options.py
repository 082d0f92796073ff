"""How we look at survival: one popover beside the picture, with defaults that need no thought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.grouping import cut_points

CONF_TYPES = {"log-log": "log-log (Prism, lifelines)", "log": "log (R's default)", "plain": "plain (tern)"}
CONF_LEVELS = (0.9, 0.95, 0.99)
WEIGHTINGS = {
    "logrank": "Log-rank",
    "gehan": "Gehan-Breslow-Wilcoxon",
    "tarone-ware": "Tarone-Ware",
    "peto": "Peto-Peto",
}
_MILESTONES = {
    "days": (91, 182, 365, 730, 1095, 1826),
    "weeks": (13, 26, 52, 104, 156, 260),
    "months": (3, 6, 12, 24, 36, 60, 120),
    "years": (1, 2, 3, 5, 10, 15),
}
MOST_TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalOptions:
    """Options of the survival page; ``questions`` turns them into keys of the specification."""

    conf_type: str
    conf_level: float
    times: tuple[float, ...]
    tau: float | None
    weighting: str
    show_band: bool
    show_censored: bool
    show_medians: bool

    def survival(self, endpoint: str) -> dict[str, Any]:
        """The Kaplan-Meier question."""
        return {
            "kind": "kaplan_meier",
            "endpoint": endpoint,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
            "times": self.times,
            "tau": self.tau,
        }

    def comparison(self, endpoint: str, *, pairwise: bool) -> dict[str, Any]:
        """The question of the test between groups."""
        return {
            "kind": "compare",
            "endpoint": endpoint,
            "weighting": self.weighting,
            "conf_level": self.conf_level,
            "pairwise": "holm" if pairwise else None,
        }


def default_times(unit: str, last: float) -> tuple[float, ...]:
    """Milestones that most of the follow-up reaches: 6 and 12 months before 60."""
    reached = [time for time in _MILESTONES[unit] if time <= 0.75 * last]
    if unit == "months" and len(reached) > 1:
        reached = reached[1:]
    return tuple(float(time) for time in reached[:MOST_TIMES])


def choose(unit: str, last: float) -> SurvivalOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        conf_type = st.selectbox(
            "Confidence interval",
            list(CONF_TYPES),
            format_func=lambda name: CONF_TYPES[name],
            key="km_conf_type",
            persist_state="session",
        )
        conf_level = st.segmented_control(
            "Confidence level",
            CONF_LEVELS,
            default=0.95,
            format_func=lambda level: f"{level:.0%}",
            key="km_conf_level",
            persist_state="session",
            required=True,
        )
        times = _times(unit, last)
        tau = st.number_input(
            f"Restricted mean up to ({unit})",
            min_value=0.0,
            value=None,
            placeholder="not shown",
            key="km_tau",
            persist_state="session",
        )
        weighting = st.selectbox(
            "Test between groups",
            list(WEIGHTINGS),
            format_func=lambda name: WEIGHTINGS[name],
            key="km_weighting",
            persist_state="session",
        )
        show_band = st.checkbox("Confidence band", value=True, key="km_band", persist_state="session")
        show_censored = st.checkbox(
            "Censored patients as ticks", value=True, key="km_censored", persist_state="session"
        )
        show_medians = st.checkbox("Median lines", value=False, key="km_medians", persist_state="session")
    return SurvivalOptions(
        conf_type=conf_type or "log-log",
        conf_level=conf_level or 0.95,
        times=times,
        tau=tau or None,
        weighting=weighting or "logrank",
        show_band=show_band,
        show_censored=show_censored,
        show_medians=show_medians,
    )


def _switch(label: str, key: str, *, start: bool) -> bool:
    return st.checkbox(label, value=start, key=key, persist_state="session")


def _times(unit: str, last: float) -> tuple[float, ...]:
    default = default_times(unit, last)
    typed = st.text_input(
        f"Survival at ({unit})",
        value=shown_times(default),
        help="One or more times, for example 6, 12",
        key=f"km_times_{unit}_{shown_times(default)}",
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
