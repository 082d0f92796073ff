"""What a forest plot shows, read off the printed Cox table: the same words, and the numbers behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.reporting.tables import ReportTable, TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestEstimate:
    """One model's hazard ratio in a row; the texts as printed, NaN where nothing can be drawn."""

    text: str
    p_text: str
    value: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    is_reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One row: a factor's heading, its reference, or an estimate per model."""

    label: str
    kind: Literal["heading", "reference", "estimate"]
    n: str = ""
    n_events: str = ""
    indent: int = 0
    estimates: tuple[ForestEstimate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestTable:
    """Rows and the names of the models (one or two), as headings."""

    rows: tuple[ForestRow, ...]
    models: tuple[str, ...]
    ratio_head: str


def forest_table(table: ReportTable) -> ForestTable:
    """What a forest plot shows of a printed Cox table."""
    position = {column.key: i for i, column in enumerate(table.columns)}
    models = [i for i in range(2) if f"hr_{i}" in position]
    heads = [table.columns[position[f"hr_{i}"]] for i in models]
    names = [head.parts[0].label.removesuffix("hazard ratio").strip() for head in heads]
    level = heads[0].label[heads[0].label.rindex("(") :] if heads else ""
    return ForestTable(
        rows=tuple(_row(row, position, models) for row in table.rows),
        models=tuple("" if name == "Hazard ratio" else name for name in names),
        ratio_head=f"HR {level}".strip(),
    )


def _row(row: TableRow, position: dict[str, int], models: Sequence[int]) -> ForestRow:
    cells = row.cells
    estimates = tuple(_estimate(row, position[f"hr_{i}"], position[f"p_{i}"]) for i in models)
    n, events = (cells[position[key]].text for key in ("n", "events"))
    if row.kind == "heading":
        return ForestRow(label=cells[0].text, kind="heading", estimates=estimates)
    kind: Literal["reference", "estimate"] = (
        "reference" if any(estimate.is_reference for estimate in estimates) else "estimate"
    )
    return ForestRow(label=cells[0].text, kind=kind, n=n, n_events=events, indent=row.indent, estimates=estimates)


def _estimate(row: TableRow, ratio: int, p: int) -> ForestEstimate:
    cell, p_cell = row.cells[ratio], row.cells[p]
    numbers = [math.nan if not isinstance(v, (int, float)) else float(v) for v in cell.values] or [math.nan] * 3
    is_reference = numbers[0] == 1 and math.isnan(numbers[1]) and row.kind != "heading" and not p_cell.text
    return ForestEstimate(
        text=cell.text, p_text=p_cell.text, value=numbers[0], conf_low=numbers[1], conf_high=numbers[2],
        is_reference=is_reference,
    )  # fmt: skip


def p_said(text: str, letter: str = "P") -> str:
    """A printed P value as journals say it: ``P = 0.009``, ``P < 0.001``."""
    return f"{letter} {text[0]} {text[1:]}" if text[:1] in ("<", ">") else f"{letter} = {text}"
