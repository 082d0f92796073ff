"""Adverse events by group as a picture: two groups back to back (butterfly), a few side by side, many as a table.

Patients with any grade in the light tint of their group's colour, with grade 3 or more in the full one. Rows and their
order are those of the table given (``core.reporting.adverse_event_report.arrange``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.safety.results import AdverseEventRow, AdverseEventTable
from core.timetoevent import IntArray
from ui.charts.bar_kinds import Butterfly, SideBySide
from ui.charts.bar_layout import BarLayout, BarRow, BarWords
from ui.charts.heat_layout import MOST_BARS, HeatTable
from ui.charts.specification import Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

if TYPE_CHECKING:
    import altair as alt

PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventWords(BarWords):
    """Words of the figure, in the reader's language."""

    any_event: str = "Any adverse event"


ENGLISH = AdverseEventWords()


def butterfly_spec(
    table: AdverseEventTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    by_class: bool | None = None,
    words: AdverseEventWords = ENGLISH,
) -> Spec:
    """Adverse events as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    table : AdverseEventTable
        Two levels are drawn back to back, the first to the left; one or three to five side by side; more as a table of
        percentages with shaded cells.
    palette : Theme
    width : int or 'container'
    by_class : bool, optional
        Whether terms stand under their class; without it where there are several classes and the rows are sorted so.
    words : AdverseEventWords
    """
    from ui.charts.bar_layers import bar_skeleton  # Altair takes a third of a second to load

    rows = bar_rows(table, by_class=by_class, words=words)
    kind = _kind(len(table.levels))
    layout: BarLayout = kind(
        rows, table.levels, [int(n) for n in table.denominators], palette=palette, graded=table.graded, words=words
    )
    spec = filled(bar_skeleton(), layout.slots())
    spec["usermeta"] = {"places": ["x", "x2"]}  # to the left they are negative; what they mean is told in words
    sized(spec, width, padding=PADDING, narrow_below=layout.narrow_below)
    spec["height"] = 1
    spec["params"] += layout.params()
    spec["config"] = vega_config(palette)
    return with_data(spec, layout.datasets())


def _kind(groups: int) -> type[BarLayout]:
    if groups > MOST_BARS:
        return HeatTable
    return Butterfly if groups == 2 else SideBySide


def butterfly_chart(
    table: AdverseEventTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    by_class: bool | None = None,
    words: AdverseEventWords = ENGLISH,
) -> alt.LayerChart:
    """``butterfly_spec`` as an Altair chart."""
    import altair as alt

    spec = plain(butterfly_spec(table, palette=palette, width=width, by_class=by_class, words=words))
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart


def bar_rows(
    table: AdverseEventTable, *, by_class: bool | None = None, words: AdverseEventWords = ENGLISH
) -> tuple[BarRow, ...]:
    """Rows as the printed table has them: any event, then terms, under their classes or alone."""
    if not table.rows:
        return ()
    total = _bar_row(table.overall, words.any_event, bold=True)
    if _under_classes(table) if by_class is None else by_class:
        rows = []
        for event_class in table.class_rows:
            rows.append(_bar_row(event_class, event_class.event_class or "", bold=True))
            terms = [row for row in table.rows if row.event_class == event_class.event_class]
            rows += [_bar_row(row, row.term or "", indent=1) for row in terms]
        return (total, *rows)
    terms_seen = [row.term for row in table.rows]
    return (
        total,
        *(
            _bar_row(row, f"{row.term} ({row.event_class})" if terms_seen.count(row.term) > 1 else row.term or "")
            for row in table.rows
        ),
    )


def _under_classes(table: AdverseEventTable) -> bool:
    """Whether the rows come class by class, in the order of the classes, and there is more than one."""
    given = [row.event_class for row in table.rows]
    runs = [event_class for i, event_class in enumerate(given) if i == 0 or given[i - 1] != event_class]
    return len(runs) > 1 and runs == [row.event_class for row in table.class_rows]


def _bar_row(row: AdverseEventRow, label: str, *, bold: bool = False, indent: int = 0) -> BarRow:
    def counts(values: IntArray) -> tuple[int, ...]:
        return tuple(int(value) for value in values.tolist())

    return BarRow(
        label=label, any=counts(row.any), severe=counts(row.grade3plus), bold=bold, indent=indent, term=row.term
    )  # fmt: skip
