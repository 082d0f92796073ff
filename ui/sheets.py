"""Which sheet of a workbook holds the patients and the adverse events, where there is more than one to choose from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from core.cohort.read import Sheet, sheets_in
from core.errors import CohortError

RECOGNISED = ""
_ASKED = {"patients": "Sheet with one row per patient", "adverse_events": "Sheet with the adverse events"}


def chosen(files: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """Draw a menu of sheets for each table, and return what was chosen: table to ``file#sheet``.

    Nothing is drawn, and nothing returned, where no file has two sheets that could be tables.
    """
    listed = {f"{name}#{sheet.name}": sheet for name, content in files for sheet in _tables(name, content)}
    if len(listed) < 2:
        return {}
    found: dict[str, str] = {}
    for (table, label), place in zip(_ASKED.items(), st.columns(len(_ASKED)), strict=True):
        with place:
            path = st.selectbox(
                label,
                [RECOGNISED, *listed],
                format_func=lambda path: _called(listed[path], path, len(files)) if path else "As recognised",
                key=f"sheet_{table}",
            )
        if path:
            found[table] = path
    return found


def _called(sheet: Sheet, path: str, n_files: int) -> str:
    """A sheet in a menu: its name and how much is on it; its file too where there are several."""
    name = path if n_files > 1 else sheet.name
    return f"{name} ({sheet.rows:,} rows, {sheet.columns} columns)"


def _tables(name: str, content: bytes) -> list[Sheet]:
    """The sheets of one file that are tables, listed once; none where the file cannot be opened."""
    known: dict[str, list[Sheet]] = st.session_state.setdefault("sheets_known", {})
    key = hashlib.sha256(content).hexdigest()
    if key not in known:
        try:
            known[key] = [sheet for sheet in sheets_in(content, name=name) if not sheet.why_not]
        except CohortError:  # said where the file is read
            known[key] = []
        for oldest in list(known)[:-8]:
            del known[oldest]
    return known[key] if len(known[key]) > 1 else []
