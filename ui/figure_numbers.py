"""The numbers behind a figure, below it: to read, and as a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from core.reporting.delimited import csv_bytes
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column
from team.permits import Holds
from ui import patient_list, tables
from ui.charts.plotted import Plotted, plotted
from ui.charts.specification import Spec
from ui.permits import handed_over, says_refusal
from ui.screen import st

TITLE = "Numbers behind the figure"
_MOST_READ = 150  # rows that a page prints; more are in the file
_HEIGHT = 300


def show(
    spec: Spec, *, key: str, table: Callable[[], ReportTable | None] | None = None, holds: Holds = "results"
) -> None:
    """What a figure shows in numbers, made when it is opened.

    Parameters
    ----------
    spec : dict
        The figure.
    key : str
        Of the figure.
    table : callable, optional
        The table whose picture the figure is; without it the values are read from the figure.
    holds : str
        ``rows`` where each mark is a patient: only who may see rows gets the numbers.
    """
    refused = patient_list.refusal() if holds == "rows" else None
    place = st.expander(TITLE, on_change="rerun", key=f"numbers_{key}")
    if not place.open:
        return
    with place:
        if refused is not None:
            st.caption(tables.escaped(refused))
            return
        made = table() if table is not None else None
        if made is not None:
            tables.show(made)
        else:
            parts = plotted(spec)
            for part in parts:
                _print(part, alone=len(parts) == 1)
            made = as_table(parts)
        if says_refusal(holds):
            return
        st.download_button(
            "Download as CSV",
            handed_over(lambda: csv_bytes(made, values=True), kind="csv", holds=holds),
            file_name=f"{key}_numbers.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"numbers_csv_{key}",
        )


def as_table(parts: Sequence[Plotted]) -> ReportTable:
    """All values of a figure in one table, unrounded: a row each, and to which marks it belongs."""
    titles = list(dict.fromkeys(title for part in parts for title in part.columns))
    numbers = {title for title in titles if all(_is_number(part, title) for part in parts)}
    columns = (
        text_column("part", "Part of the figure"),
        *(
            number_column(title, title, "General") if title in numbers else text_column(title, title)
            for title in titles
        ),
    )
    rows = []
    for part in parts:
        cells = [part.columns.get(title, (None,) * len(part)) for title in titles]
        rows += [
            TableRow(cells=(Cell(part.name, (part.name,)), *(Cell(_text(value), (value,)) for value in row)))
            for row in zip(*cells, strict=True)
        ]
    return ReportTable(title=TITLE, columns=columns, rows=tuple(rows))


def _print(part: Plotted, *, alone: bool) -> None:
    if not alone:
        st.caption(tables.escaped(part.name))
    shown = {
        tables.escaped(title): [tables.escaped(_text(value)) for value in values[:_MOST_READ]]
        for title, values in part.columns.items()
    }
    with st.container(height=_HEIGHT if len(part) > 8 else "content", border=False):
        st.table(pd.DataFrame(shown, dtype="str"), border="horizontal", hide_index=True, alt=part.name)
    if len(part) > _MOST_READ:
        st.caption(f"The first {_MOST_READ} of {len(part):,}; all are in the file.")


def _is_number(part: Plotted, title: str) -> bool:
    return all(isinstance(value, int | float) for value in part.columns.get(title, ()))


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
