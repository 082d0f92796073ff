"""Chart skeletons: the grammar of a chart, described once with Altair, filled with results many times.

Altair takes some 40 ms to turn a chart of ten layers into Vega-Lite, whatever the data. None of that depends on the
result, so a chart is described once per structure with *slots* where the result goes, kept as JSON text, and filled in
well under a millisecond (``specification``). Belongs here: slots and the text they stand in. Does not belong here: what
a chart shows.
"""

from __future__ import annotations

import json
from typing import Any

import altair as alt


def slot(name: str) -> Any:
    """A place for a number, list or object, valid wherever Vega-Lite takes an expression."""
    return alt.ExprRef(expr=f"@{name}")


def text_slot(name: str) -> str:
    """A place for a text, valid wherever Vega-Lite takes only text."""
    return f"@{name}"


def list_slot(name: str) -> Any:
    """A place for a list, valid wherever Vega-Lite takes only lists."""
    return [f"@{name}"]


def when_narrow(narrow: str, wide: str) -> Any:
    """One Vega expression where the figure is narrow, another elsewhere."""
    return alt.ExprRef(expr=f"narrow ? ({narrow}) : ({wide})")


def on(dataset: str) -> alt.Chart:
    """A layer to come on the named data."""
    return alt.Chart(alt.NamedData(dataset))


def layer(mark: alt.Chart, **channels: Any) -> alt.Chart:
    """The layer with its channels, each an explicit ``alt`` object."""
    chart: alt.Chart = mark.encode(**channels)
    return chart


def compiled(chart: alt.TopLevelMixin) -> str:
    """The chart as JSON text with its slots, to be kept."""
    spec = chart.to_dict(validate=False)
    spec.pop("config", None)  # the theme brings its own
    return json.dumps(spec)
