"""What a click on a picture chooses, and a drag across curves: one selection, on one layer, by named fields.

A layer that carries no selection hears no pointer unless it has tooltips; clicks on those are heard too and are read by
the same fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

PICK = "pick"
PATIENT = "patient"  # by the cohort's own number: it stays in the session
STRETCH, TIME = "stretch", "t"  # of survival curves: from when to when
TERM, LEAST, ROWS = "term", "least", "rows"  # the event, its least grade where one was meant, rows of patients


def pick(fields: Sequence[str]) -> alt.Parameter:
    """The selection that a click sets, by these fields of the data."""
    import altair as alt

    return alt.selection_point(name=PICK, fields=list(fields), on="click", toggle="false")


def stretch(color: Any) -> alt.Parameter:
    """The selection that a drag along the time axis sets; a finger scrolls the page instead."""
    import altair as alt

    return alt.selection_interval(
        name=STRETCH,
        encodings=["x"],
        on="[pointerdown[event.pointerType !== 'touch'], window:pointerup] > window:pointermove!",
        zoom=False,
        mark=alt.BrushConfig(fill=color, fillOpacity=0.18, stroke=color, cursor="ew-resize"),
    )
