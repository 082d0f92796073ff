"""What a click on a picture of adverse events chooses: one selection, on one layer, by named fields.

A layer that carries no selection hears no pointer unless it has tooltips; clicks on those are heard too and are read by
the same fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

PICK = "pick"
TERM, LEAST, ROWS = "term", "least", "rows"  # the event, its least grade where one was meant, rows of patients


def pick(fields: Sequence[str]) -> alt.Parameter:
    """The selection that a click sets, by these fields of the data."""
    import altair as alt

    return alt.selection_point(name=PICK, fields=list(fields), on="click", toggle="false")
