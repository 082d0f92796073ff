"""Volcano: every adverse event by how much two groups differ and how surely; those with q < 0.05 stand out.

Belongs here: axes, points and which of them have room for a name. Does not belong here: comparing the groups
(``core.safety``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from core.reporting.adverse_event_shown import other_level
from core.reporting.format import count_percent, in_words, p_value, percentage_points, ratio
from core.safety.pairs import log2_risk_ratio
from core.safety.results import AdverseEventRow, AdverseEventTable, Severity
from ui.charts.short_names import shortened
from ui.charts.specification import Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, SMALL_SIZE, Theme, text_width, vega_config
from ui.charts.volcano_labels import Label, Point, placed_labels

Width: TypeAlias = int | Literal["container"]
Effect: TypeAlias = Literal["difference", "risk-ratio"]
PADDING = {"left": 4, "right": 10, "top": 6, "bottom": 4}
HEIGHT = 420
FALSE_DISCOVERY, NOMINAL = 0.05, 0.05
ROOMS = {"wide": 440.0, "narrow": 270.0}  # pixels that every wide and every narrow plot has at least
MOST_LABELS = 12
LEAST_LABELS = 3  # that many lowest P are named where none is small
LONGEST_LABEL = 200.0
_LARGEST = 15.0  # radius of the event that most patients had, in pixels
_SMALLEST = 3.0
_NAMED = 5
_POINTS = "datum.value == 0 ? '0' : format(datum.value, '+.0%')"
FIELDS = ("x", "y", "size", "color", "fill", "shape", "row", "told", "sure", "term", "least")
LABEL_FIELDS = ("x", "y", "text", "ntext", "dx", "dy", "align", "ndx", "ndy", "nalign")  # not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    row: AdverseEventRow
    x: float
    y: float
    n: int
    sure: bool  # q < 0.05
    outside: bool  # the ratio is 0 or infinite


def volcano_spec(
    pair: AdverseEventTable,
    severity: Severity,
    effect: Effect = "difference",
    *,
    palette: Theme = LIGHT,
    width: Width = "container",
) -> Spec:
    """The volcano of two groups as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    pair : AdverseEventTable
        Of two levels; terms that nobody has are not drawn.
    severity : {'any', 'grade3plus'}
    effect : {'difference', 'risk-ratio'}
        Of the horizontal axis. Events that one group has not at all have no finite ratio: triangles at the edge.
    palette : Theme
    width : int or 'container'
    """
    from ui.charts.volcano_layers import volcano_skeleton  # Altair takes a third of a second to load

    events = _events(pair, severity, effect)
    end, top = _ends(events, effect)
    largest = max((event.n for event in events), default=1)
    points = [_point(event, pair, severity, palette=palette, end=end, largest=largest) for event in events]
    other = other_level(pair)
    _tell_others(points)
    sides = {
        kind: shortened([f"\N{LEFTWARDS ARROW} more in {pair.reference}", f"more in {other} →"], room, SMALL_SIZE)
        for kind, room in (("text", 210), ("ntext", 118))
    }
    slots = {
        "x_domain": [-end, end], "x_ticks": _ticks(end, effect), "y_domain": [0, top], "y_ticks": _y_ticks(top),
        "line": palette.axis, "ink": palette.text, "muted": palette.muted,
        "x_title": "Difference" if effect == "difference" else "Risk ratio",
        "x_label": _POINTS if effect == "difference" else "format(pow(2, datum.value), '~r')",
    }  # fmt: skip
    spec = sized(filled(volcano_skeleton(), slots), width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette, spoken=True)
    return with_data(
        spec,
        {
            "events": columns(points, FIELDS),
            "labels": columns(list(_labels(events, points, end=end, top=top)), LABEL_FIELDS),
            "rules": {"y": [-math.log10(NOMINAL)], "text": ["P = 0.05"]},
            "zero": {"x": [0.0]},
            "sides": {"x": [-end, end], "align": ["left", "right"], **sides},
        },
    )


def describe_volcano(pair: AdverseEventTable, severity: Severity, effect: Effect) -> str:
    """The volcano in words: how many events differ surely, and which most."""
    events = sorted(_events(pair, severity, effect), key=lambda event: -event.y)
    sure = [event.row.term or "" for event in events if event.sure]
    named = in_words(sure[:_NAMED]) + (" and others" if len(sure) > _NAMED else "")
    which = f": {named}" if sure else ""
    lowest = "" if sure or not events else f" Lowest P: {events[0].row.term}, {p_value(events[0].row.p(severity))}."
    return (
        f"{len(events)} adverse events by difference between {other_level(pair)} and {pair.reference} and its P; "
        f"{len(sure)} with q below 0.05{which}.{lowest}"
    )


def volcano_note(pair: AdverseEventTable, severity: Severity, effect: Effect) -> str:
    """What the marks mean, and how many are not where their ratio is."""
    events = _events(pair, severity, effect)
    outside, absent = sum(event.outside for event in events), len(pair.rows) - len(events)
    said = "A dot is an adverse event, its area the patients who had it; filled: q < 0.05, over the terms shown or not."
    said += f" {outside} that one group did not have: triangles at the edge." if outside else ""
    return said + (f" {absent} that nobody of the two groups had: not drawn." if absent else "")


def _events(pair: AdverseEventTable, severity: Severity, effect: Effect) -> list[_Event]:
    """What is drawn, the events of most patients first, so that small dots lie upon large ones."""
    made = []
    for row in pair.rows:
        n, p, difference = int(row.counts(severity).sum()), row.p(severity), row.difference(severity)
        if not n or difference is None or not math.isfinite(p) or not math.isfinite(difference.estimate):
            continue
        x = difference.estimate if effect == "difference" else log2_risk_ratio(pair, row, severity)
        made.append(
            _Event(row=row, x=x, y=max(-math.log10(p), 0.0), n=n, sure=row.q(severity) < FALSE_DISCOVERY,
                   outside=math.isinf(x))
        )  # fmt: skip
    return sorted(made, key=lambda event: -event.n)


def _ends(events: Sequence[_Event], effect: Effect) -> tuple[float, float]:
    """Where the axes end."""
    widest = max((abs(event.x) for event in events if not event.outside), default=0.0)
    steps = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0) if effect == "difference" else (2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
    room = 1.05 if effect == "difference" else 1.15
    end = next((step for step in steps if step >= widest * room), max(widest * room, steps[-1]))
    highest = max((event.y for event in events), default=0.0)
    return end, max(2.2, math.ceil(highest * 1.12 * 2) / 2)


def _ticks(end: float, effect: Effect) -> list[float]:
    if effect == "risk-ratio":
        step = 1 if end <= 4 else 2
        return [float(i) for i in range(-int(end), int(end) + 1) if i % step == 0]
    return [-end, -end / 2, 0.0, end / 2, end]


def _y_ticks(top: float) -> list[float]:
    """Powers of ten, at most eight of them."""
    step = max(1, math.ceil(top / 8))
    return [float(i) for i in range(0, math.floor(top) + 1, step)]


def _radius(n: int, largest: int) -> float:
    return max(_SMALLEST, _LARGEST * math.sqrt(n / largest))


def _point(
    event: _Event, pair: AdverseEventTable, severity: Severity, *, palette: Theme, end: float, largest: int
) -> dict[str, Any]:
    row = event.row
    color = palette.groups[2] if event.sure else palette.groups[0]
    counts = zip(pair.levels, row.counts(severity).tolist(), pair.denominators.tolist(), strict=True)
    difference = row.difference(severity)
    assert difference is not None
    told = "; ".join(f"{level} {count_percent(n, of)} of {of}" for level, n, of in counts)
    numbers = percentage_points(difference.estimate, difference.conf_low, difference.conf_high)
    effect = f"difference {numbers}" + ("" if event.outside else _ratio_told(pair, row, severity))
    return {
        "x": math.copysign(end, event.x) if event.outside else event.x, "y": event.y,
        "size": math.pi * _radius(event.n, largest) ** 2,
        "color": color, "fill": color if event.sure else palette.tint(color, 0.18),
        "shape": "circle" if not event.outside else "triangle-right" if event.x > 0 else "triangle-left",
        "row": row.term or "", "told": f"{told}; {effect}",
        "sure": f"P {p_value(row.p(severity))}, q {p_value(row.q(severity))}",
        "term": row.term or "", "least": 0 if severity == "any" else 3,
    }  # fmt: skip


def _tell_others(points: Sequence[dict[str, Any]]) -> None:
    """Events with the very same counts lie on one spot: each says which others do."""
    spots: dict[tuple[float, float], list[str]] = {}
    for point in points:
        spots.setdefault((point["x"], point["y"]), []).append(point["row"])
    for point in points:
        others = [name for name in spots[point["x"], point["y"]] if name != point["row"]]
        if others:
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            point["told"] += f". At the same place: {', '.join(others[:_NAMED])}{more}"


def _ratio_told(pair: AdverseEventTable, row: AdverseEventRow, severity: Severity) -> str:
    log2 = log2_risk_ratio(pair, row, severity)
    return f", risk ratio {ratio(2**log2)}" if math.isfinite(log2) else ""


def _labels(
    events: Sequence[_Event], points: Sequence[dict[str, Any]], *, end: float, top: float
) -> Iterator[dict[str, Any]]:
    """Names of the few that stand out, wide and narrow, each where it covers no dot and no other name."""
    ranked = sorted(range(len(events)), key=lambda i: (not events[i].sure, -events[i].y, -abs(events[i].x)))
    told = [i for i in ranked if events[i].sure or events[i].y > -math.log10(NOMINAL)] or ranked[:LEAST_LABELS]
    told = told[:MOST_LABELS]
    names = dict(zip(told, shortened([points[i]["row"] for i in told], LONGEST_LABEL, SMALL_SIZE), strict=True))
    made: dict[str, dict[int, Label]] = {}
    for kind, room in ROOMS.items():
        spots = [
            Point(
                x=(point["x"] + end) / (2 * end) * room, y=(1 - point["y"] / top) * HEIGHT,
                radius=math.sqrt(point["size"] / math.pi),
            )
            for point in points
        ]  # fmt: skip
        sizes = {i: text_width(name, SMALL_SIZE) for i, name in names.items()}
        made[kind] = placed_labels(spots, sizes, room=(room, HEIGHT), height=SMALL_SIZE + 2.0)
    nowhere = Label(dx=0.0, dy=0.0, align="left")
    for i, name in names.items():
        wide, narrow = (made[kind].get(i) for kind in ("wide", "narrow"))
        spot, narrow_spot = wide or nowhere, narrow or nowhere
        yield {
            "x": points[i]["x"], "y": points[i]["y"], "text": name if wide else "", "ntext": name if narrow else "",
            "dx": spot.dx, "dy": spot.dy, "align": spot.align,
            "ndx": narrow_spot.dx, "ndy": narrow_spot.dy, "nalign": narrow_spot.align,
        }  # fmt: skip
