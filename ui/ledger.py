"""Every comparison that was on screen, kept for the session and with the saved analysis; the page that shows them."""

from __future__ import annotations

from weakref import WeakKeyDictionary, WeakValueDictionary

import pandas as pd

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.ledger import (
    Ledger,
    endpoint_words,
    family_words,
    filters_words,
    ledger,
    ledger_sentence,
    ledger_table,
    look_words,
    looks_of,
    with_look,
)
from core.reporting.says import plain_says
from core.result import AnalysisResult
from core.spec import AnalysisSpec, LookSpec
from ui import cohorts, downloads, says
from ui.screen import st

_KEPT = "looks_of_cohort"
# A table of adverse events alone holds fifty comparisons of more than a kilobyte each, and is drawn many times.
_LOOKS: WeakKeyDictionary[AnalysisResult, tuple[LookSpec, ...]] = WeakKeyDictionary()
_SHARED: WeakValueDictionary[str, LookSpec] = WeakValueDictionary()  # a result may be made again
_WHAT = (
    "Every comparison of groups that a page showed is kept here: which outcome, which groups and patients, which "
    "test. The same question asked again, or by another test, counts once. A search for a cut-point counts with "
    "every cut it tried."
)
_RATE = (
    "q: Benjamini and Hochberg's false discovery rate over every comparison of the same family, planned or not; "
    "outcomes over time, response and adverse events are a family each."
)
_IN_R = 'In R: `p.adjust(p, method = "BH")`'


def record(cohort: Cohort, result: AnalysisResult, spec: AnalysisSpec) -> None:
    """Keep the comparisons that a result shows: the same objects for everybody who sees the same."""
    new = _LOOKS.get(result)
    if new is None:
        new = _LOOKS[result] = tuple(
            _SHARED.setdefault(look.model_dump_json(), look) for look in looks_of(result, spec)
        )
    if new:
        keep(cohort, with_look(kept(cohort), *new))


def kept(cohort: Cohort) -> tuple[LookSpec, ...]:
    """The comparisons of this cohort that were on screen, the first first."""
    looks: tuple[LookSpec, ...] = st.session_state.get(_KEPT, {}).get(cohort.digest, ())
    return looks


def keep(cohort: Cohort, looks: tuple[LookSpec, ...]) -> None:
    """Put the comparisons of a cohort in place: those of a saved analysis that is opened."""
    st.session_state.setdefault(_KEPT, {})[cohort.digest] = looks


def open_saved(name: str, looks: tuple[LookSpec, ...]) -> None:
    """Begin with the comparisons of a saved analysis of the cohort of that name."""
    cohort = cohorts.load(name)
    if cohort is not None and looks:
        keep(cohort, looks)


def show(cohort: Cohort) -> None:
    """What was looked at, with a box to mark what was planned."""
    found = ledger(kept(cohort))
    says.show(cohort, plain_says(ledger_sentence(found), "ledger"))
    if not found.n:
        st.info("Comparisons are counted as pages show them. Open Survival with a group, or Hazards, and come back.")
        st.page_link("pages/survival/kaplan_meier.py", label="Survival")
        st.page_link("pages/survival/hazards.py", label="Hazards")
        return
    with st.container(horizontal=True):
        downloads.method([_WHAT, _RATE, _IN_R])
        made = {"Comparisons": ledger_table(found)}
        downloads.download("comparisons", made=lambda: made, whose=f"Cohort {cohort.name}.")
    marked = st.data_editor(
        _frame(found),
        hide_index=True,
        disabled=["Family", "Outcome", "Groups", "Patients", "Test", "P", "q"],
        column_config={"Planned": st.column_config.CheckboxColumn(help="Was specified before the data were seen")},
        key=f"ledger_{cohort.digest[:12]}_{found.n}",
    )
    planned = [bool(one) for one in marked["Planned"]]
    if planned != [row.look.planned for row in found.rows]:
        pairs = zip(kept(cohort), planned, strict=True)
        keep(cohort, tuple(look.model_copy(update={"planned": mark}) for look, mark in pairs))
        st.rerun()
    st.caption(_WHAT)


def _frame(found: Ledger) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Planned": [row.look.planned for row in found.rows],
            "Family": [family_words(row.look) for row in found.rows],
            "Outcome": [endpoint_words(row.look) for row in found.rows],
            "Groups": [look_words(row.look) for row in found.rows],
            "Patients": [filters_words(row.look) for row in found.rows],
            "Test": [row.look.test for row in found.rows],
            "P": [fmt.p_value(row.look.p_value) for row in found.rows],
            "q": [fmt.p_value(row.q_value) for row in found.rows],
        }
    )
