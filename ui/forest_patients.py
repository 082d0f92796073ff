"""The patients of a row of a forest plot: chosen by a click or from a list; kept, or compared with the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.patients.picked import picked_patients
from core.reporting import format as fmt
from core.reporting.picked_report import picked_report
from core.reporting.row_filters import RowFilters
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import figures, messages, patient_list, picked, tables
from ui.charts.picking import PICK, TERM
from ui.charts.specification import Spec
from ui.screen import st

HINT = "Click a row to see its patients, or choose it below."


def draw(
    cohort: Cohort, spec: Spec, filters: RowFilters, *, alt: str, key: str, table: Callable[[], ReportTable]
) -> None:
    """The forest plot; a click on a row chooses it. ``table`` is the table whose picture it is."""
    drawn = f"{key}_{st.session_state.get(_version(key), 0)}" if st.session_state.get(_version(key)) else key
    if not filters:
        figures.show(spec, key=drawn, alt=alt, numbers=key, table=table)
        return
    figures.show(
        spec,
        key=drawn,
        alt=alt,
        numbers=key,
        table=table,
        on_select=lambda: _clicked(cohort, filters, drawn, key),
        selection_mode=[PICK],
    )
    st.caption(HINT)


def _version(key: str) -> str:
    return f"{key}_rows_version"


def _menu(cohort: Cohort, key: str) -> str:
    return f"{key}_row_{cohort.digest[:12]}"


def _clicked(cohort: Cohort, filters: RowFilters, drawn: str, key: str) -> None:
    """Take over the row that was clicked; a click beside all rows changes nothing."""
    found: Sequence[dict[str, Any]] = st.session_state[drawn]["selection"].get(PICK) or ()
    if found and found[0].get(TERM) in filters:
        st.session_state[_menu(cohort, key)] = found[0][TERM]


def _forget(key: str) -> None:
    """The figure forgets its row when another one is chosen from the list."""
    st.session_state[_version(key)] = st.session_state.get(_version(key), 0) + 1


def show(cohort: Cohort, result: AnalysisResult, filters: RowFilters, *, key: str) -> None:
    """The choice of a row, its patients, and what can be done with them."""
    if not filters:
        return
    menu = _menu(cohort, key)
    if st.session_state.get(menu) not in filters:
        st.session_state.pop(menu, None)
    row = st.selectbox(
        "Show the patients of",
        list(filters),
        index=None,
        placeholder="Choose a row, here or in the picture",
        key=menu,
        on_change=_forget,
        args=(key,),
    )
    if row is None:
        return
    with messages.plain_errors():
        found = picked_patients(result.subset, filters[row])
    unit = None if result.subset.data is None else result.subset.data.unit
    patient_list.show(picked_report(f"{row}: {fmt.patients(len(found))}", found, unit=unit))
    if len(found) == result.subset.n:
        st.caption(tables.escaped("Every analysed patient is in this row."))
    picked.offer(filters[row], n=len(found), of=result.subset.n, key=key)
