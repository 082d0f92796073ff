"""Which sheet of a workbook holds the patients and the adverse events, where there is more than one to choose from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

from core.cohort.read import Sheet, sheets_in
from core.errors import CohortError
from ui import loading
from ui.screen import st

RECOGNISED = ""
_ASKED = {"patients": "Sheet with one row per patient", "adverse_events": "Sheet with the adverse events"}


def chosen(files: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """Draw a menu of sheets for each table, and return what was chosen: table to ``file#sheet``.

    Nothing is drawn, and nothing returned, where no file has two sheets that could be tables.
    """
    is_large = loading.is_large(files)
    tables = {
        f"{name}#{sheet.name}": sheet for name, content in files for sheet in _tables(name, content, is_large=is_large)
    }
    if len(tables) < 2:
        return {}
    found: dict[str, str] = {}
    for (table, label), place in zip(_ASKED.items(), st.columns(len(_ASKED)), strict=True):
        with place:
            path = st.selectbox(
                label,
                [RECOGNISED, *tables],
                format_func=lambda path: _called(tables[path], path, len(files)) if path else "As recognised",
                key=f"sheet_{table}",
            )
        if path:
            found[table] = path
    return found


def _called(sheet: Sheet, path: str, n_files: int) -> str:
    """A sheet in a menu: its name and how much is on it; its file too where there are several."""
    name = path if n_files > 1 else sheet.name
    return f"{name} ({sheet.rows:,} rows, {sheet.columns} columns)"


Listed: TypeAlias = dict[str, list[Sheet]]


def listed() -> Listed:
    """The sheets of this session's files, by the digest of the file."""
    known: Listed = st.session_state.setdefault("sheets_known", {})
    return known


def learn(known: Listed, files: Sequence[tuple[str, bytes]]) -> None:
    """List the sheets of files that are not listed yet; touches no screen."""
    for name, content in files:
        key = hashlib.sha256(content).hexdigest()
        if key in known:
            continue
        try:
            known[key] = [sheet for sheet in sheets_in(content, name=name) if not sheet.why_not]
        except CohortError:  # said where the file is read
            known[key] = []
        for oldest in list(known)[:-8]:
            del known[oldest]


def _tables(name: str, content: bytes, *, is_large: bool) -> list[Sheet]:
    """The sheets of one file that are tables; those of a large one once it was read (``learn``)."""
    if not is_large:
        learn(listed(), [(name, content)])
    found = listed().get(loading.digest_of(content), [])
    return found if len(found) > 1 else []
