"""The values that a chart draws, read back from its specification: for those who want numbers, or cannot see it.

Read from what is drawn, so that figure and numbers cannot differ. Belongs here: which data of a specification are
values, and what their columns are called. Does not belong here: what only furnishes a figure (words, guides, halos).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui.charts.specification import Spec, plain

_FURNITURE = frozenset(
    (
        "points",
        "paths",
        "targets",
        "arrows",
        "borders",
        "labels",
        "guides",
        "lines",
        "zero",
        "one",
        "ends",
        "outlines",
        "room",
    )
)
_PLACES = frozenset({"zero", "least"})
_VALUES = ("x", "y", "x2", "y2")
_GROUPS = ("group", "state", "key", "kind", "detail", "patient")
_BARE = {
    "low": "Lower limit",
    "high": "Upper limit",
    "group": "Group",
    "key": "Group",
    "row": "Row",
    "response": "Response",
    "told": "In words",
    "state": "State",
    "kind": "Kind",
    "patient": "Patient",
    "name": "Name",
}
_NAMELESS = "Value"
_BEFORE = {"hover": 0, "curve": 1, "faded": 2, "band": 3}
_NAMES = {
    "hover": "At round times",
    "curve": "Steps of the curves",
    "faded": "Steps where few are at risk",
    "band": "Limits",
    "beside": "Dotted curves",
    "censored": "Censored patients",
    "medians": "Lines to the medians",
    "landmark_values": "At the chosen times",
    "difference": "Difference",
    "difference_faded": "Difference where few are at risk",
    "difference_band": "Limits of the difference",
    "difference_together": "Limits for all times together",
    "areas": "Areas, from their lower to their upper edge",
    "pale": "Few at risk",
    "marks": "Marks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plotted:
    """One set of marks of a figure.

    Attributes
    ----------
    name : str
        What they are.
    columns : mapping of str to sequence
        Their values by what the axes, the legend and the pointer call them.
    """

    name: str
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def plotted(spec: Spec) -> tuple[Plotted, ...]:
    """The values of a specification of this package, what the pointer reads first.

    A specification may say in ``usermeta`` how values become what its axis counts, ``{"shown": {"t": 1 / 12}}`` for
    months on an axis of years, and which are places only, ``{"places": ["x"]}``.
    """
    datasets = plain(spec).get("datasets", {})
    meta = spec.get("usermeta", {})
    fields: dict[str, dict[str, str]] = {}
    for leaf in _leaves(spec):
        name: str = (leaf.get("data") or {}).get("name", "")
        if name in datasets and name not in _FURNITURE and datasets[name]:
            fields.setdefault(name, {}).update(_fields(leaf, _y_title(datasets)))
    found = {name: _columns(datasets[name], titles, meta) for name, titles in fields.items() if titles}
    if not found and datasets.get("words"):  # a sheet of words and strokes
        found = {"words": {_BARE["told"]: [row["text"] for row in datasets["words"] if row["text"]]}}
    order = sorted(found, key=lambda name: _BEFORE.get(name, len(_BEFORE)))
    return tuple(
        Plotted(name=_NAMES.get(name, name.replace("_", " ").capitalize()), columns=found[name]) for name in order
    )


def _leaves(spec: Spec) -> Iterator[Spec]:
    """Layers with a mark of their own."""
    parts = [part for kind in ("layer", "hconcat", "vconcat", "concat") for part in spec.get(kind, ())]
    if not parts:
        yield spec
    for part in parts:
        yield from _leaves({"data": spec.get("data"), **part})


def _fields(leaf: Spec, y_title: str) -> dict[str, str]:
    """Fields of a layer that are values, with their titles; none of words and of lines that only guide."""
    mark, encoding = leaf.get("mark"), leaf.get("encoding", {})
    kind = mark.get("type") if isinstance(mark, dict) else mark
    tooltip = encoding.get("tooltip", [])
    told = {
        one["field"]: _said(one.get("title"), one["field"])
        for one in (tooltip if isinstance(tooltip, list) else [tooltip])
        if one.get("field")
    }
    spans = any(encoding.get(channel, {}).get("field") for channel in ("x2", "y2"))
    if kind == "text" or (kind == "rule" and not told and not spans):
        return {}
    if leaf["data"]["name"] == "hover":
        return told
    return _groups(encoding) | told | _positions(encoding, y_title)


def _groups(encoding: Mapping[str, Any]) -> dict[str, str]:
    return {
        one["field"]: _said(None, one["field"])
        for channel in ("color", "fill", "stroke", "shape", "detail")
        for one in [_condition(encoding.get(channel) or {})]
        if one.get("field") in _GROUPS
    }


def _condition(channel: Any) -> Mapping[str, Any]:
    """A channel that depends on a selection holds its field in either branch."""
    if isinstance(channel, list):
        channel = channel[0] if channel else {}
    inner = channel.get("condition")
    return inner if isinstance(inner, dict) and inner.get("field") else channel


def _positions(encoding: Mapping[str, Any], y_title: str) -> dict[str, str]:
    titles: dict[str, str] = {}
    for channel in _VALUES:
        one = encoding.get(channel) or {}
        field = one.get("field")
        if not field or field in _PLACES:
            continue
        said = one.get("title") or (one.get("axis") or {}).get("title")
        if field in ("low", "high"):
            titles[field] = _BARE[field]
        elif channel in ("x2", "y2"):
            first = titles.get((encoding.get(channel[0]) or {}).get("field", ""), "")
            titles[field] = f"{first}, to" if first else "To"
        else:
            named = _said(said, field, otherwise=y_title if channel == "y" else "")
            if named != _NAMELESS or channel != "y":  # a row of its own is a place
                titles[field] = named
    return titles


def _said(title: Any, field: str, *, otherwise: str = "") -> str:
    """The title of a field where it has one in words."""
    if isinstance(title, str) and title.strip():
        middle = title.split("←")[-1].split("→")[0]  # of an axis that says which way it speaks for whom
        return middle.strip()
    return _BARE.get(field) or otherwise or _NAMELESS


def _y_title(datasets: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Figures that move the title of their vertical axis hold it among their data."""
    said = datasets.get("y_title") or [{}]
    return str(said[0].get("text", ""))


def _columns(
    rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], meta: Mapping[str, Any]
) -> dict[str, list[Any]]:
    factors, places = meta.get("shown", {}), meta.get("places", ())
    columns: dict[str, list[Any]] = {}
    for field, title in titles.items():
        if field not in rows[0] or field in places:
            continue
        unique = title if title not in columns else f"{title}, value"
        factor = factors.get(field)
        columns[unique] = [row[field] if factor is None else row[field] * factor for row in rows]
    return columns
