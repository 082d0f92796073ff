"""The list of what was found in the data: worst first, alike ones in one line, remedies as buttons."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import pandas as pd

from core.cohort.cohort import Cohort, DataIssue
from core.reporting.findings import SEVERITY, Finding, listed_findings, where
from ui import by_hand, tables
from ui.screen import st


def show(found: Sequence[DataIssue], *, cohort: Cohort | None = None, place: by_hand.Place | None = None) -> None:
    """Findings about the data, rows named; what is only for information is folded away.

    Parameters
    ----------
    found : sequence of DataIssue
    cohort, place : optional
        Whose findings they are and where changes are kept; without them nothing can be put right here.
    """
    if cohort is not None and place is not None:
        by_hand.undo_list(place)
        found = [issue for issue in found if issue.code not in by_hand.SAID]
    if not found:
        st.caption("Nothing to report: every column and row was understood.")
        return
    decide = [issue for issue in found if issue.severity != "info"]
    inform = [issue for issue in found if issue.severity == "info"]
    if decide:
        _part(decide, cohort, place)
    if inform:
        with st.expander(f"{SEVERITY['info']} ({len(inform)})"):
            _part(inform, cohort, place)


def _part(found: Sequence[DataIssue], cohort: Cohort | None, place: by_hand.Place | None) -> None:
    """Findings with a remedy first, each with its buttons; the others as a table."""
    here: list[DataIssue] = []
    if cohort is not None and place is not None:
        here = [issue for issue in found if by_hand.has_remedy(cohort, issue, place)]
        lines = listed_findings(here, together=by_hand.IN_ONE)
        with st.container(border=True) if lines else nullcontext():
            for line in lines:
                _with_buttons(line, cohort, place)
    if len(here) < len(found):
        _table(listed_findings([issue for issue in found if issue not in here]))


def _with_buttons(line: Finding, cohort: Cohort, place: by_hand.Place) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left, st.container(gap=None):
        if line.severity == "error":
            st.markdown(f"**{SEVERITY[line.severity]}**")
        st.markdown(tables.prose(line.what))
        if line.where:
            st.caption(tables.prose(line.where))
    with right:
        by_hand.buttons(cohort, line.alike, place)


def _table(lines: Sequence[Finding]) -> None:
    _draw(
        [{"": SEVERITY[one.severity], "Where": one.where, "What": one.what, "What to do": one.remedy} for one in lines],
        "What was found in the data",
    )
    alike = [issue for one in lines if len(one.alike) > 1 for issue in one.alike]
    if alike:
        with st.expander(f"Each of the findings that are alike ({len(alike)})"):
            _draw([{"Where": where(issue), "What": issue.message} for issue in alike], "Findings that are alike, each")


def _draw(rows: Sequence[dict[str, str]], alt: str) -> None:
    frame = pd.DataFrame(rows)
    st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt=alt)
