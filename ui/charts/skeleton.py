"""Chart skeletons: the grammar of a chart, described once with Altair, filled with results many times.

Altair takes some 40 ms to turn a chart of ten layers into Vega-Lite, whatever the data. None of that depends on the
result, so a chart is described once per structure with *slots* where the result goes, kept as JSON text, and filled in
well under a millisecond. Belongs here: slots and filling. Does not belong here: what a chart shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import altair as alt

Spec: TypeAlias = dict[str, Any]
Columns: TypeAlias = dict[str, Any]

NARROW_BELOW = 520  # pixels of the whole figure: a phone, or a column on a laptop
_SLOT = re.compile(r'\{"expr": "@(\w+)"\}|"@(\w+)"')


def slot(name: str) -> Any:
    """A place for a number, list or object, valid wherever Vega-Lite takes an expression."""
    return alt.ExprRef(expr=f"@{name}")


def text_slot(name: str) -> str:
    """A place for a text, valid wherever Vega-Lite takes only text."""
    return f"@{name}"


def when_narrow(narrow: str, wide: str) -> Any:
    """One Vega expression where the figure is narrow, another elsewhere."""
    return alt.ExprRef(expr=f"narrow ? ({narrow}) : ({wide})")


def compiled(chart: alt.TopLevelMixin) -> str:
    """The chart as JSON text with its slots, to be kept."""
    spec = chart.to_dict(validate=False)
    spec.pop("config", None)  # the theme brings its own
    return json.dumps(spec)


def filled(skeleton: str, values: Mapping[str, Any]) -> Spec:
    """A new specification with every slot filled.

    Parameters
    ----------
    skeleton : str
        From ``compiled``.
    values : mapping of slot name to value
        Anything JSON can say.

    Raises
    ------
    KeyError
        If a slot has no value.
    """
    spec: Spec = json.loads(_SLOT.sub(lambda match: json.dumps(values[match[1] or match[2]]), skeleton))
    return spec


def sized(spec: Spec, width: int | str, *, wide: Mapping[str, float], narrow: Mapping[str, float]) -> Spec:
    """Give the figure its width and the room around the axes.

    Parameters
    ----------
    width : int or 'container'
        Pixels of the whole figure, or the width of the place it stands in. In a container the figure itself decides,
        when drawn, whether it is narrow: the server cannot know.
    wide, narrow : mapping
        ``left``, ``right``, ``top``, ``bottom`` in pixels.
    """
    spec["width"] = width
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if width == "container":
        is_narrow: Any = {"name": "narrow", "expr": f"containerSize()[0] < {NARROW_BELOW}"}
        room = f"containerSize()[0] < {NARROW_BELOW} ? {_vega_object(narrow)} : {_vega_object(wide)}"
        spec["padding"] = {"expr": room}
    else:
        small = int(width) < NARROW_BELOW
        is_narrow = {"name": "narrow", "value": small}
        spec["padding"] = dict(narrow if small else wide)
    spec["params"] = [*spec.get("params", ()), is_narrow]
    return spec


def with_data(spec: Spec, datasets: Mapping[str, Columns]) -> Spec:
    """Put in the data as named Arrow tables: compact, and quick to send."""
    import pyarrow as pa

    spec["datasets"] = {name: pa.table(columns) for name, columns in datasets.items()}
    return spec


def plain(spec: Spec) -> Spec:
    """The specification with its data as records: pure JSON, for Altair, for export and for other programs."""
    datasets = {
        name: table if isinstance(table, list) else table.to_pylist() for name, table in spec.get("datasets", {}).items()
    }
    return {**spec, "datasets": datasets}


def _vega_object(room: Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{side}: {pixels:.0f}" for side, pixels in room.items()) + "}"
