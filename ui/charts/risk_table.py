"""The risk table under a survival chart: at risk and cumulative events, under the ticks they belong to.

Two ways to lay out the same lines: wide, one line each with its name at the left; narrow (a phone), the name above its
numbers. Positions are pixels below the time axis; the chart picks one way when it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.reporting.format import counted
from core.spec import RiskTableStyle
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.risk_table import RiskTable, risk_table
from core.survival.time_axis import sparser
from ui.charts.short_names import shortened
from ui.charts.specification import Columns
from ui.charts.theme import TEXT_SIZE, widest

FIRST_LINE = 64  # below the axis: ticks, tick labels and title stand above
LINE = 19
NARROW_NAME = 16
NARROW_LINE = 34
COLUMN_GAP = 16
NAME_LIMIT = 190
NAME_SIZE = TEXT_SIZE + 0.5  # they are a little bold
CELL_GAP = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskWords:
    """Words of the risk table, in the reader's language."""

    at_risk: str = "At risk"
    events: str = "events"
    censored: str = "censored"


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLine:
    """One line: a name and a number under each tick, or a heading without numbers."""

    name: str
    group: str | None = None
    cells: tuple[str, ...] = ()
    bold: bool = False


def risk_lines(
    estimates: Sequence[KaplanMeierEstimate],
    levels: Sequence[str],
    ticks: Sequence[float],
    *,
    style: RiskTableStyle = "at-risk-events",
    words: RiskWords = RiskWords(),
) -> tuple[RiskLine, ...]:
    """Lines of the risk table.

    Parameters
    ----------
    estimates : sequence of KaplanMeierEstimate
    levels : sequence of str
        Names of the groups as the chart shows them.
    ticks : sequence of float
        Times; at risk is counted just before each, events and censorings up to and including it.
    style : {'at-risk-events', 'at-risk', 'kmunicate', 'none'}
        ``22 (6)``; ``22``; or three lines a group: at risk, censored, events (KMunicate).
    """
    if style == "none":
        return ()
    counts = risk_table(estimates, ticks)
    if style == "kmunicate":
        return tuple(line for i, level in enumerate(levels) for line in _three_lines(counts, i, level, words))
    heading = words.at_risk if style == "at-risk" else f"{words.at_risk} ({words.events})"
    lines = [RiskLine(name=heading, bold=True)]
    for i, level in enumerate(levels):
        cells = _texts(counts.n_at_risk[i].tolist())
        if style == "at-risk-events":
            cells = tuple(f"{n} ({d})" for n, d in zip(cells, _texts(counts.n_events[i].tolist()), strict=True))
        lines.append(RiskLine(name=level, group=level, cells=cells))
    return tuple(lines)


def fitting(ticks: Sequence[float], lines: Sequence[RiskLine], width: float) -> list[float]:
    """Every second (third, ...) tick, so that numbers under them stand side by side in ``width`` pixels."""
    return sparser(ticks, most=most_ticks(lines, width))


def name_rows(lines: Sequence[RiskLine], x_wide: float) -> Columns:
    """Names of the lines with their places for both layouts."""
    wide, narrow = _places(lines)
    return {
        "name": shortened([line.name for line in lines], NAME_LIMIT, NAME_SIZE),
        "group": [line.group or "" for line in lines],
        "bold": [line.bold for line in lines],
        "x": [x_wide] * len(lines),
        "wide": wide,
        "narrow": [place - NARROW_NAME if line.cells else place for place, line in zip(narrow, lines, strict=True)],
    }


def cell_rows(lines: Sequence[RiskLine], ticks: Sequence[float], kept: Sequence[float]) -> Columns:
    """Numbers with their ticks; ``few`` marks those whose tick a narrow chart keeps."""
    wide, narrow = _places(lines)
    cells = [
        (tick, cell, wide[i], narrow[i], tick in kept)
        for i, line in enumerate(lines)
        for tick, cell in zip(ticks, line.cells, strict=bool(line.cells))
    ]
    names = ("t", "cell", "wide", "narrow", "few")
    return {name: list(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)} if cells else {}


def most_ticks(lines: Sequence[RiskLine], width: float) -> int:
    """Ticks whose numbers stand side by side in ``width`` pixels with air between."""
    cell = max(widest([cell for line in lines for cell in line.cells]), 18.0)
    return max(2, 1 + int(width // (cell + CELL_GAP)))


def name_column(lines: Sequence[RiskLine]) -> float:
    """Pixels from the left edge of the names to the time axis' zero, where half a number stands in the way."""
    if not lines:
        return 0.0
    first = widest([line.cells[0] for line in lines if line.cells])
    return min(widest([line.name for line in lines], NAME_SIZE), NAME_LIMIT) + first / 2 + COLUMN_GAP


def _places(lines: Sequence[RiskLine]) -> tuple[list[float], list[float]]:
    """Pixels of each line's numbers (or heading) below the axis, wide and narrow."""
    wide = [float(FIRST_LINE + LINE * i) for i in range(len(lines))]
    narrow, place = [], float(FIRST_LINE - LINE)
    for line in lines:
        place += NARROW_LINE if line.cells else LINE
        narrow.append(place)
    return wide, narrow


def _three_lines(counts: RiskTable, position: int, level: str, words: RiskWords) -> tuple[RiskLine, ...]:
    kinds = ((words.at_risk, counts.n_at_risk), (words.censored, counts.n_censored), (words.events, counts.n_events))
    return (
        RiskLine(name=level, group=level, bold=True),
        *(RiskLine(name=name[:1].upper() + name[1:], cells=_texts(n[position].tolist())) for name, n in kinds),
    )


def _texts(counts: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{count:,}" if isinstance(count, int) else counted(count) for count in counts)
