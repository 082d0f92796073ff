"""The small bar of a result: its method in words, and its figure and tables as files, made when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.reporting.tables import ReportTable
from ui import tables
from ui.figure_export import Figure as Figure
from ui.figure_export import figure_files

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def method(lines: Sequence[str]) -> None:
    """The method of a result: what, formula, R call, source, version."""
    with st.popover("Method"):
        st.markdown(
            "\n\n".join(line if line.startswith("In R") else tables.prose(line) for line in dict.fromkeys(lines))
        )


def download(
    name: str,
    *,
    made: Callable[[], Mapping[str, ReportTable]],
    whose: str,
    figure: Figure | None = None,
    key: str = "download",
) -> None:
    """The figure at its place in print (PDF, SVG, PNG, TIFF) and each table (CSV, all of them in one Excel file).

    ``whose`` says in each file which patients it shows; a second one on a page needs a ``key`` of its own.
    """
    place = st.popover("Download", on_change="rerun", key=key)
    if place.open:
        with place:
            _buttons(name, {title: table.with_footnotes(whose) for title, table in made().items()}, figure, key)


def _buttons(name: str, made: Mapping[str, ReportTable], figure: Figure | None, key: str) -> None:
    from core.reporting.delimited import csv_bytes  # writers are loaded by the first who wants a file
    from core.reporting.excel import excel_bytes

    if figure is not None:
        figure_files(name, figure, key=key)
    for title, table in made.items():
        file = f"{name}_{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')}.csv"
        _button(f"{title}, CSV", lambda table=table: csv_bytes(table), file, "text/csv")  # type: ignore[misc]
    _button("All tables, Excel", lambda: excel_bytes(list(made.values())), f"{name}.xlsx", XLSX)


def _button(label: str, data: Callable[[], bytes], file: str, mime: str) -> None:
    st.download_button(
        label,
        data,
        file_name=file,
        mime=mime,
        on_click="ignore",
        key=f"download_{file}",
        type="tertiary",
        width="stretch",
    )
