"""How we look at survival: one popover beside the picture, with defaults that need no thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.grouping import cut_points

CONF_TYPES = {"log-log": "log-log (Prism, lifelines)", "log": "log (R's default)", "plain": "plain (tern)"}
CONF_LEVELS = (0.9, 0.95, 0.99)
CURVES = {"survival": "Falling: those without the event", "events": "Rising: those with the event (1 − survival)"}
WEIGHTINGS = {
    "logrank": "Log-rank",
    "gehan": "Gehan-Breslow-Wilcoxon",
    "tarone-ware": "Tarone-Ware",
    "peto": "Peto-Peto",
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
    weighting: str
    events: bool
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
    """Milestones that most of the follow-up reaches: 6, 12 and 24 months, or 12, 36 and 60 where patients live long."""
    reached = [times for times in _MILESTONES[unit] if times[-1] <= 0.75 * last]
    return tuple(float(time) for time in reached[-1]) if reached else ()


def choose(unit: str, last: float) -> SurvivalOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        return SurvivalOptions(
            conf_type=menu("Confidence interval", CONF_TYPES, "km_conf_type"),
            conf_level=choose_conf_level("km_conf_level"),
            times=choose_times("Survival at", unit, last, key="km_times"),
            tau=_tau(unit),
            weighting=menu("Test between groups", WEIGHTINGS, "km_weighting"),
            events=menu("Curve", CURVES, "km_curve") == "events",
            show_band=switch("Confidence band (up to four groups)", "km_band", start=True),
            show_censored=switch("Censored patients as ticks", "km_censored", start=True),
            show_medians=switch("Median lines", "km_medians", start=False),
        )


def menu(label: str, words: Mapping[str, str], key: str) -> str:
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
