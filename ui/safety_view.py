"""What the adverse-events page is asked, kept: in its link, in a saved analysis, and back into its widgets.

Belongs here: the question as text and as values of widgets. Does not belong here: the widgets (``ui.safety_options``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from core.cohort.cohort import Cohort
from core.spec import AdverseEventsSpec, AnalysisSpec
from ui import safety_terms, state, tables
from ui.screen import st

PAGE = "adverse-events"
_KEPT = "ae_question"
_LINK = "ae_from_link"  # while the page is drawn for the first time as a link asked
_PLAIN = {
    "picture": "ae_picture", "severity": "ae_severity", "effect": "ae_effect", "sort": "ae_sort",
    "min_percent": "ae_prune", "min_difference": "ae_prune_difference", "search": "ae_search",
    "most_terms": "ae_most", "count": "ae_count", "difference": "ae_difference", "test": "ae_test",
}  # fmt: skip
_WHOLE = ("min_percent", "min_difference")  # sliders of whole numbers


def of_cohort(name: str, cohort: Cohort) -> str:
    """Key of a widget whose choices depend on the cohort."""
    return f"ae_{name}_{cohort.digest[:12]}"


def begin(cohort: Cohort) -> None:
    """Set the page's widgets as the link or the saved analysis says that opened it; once."""
    asked = state.asked_view(PAGE)
    if asked is None:
        return
    try:
        raw = json.loads(asked)
        spec = AdverseEventsSpec.model_validate({**raw, "id": "ae", "kind": "adverse_events"})
    except (json.JSONDecodeError, ValidationError, TypeError):
        st.warning("The link holds options of this page that cannot be read; they were left out.")
        return
    for key, value in _widgets(spec, cohort).items():
        st.session_state[key] = value
    if spec.merge_terms or spec.grades_in_terms:
        safety_terms.restore(cohort, spec)
    st.session_state[_LINK] = True
    rounded = [f"{given:g} as {round(given)}" for given in (spec.show.min_percent, spec.show.min_difference)
               if given != round(given)]  # fmt: skip
    if spec.population == "all":
        st.warning("This page counts the safety population; the headless command counts all patients where asked.")
    if rounded:
        st.warning(f"This page leaves out terms at whole per cents: {' and '.join(rounded)}.")


def unfit(key: str, offered: Sequence[Any]) -> None:
    """Forget what a widget holds and cannot offer here; a link that asked for it is told so."""
    if key not in st.session_state or st.session_state[key] in offered:
        return
    if st.session_state.get(_LINK):
        st.warning(
            f"The link asks for '{tables.escaped(str(st.session_state[key]))}', which this page cannot show here."
        )
    del st.session_state[key]


def _widgets(spec: AdverseEventsSpec, cohort: Cohort) -> dict[str, Any]:
    """What each widget holds where the question is asked."""
    given = {**spec.model_dump(exclude_defaults=True), **spec.show.model_dump(exclude_defaults=True)}
    held = {key: given[name] for name, key in _PLAIN.items() if name in given}
    held |= {_PLAIN[name]: round(given[name]) for name in _WHOLE if name in given}
    if spec.show.level is not None:
        held[of_cohort("level", cohort)] = spec.show.level
    if spec.events != "all":
        held[of_cohort("kind", cohort)] = spec.events
    if spec.classes:
        held[of_cohort("class", cohort)] = spec.classes[0]
    if spec.risk_ratio or spec.odds_ratio:
        held["ae_ratio"] = spec.risk_ratio or spec.odds_ratio
    if spec.exposure is not None:
        held["ae_rates"] = True
    return held


def keep(question: Mapping[str, Any]) -> None:
    """Keep what is asked now for the link and for a saved analysis.

    Merged names are free text of the file: they stand in a saved analysis, not in the link.
    """
    spec = AdverseEventsSpec.model_validate({**question, "id": "ae"})
    asked = spec.model_dump(mode="json", exclude_defaults=True, exclude={"id", "kind"})
    st.session_state[_KEPT] = asked
    st.session_state.pop(_LINK, None)
    link = {key: value for key, value in asked.items() if key != "merge_terms"}
    state.keep_view(PAGE, json.dumps(link, ensure_ascii=False, separators=(",", ":")) if link else None)


def shown_now() -> dict[str, Any]:
    """What the page shows of its numbers, as keys of a specification; empty where all is as it is by itself."""
    asked: dict[str, Any] = st.session_state.get(_KEPT) or {}
    return dict(asked.get("show", {}))


def questions(cohort: Cohort) -> list[dict[str, Any]]:
    """The page's question for a saved analysis; none where the page was not looked at or has nothing to show."""
    asked = st.session_state.get(_KEPT)
    if asked is None or cohort.adverse_events is None:
        return []
    return [{"id": "ae", "kind": "adverse_events", **asked}]


def reopen(spec: AnalysisSpec) -> None:
    """Ask again what a saved analysis asks of adverse events."""
    for one in spec.analyses:
        if isinstance(one, AdverseEventsSpec):
            asked = one.model_dump(mode="json", exclude_defaults=True, exclude={"id", "kind", "filters", "group"})
            state.ask_view(PAGE, json.dumps(asked, ensure_ascii=False))
            return
