"""What one column holds: a histogram with its quartiles, or a bar per level."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, Literal

from core.cohort.quality import ColumnQuality, NumberSpread
from core.reporting.format import number
from core.reporting.labels import column_label
from ui.charts.short_names import shortened
from ui.charts.specification import Columns, Spec, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

HEIGHT = 200
STEP = 26
MOST_LEVELS = 30
LONGEST_LEVEL = 220.0
PADDING = {"left": 2, "right": 40, "top": 14, "bottom": 4}
_EPOCH = dt.date(1970, 1, 1)
_MILLISECONDS = 86_400_000


def distribution_spec(
    column: ColumnQuality, *, palette: Theme = LIGHT, width: int | Literal["container"] = "container"
) -> Spec:
    """The column as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    column : ColumnQuality
        With a spread or levels.
    palette : Theme
    width : int or 'container'
    """
    slots = {"color": palette.groups[1], "ink": palette.text, "title": column_label(column.name)}
    if column.spread is not None:
        is_date = column.kind == "date"
        spec = filled(_histogram("temporal" if is_date else "quantitative"), slots)
        data = {"bins": _bins(column.spread, is_date=is_date), "quartiles": _quartiles(column.spread, is_date=is_date)}
        height = HEIGHT
    else:
        shown = column.levels[:MOST_LEVELS]
        names = shortened([level for level, _ in shown], LONGEST_LEVEL)
        spec = filled(_bars(), slots | {"names": names})
        data = {"levels": {"name": names, "n": [n for _, n in shown]}}
        height = STEP * max(len(shown), 1)
    sized(spec, width, padding=PADDING)
    spec["height"] = height
    spec["config"] = vega_config(palette)
    return with_data(spec, data)


def describe_distribution(column: ColumnQuality) -> str:
    """The figure in words."""
    name = column_label(column.name)
    if column.spread is None:
        told = ", ".join(f"{level} {n}" for level, n in column.levels[:12])
        return f"Patients by {name}: {told}."
    spread, is_date = column.spread, column.kind == "date"
    values = (spread.low, spread.q1, spread.median, spread.q3, spread.high)
    low, q1, median, q3, high = (_written(value, is_date=is_date) for value in values)
    return f"Histogram of {name}: median {median}, quartiles {q1} and {q3}, from {low} to {high}."


def _written(value: float, *, is_date: bool) -> str:
    return (_EPOCH + dt.timedelta(days=round(value))).isoformat() if is_date else number(value)


def _place(value: float, *, is_date: bool) -> float:
    return value * _MILLISECONDS if is_date else value


def _bins(spread: NumberSpread, *, is_date: bool) -> Columns:
    edges = spread.edges.tolist()
    return {
        "x": [_place(edge, is_date=is_date) for edge in edges[:-1]],
        "x2": [_place(edge, is_date=is_date) for edge in edges[1:]],
        "n": spread.counts.tolist(),
        "told": [
            f"{_written(a, is_date=is_date)} to {_written(b, is_date=is_date)}: {n}"
            for a, b, n in zip(edges, edges[1:], spread.counts.tolist(), strict=False)
        ],
    }


def _quartiles(spread: NumberSpread, *, is_date: bool) -> Columns:
    said = [("lower quartile", spread.q1), ("median", spread.median), ("upper quartile", spread.q3)]
    return {
        "x": [_place(value, is_date=is_date) for _, value in said],
        "told": [f"{name} {_written(value, is_date=is_date)}" for name, value in said],
        "wide": [1.0, 2.0, 1.0],
    }


@lru_cache(maxsize=2)
def _histogram(kind: Literal["quantitative", "temporal"]) -> str:
    import altair as alt

    from ui.charts.skeleton import compiled, layer, on, slot, text_slot

    axis = alt.Axis(title=text_slot("title"), labelFlush=False, tickCount=6)
    x: Any = alt.X("x", type=kind, axis=axis, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("n", type="quantitative", axis=alt.Axis(title="Patients", tickMinStep=1, tickCount=4, format="d"))
    told = [alt.Tooltip("told", type="nominal", title="Patients")]
    bars = on("bins").mark_rect(color=slot("color"), opacity=0.75, stroke="transparent")
    lines = on("quartiles").mark_rule(
        color=slot("ink"), strokeDash=[4, 3], strokeWidth=alt.ExprRef(expr="datum.wide")
    )  # fmt: skip
    return compiled(
        alt.layer(
            layer(bars, x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2(datum=0), tooltip=told),
            layer(lines, x=x, tooltip=[alt.Tooltip("told", type="nominal", title="Line")]),
        )
    )


@lru_cache(maxsize=1)
def _bars() -> str:
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot

    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=LONGEST_LEVEL + 20)
    y = alt.Y("name", type="nominal", sort=list_slot("names"), axis=axis, scale=alt.Scale(paddingInner=0.35))
    x = alt.X("n", type="quantitative", axis=None, scale=alt.Scale(zero=True, nice=False))
    bars = on("levels").mark_bar(color=slot("color"), opacity=0.75)
    counts = on("levels").mark_text(align="left", dx=6, color=slot("ink"))
    return compiled(
        alt.layer(
            layer(bars, x=x, y=y, tooltip=[alt.Tooltip("n", type="quantitative", title="Patients")]),
            layer(counts, x=x, y=y, text=alt.Text("n", type="quantitative")),
        )
    )
