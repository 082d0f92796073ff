"""Colours of the grades of adverse events: one ramp, the worse the stronger, on white and on dark paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ui.charts.theme import Theme

_LIGHT = ("#f9cd8d", "#f5ab5e", "#e3762f", "#b93c17", "#6d150b")
_DARK = ("#5e3a1c", "#95511d", "#d2722a", "#f8a45c", "#ffe0b8")
if TYPE_CHECKING:
    import altair as alt

NO_GRADE = "no grade"


def grade_ink(grade: int, palette: Theme) -> str:
    """The colour of a grade, 1 to 5; of no grade (0) a grey."""
    if not grade:
        return palette.axis
    return (_DARK if palette.name == "dark" else _LIGHT)[grade - 1]


def grade_word(grade: int) -> str:
    """``grade 3``, or that there is none."""
    return f"grade {grade}" if grade else NO_GRADE


def grade_key(grades: Iterable[int], palette: Theme) -> tuple[list[str], list[str]]:
    """Names and colours of the grades that occur, ascending; no grade last."""
    known = sorted(set(grades), key=lambda grade: (grade == 0, grade))
    return [grade_word(grade) for grade in known], [grade_ink(grade, palette) for grade in known]


def grade_channel() -> alt.Color:
    """The grade as a colour, with its legend; slots ``grades`` and ``grade_colors``."""
    import altair as alt

    from ui.charts.skeleton import list_slot, when_narrow

    legend = alt.Legend(
        orient="top", title=None, symbolType="square", symbolSize=120, symbolStrokeWidth=0,
        columns=when_narrow("3", "6"),
    )  # fmt: skip
    scale = alt.Scale(domain=list_slot("grades"), range=list_slot("grade_colors"))
    return alt.Color("grade", type="nominal", scale=scale, legend=legend)


def group_channel() -> alt.Stroke:
    """The group as the colour of a line, with its legend; slots ``groups``, ``group_colors``, ``group_columns``."""
    import altair as alt

    from ui.charts.skeleton import list_slot, slot

    legend = alt.Legend(
        orient="top", title=None, symbolType="stroke", symbolSize=160, symbolStrokeWidth=4,
        columns=slot("group_columns"),
    )  # fmt: skip
    scale = alt.Scale(domain=list_slot("groups"), range=list_slot("group_colors"))
    return alt.Stroke("group", type="nominal", scale=scale, legend=legend)
