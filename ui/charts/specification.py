"""Vega-Lite specifications: a skeleton filled with a result, given a width and its data.

No Altair here: once a skeleton is described, drawing a result is text, numbers and Arrow tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Spec: TypeAlias = dict[str, Any]
Columns: TypeAlias = dict[str, Any]

NARROW_BELOW = 520  # pixels of the whole figure: a phone, or a column on a laptop
_SLOT = re.compile(r'\{"expr": "@(\w+)"\}|\["@(\w+)"\]|"@(\w+)"')


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
    spec: Spec = json.loads(_SLOT.sub(lambda match: json.dumps(values[match[match.lastindex or 0]]), skeleton))
    return spec


def sized(spec: Spec, width: int | str, *, padding: Mapping[str, float], narrow_below: float = NARROW_BELOW) -> Spec:
    """Give the figure its width, and say when it is narrow.

    Parameters
    ----------
    width : int or 'container'
        Pixels of the whole figure, or the width of the place it stands in. In a container the figure itself decides
        whether it is narrow, again at every change: the server cannot know.
    padding : mapping
        ``left``, ``right``, ``top``, ``bottom`` in pixels, around all text.
    narrow_below : float
        Pixels from which on the wide layout has room for its columns.
    """
    spec["width"] = width
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["padding"] = dict(padding)
    if width == "container":
        # naming `width` makes the browser ask again when it changes
        narrow: Any = {"name": "narrow", "expr": f"width > 0 && containerSize()[0] < {narrow_below:.0f}"}
    else:
        narrow = {"name": "narrow", "value": int(width) < narrow_below}
    spec["params"] = [*spec.get("params", ()), narrow]
    if narrow_below != NARROW_BELOW:
        spec["params"].append({"name": "narrow_below", "value": round(narrow_below)})
    return spec


def columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Columns:
    """Rows as columns, which keep their names when there are no rows."""
    return {name: [row[name] for row in rows] for name in names}


def with_data(spec: Spec, datasets: Mapping[str, Columns]) -> Spec:
    """Put in the data as named Arrow tables: compact, and quick to send."""
    import pyarrow as pa

    spec["datasets"] = {name: pa.table(columns) for name, columns in datasets.items()}
    return spec


def plain(spec: Spec) -> Spec:
    """The specification with its data as records: pure JSON, for Altair, for export and for other programs."""
    datasets = {
        name: table if isinstance(table, list) else table.to_pylist()
        for name, table in spec.get("datasets", {}).items()
    }
    return {**spec, "datasets": datasets}
