"""How we look at competing events: one popover beside the picture, with defaults that need no thought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.spec import DrawnSpec
from ui.charts.survival_chart_options import Fading
from ui.screen import st
from ui.survival_options import CONF_TYPES, FADING, choose_conf_level, choose_times, default_times, menu, switch

ONE_EVENT = "One event"
STACKED = "All events, stacked to 100 %"
VIEWS = (ONE_EVENT, STACKED)
TWO_YEARS = {"days": 730.0, "weeks": 104.0, "months": 24.0, "years": 2.0}
MOST_EARLY = 1.5  # follow-up at least this many times as long leaves something to be late


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetingOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    conf_type: str
    conf_level: float
    times: tuple[float, ...]
    tau: float | None
    split: float | None
    show_band: bool
    show_naive: bool
    whole_axis: bool
    fade: Fading

    def question(self, endpoint: str, *, pairwise: bool) -> dict[str, Any]:
        """The question of all events of an endpoint."""
        return {
            "kind": "cumulative_incidence",
            "endpoint": endpoint,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
            "times": self.times,
            "tau": self.tau,
            "split": self.split,
            "pairwise": "holm" if pairwise else None,
        }

    def drawn(self, *, event: str, stacked: bool) -> DrawnSpec:
        """How one event, or all of them, are drawn."""
        return DrawnSpec(
            event=event,
            stacked=stacked,
            show_band=self.show_band,
            show_naive=self.show_naive,
            whole_axis=self.whole_axis,
            fade=self.fade,
        )


def choose(unit: str, last: float) -> CompetingOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        conf_type = menu("Confidence interval", CONF_TYPES, "cif_conf_type")
        conf_level = choose_conf_level("cif_conf_level")
        times = choose_times("Incidence at", unit, last, key="cif_times")
        return CompetingOptions(
            conf_type=conf_type,
            conf_level=conf_level,
            times=times,
            tau=_tau(unit, default_times(unit, last)),
            split=_split(unit, last),
            show_band=switch("Confidence band (up to four groups)", "cif_band", start=True),
            show_naive=switch("1 − Kaplan-Meier beside it, dotted", "cif_naive", start=False),
            whole_axis=switch("Axis up to 100 %", "cif_axis", start=False),
            fade=menu("Curves pale where at risk are", FADING, "cif_fade"),
        )


def _tau(unit: str, times: tuple[float, ...]) -> float | None:
    """Up to where the time lost is counted: the last milestone unless another time is typed."""
    start = max(times, default=None)
    tau = st.number_input(
        f"Time lost up to ({unit})",
        min_value=0.0,
        value=start,
        placeholder="not shown",
        help="Mean time lost to each event: the area under its curve.",
        key=f"cif_tau_{unit}_{start}",
        persist_state="session",
    )
    return tau or None


def _split(unit: str, last: float) -> float | None:
    """What divides early from late events: two years where follow-up is long enough."""
    two_years = TWO_YEARS[unit]
    start = two_years if last > MOST_EARLY * two_years else None
    split = st.number_input(
        f"Early until ({unit})",
        min_value=0.0,
        value=start,
        placeholder="not divided",
        help="Divides early from late events. Two years are usual after ablation.",
        key=f"cif_split_{unit}_{start}",
        persist_state="session",
    )
    return split or None
