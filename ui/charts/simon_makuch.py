"""Simon-Makuch curves: survival of untreated and treated follow-up, the naive curves of the groups dotted beside them.

The chart is the survival chart; its risk table counts who is in each state. Nothing is estimated here.
"""

from __future__ import annotations

from typing import Literal

from core.bias.side_by_side import ImmortalTime
from core.reporting.format import percent, quantity, unit_digits
from ui.charts.curves_beside import curves_beside_spec
from ui.charts.specification import Spec
from ui.charts.theme import LIGHT, Theme


def simon_makuch_spec(
    value: ImmortalTime,
    *,
    title: str,
    annotation: tuple[str, ...] = (),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Untreated and treated follow-up as a Vega-Lite specification, the naive curves dotted.

    Parameters
    ----------
    value : ImmortalTime
    title : str
        Of the vertical axis.
    annotation : tuple of str
        Lines in the lower left corner.
    palette : Theme
    width : int or 'container'
    """
    # censorings are not marked: who starts treatment would look like somebody lost
    return curves_beside_spec(
        value.time_dependent.curves,
        value.naive_curves,
        title=title,
        annotation=annotation,
        palette=palette,
        width=width,
    )


def describe_simon_makuch(value: ImmortalTime, *, title: str) -> str:
    """The curves in words."""
    told = []
    for curve in value.time_dependent.curves:
        if curve.n:
            last = quantity(curve.last_time, value.unit, unit_digits(value.unit))
            told.append(f"{curve.group}: {percent(float(curve.survival[-1]), 0)} at {last}.")
    return (
        f"Simon-Makuch curves of {title}: follow-up before and after {value.levels[1]} began, the naive curves dotted "
        f"beside them. {' '.join(told)}"
    )
