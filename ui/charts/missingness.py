"""Missing cells at a glance: one strip per column, patients in the order of the file, gaps dark, their number beside.

A strip has at most ``MOST_CELLS`` pieces; with more patients a piece stands for several and is the darker the more of
them have no value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np

from core.cohort.quality import ColumnQuality, TableQuality
from core.reporting.format import count_percent
from core.reporting.labels import column_label
from ui.charts.short_names import shortened
from ui.charts.specification import Columns, Spec, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

MOST_CELLS = 200
MOST_COLUMNS = 60
STEP = 19
LONGEST_NAME = 190.0
PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 4}


def shown_columns(quality: TableQuality) -> tuple[ColumnQuality, ...]:
    """Columns with gaps, the most gaps first; those that are empty throughout are named elsewhere."""
    gaps = [column for column in quality.columns if 0 < column.n_missing < quality.n and not column.may_be_empty]
    return tuple(sorted(gaps, key=lambda column: -column.n_missing)[:MOST_COLUMNS])


def missingness_spec(
    quality: TableQuality, *, palette: Theme = LIGHT, width: int | Literal["container"] = "container"
) -> Spec:
    """The strips as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    quality : TableQuality
        With at least one column that has gaps, see ``shown_columns``.
    palette : Theme
    width : int or 'container'
    """
    shown = shown_columns(quality)
    names = shortened([column_label(column.name) for column in shown], LONGEST_NAME)
    counts = [count_percent(column.n_missing, quality.n) for column in shown]
    slots = {
        "names": names,
        "last": quality.n,
        "known": palette.grid,
        "gap": palette.groups[2],
        "muted": palette.muted,
        "title": "Patients in the order of the file",
    }
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = STEP * len(shown)
    spec["config"] = vega_config(palette)
    return with_data(spec, {"cells": _cells(shown, names), "rows": {"name": names, "count": counts}})


def describe_missingness(quality: TableQuality) -> str:
    """The figure in words."""
    most = shown_columns(quality)[:8]
    told = [f"{column_label(column.name)} {count_percent(column.n_missing, quality.n)}" for column in most]
    return f"Missing cells of {quality.n} patients by column, the most first: {', '.join(told)}."


def _cells(shown: tuple[ColumnQuality, ...], names: list[str]) -> Columns:
    """One piece per run of patients with the same share missing."""
    columns: dict[str, list[Any]] = {"name": [], "x": [], "x2": [], "share": [], "told": []}
    for column, name in zip(shown, names, strict=True):
        n = column.missing.size
        edges = np.unique(np.linspace(0, n, min(n, MOST_CELLS) + 1).round().astype(np.int64))
        shares = np.add.reduceat(column.missing.astype(np.float64), edges[:-1]) / np.diff(edges)
        for x, x2, share in zip(edges[:-1].tolist(), edges[1:].tolist(), shares.tolist(), strict=True):
            if share > 0:
                which = f"Patient {x + 1}" if x2 == x + 1 else f"Patients {x + 1} to {x2}"
                told = f"{which}: {'missing' if share == 1 else f'{share:.0%} missing'}"
                for key, value in zip(columns, (name, x, x2, share, told), strict=True):
                    columns[key].append(value)
    return columns


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots."""
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=LONGEST_NAME + 20, labelPadding=8)
    y = alt.Y("name", type="nominal", sort=list_slot("names"), axis=axis, scale=alt.Scale(paddingInner=0.28))
    x = alt.X(
        "x", type="quantitative", scale=alt.Scale(domain=[0, slot("last")], nice=False),
        axis=alt.Axis(title=text_slot("title"), tickCount=4, format="d", labelFlush=True),
    )  # fmt: skip
    full = on("rows").mark_rect(color=slot("known"), x=0, x2=alt.ExprRef(expr="width"))
    gaps = on("cells").mark_rect(color=slot("gap"))
    opacity = alt.Opacity("share", type="quantitative", scale=alt.Scale(domain=[0, 1], range=[0.25, 1]), legend=None)
    counts = on("rows").mark_text(align="left", x=alt.ExprRef(expr="width + 8"), color=slot("muted"))
    told = [alt.Tooltip("name", type="nominal", title="Column"), alt.Tooltip("told", type="nominal", title="Where")]
    return compiled(
        alt.layer(
            layer(full, y=y),
            layer(gaps, y=y, x=x, x2=alt.X2("x2"), opacity=opacity, tooltip=told),
            layer(counts, y=y, text=alt.Text("count", type="nominal")),
        )
    )
