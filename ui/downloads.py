"""The small bar of a result: its method in words, and its figure and tables as files, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.reporting.excel import csv_bytes, excel_bytes
from core.reporting.tables import ReportTable
from ui.charts.export import to_png, to_svg

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Figure = Callable[[], object]


def method(lines: Sequence[str]) -> None:
    """The method of a result: what, formula, R call, version."""
    with st.popover("Method"):
        for line in lines:
            st.markdown(line)


def download(name: str, *, tables: Mapping[str, ReportTable], figure: Figure | None = None) -> None:
    """Buttons for the figure (SVG, PNG at 300 dpi) and each table (CSV, all of them in one Excel file)."""
    with st.popover("Download"):
        if figure is not None:
            _button("Figure, SVG", lambda: to_svg(figure()), f"{name}.svg", "image/svg+xml")
            _button("Figure, PNG at 300 dpi", lambda: to_png(figure()), f"{name}.png", "image/png")
        for title, table in tables.items():
            file = f"{name}_{title.lower().replace(' ', '_')}.csv"
            _button(f"{title}, CSV", lambda table=table: csv_bytes(table), file, "text/csv")  # type: ignore[misc]
        _button("All tables, Excel", lambda: excel_bytes(list(tables.values())), f"{name}.xlsx", XLSX)


def _button(label: str, data: Callable[[], bytes], file: str, mime: str) -> None:
    st.download_button(
        label, data, file_name=file, mime=mime, on_click="ignore", key=f"download_{file}", type="tertiary", width="stretch"
    )
