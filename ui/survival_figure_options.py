"""How the survival figure is drawn: numbers under it, time axis, lines to values. Part of the page's options.

What is chosen stands in the specification, so that screen, file and report show the same; it is kept for the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from core.cohort.select import Grouping
from core.reporting import format as fmt
from core.spec import RiskTableStyle
from ui.screen import st

_KEPT = "survival_figure_asked"
STYLES: dict[RiskTableStyle, str] = {
    "at-risk-events": "At risk (events)",
    "at-risk": "At risk",
    "kmunicate": "At risk, censored and events (KMunicate)",
    "none": "Nothing",
}
UNITS = {
    "": "As recorded; years beyond 10 years",
    "days": "Days",
    "weeks": "Weeks",
    "months": "Months",
    "years": "Years",
}
_STEPS: dict[str, tuple[float, ...]] = {
    "days": (30, 60, 90, 180, 365),
    "weeks": (4, 13, 26, 52),
    "months": (1, 3, 6, 12, 24),
    "years": (0.5, 1, 2, 5),
}
_AUTOMATIC = 0.0


def choose(unit: str) -> dict[str, Any]:
    """Draw the choices and read them as the key ``figure`` of the specification; ``unit`` is the endpoint's."""
    style = st.selectbox(
        "Under the curves", list(STYLES), format_func=STYLES.__getitem__, key="km_risk_table", persist_state="session"
    )
    shown = st.selectbox(
        "Time axis in", list(UNITS), format_func=UNITS.__getitem__, key="km_axis_unit", persist_state="session"
    )
    counted = shown or unit
    every = st.selectbox(
        "Ticks",
        [_AUTOMATIC, *_STEPS[counted]],
        format_func=lambda step: _step_words(step, counted),
        key=f"km_ticks_{counted}",
        persist_state="session",
    )
    until = st.number_input(
        f"Time axis ends at ({counted})",
        min_value=0.0,
        value=None,
        placeholder="the longest follow-up",
        key=f"km_axis_end_{counted}",
        persist_state="session",
    )
    asked = {
        "risk_table": style,
        "unit": shown or (unit if every or until else None),
        "every": every or None,
        "until": until or None,
        "medians": st.checkbox("Median lines", key="km_medians", persist_state="session"),
        "landmarks": st.checkbox(
            "Lines at the times above, with the values", key="km_landmarks", persist_state="session"
        ),
    }
    st.session_state[_KEPT] = asked
    return asked


def choose_difference(groups: Grouping) -> dict[str, Any] | None:
    """The difference of two curves under them, as the key ``difference`` of the specification; None without it."""
    if len(groups.levels) < 2:
        return None
    if not st.checkbox("Difference of two curves below", key="km_difference", persist_state="session"):
        return None
    pairs = [(level, groups.reference) for level in groups.levels if level != groups.reference]
    pairs += [(b, a) for a, b in combinations(groups.levels, 2) if groups.reference not in (a, b)]
    pair = pairs[0]
    if len(pairs) > 1:
        pair = st.selectbox(
            "Difference",
            pairs,
            format_func=lambda pair: f"{pair[0]} minus {pair[1]}",
            key=f"km_difference_{groups.column}",
            persist_state="session",
        )
    together = st.checkbox("Limits for all times together", key="km_difference_band", persist_state="session")
    return {"level": pair[0], "reference": pair[1], "band": {} if together else None}


def kept() -> Mapping[str, Any] | None:
    """What was chosen last; None before the survival page was opened."""
    asked: Mapping[str, Any] | None = st.session_state.get(_KEPT)
    return asked


def _step_words(step: float, unit: str) -> str:
    if not step:
        return "As many as fit"
    return f"Every {fmt.unit_word(unit, 1)}" if step == 1 else f"Every {fmt.time_label(step)} {unit}"
