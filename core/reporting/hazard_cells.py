"""Cells of tables of hazard ratios, which several tables share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.reporting.tables import Cell

if TYPE_CHECKING:
    from core.regression.interactions import ConditionalRatio
    from core.regression.results import CoxTerm

REFERENCE = "1 (reference)"


def ratio_cells(term: CoxTerm | ConditionalRatio) -> list[Cell]:
    """A hazard ratio with its limits, and its P."""
    values = (term.hazard_ratio, term.conf_low, term.conf_high)
    return [Cell(fmt.ratio_estimate(*values), values), Cell(fmt.p_value(term.p_value), (term.p_value,))]


def absent_cells() -> list[Cell]:
    """Where a model has no hazard ratio."""
    return [Cell(fmt.EN_DASH, (None, None, None)), Cell(fmt.EN_DASH, (None,))]


def told_cells(text: str, p_value: float) -> list[Cell]:
    """Words where a hazard ratio would stand, and a P."""
    known = math.isfinite(p_value)
    return [Cell(text, (None, None, None)), Cell(fmt.p_value(p_value) if known else "", (p_value if known else None,))]


def count_cell(count: int | None) -> Cell:
    """Patients or events."""
    return Cell(fmt.EN_DASH, (None,)) if count is None else Cell(fmt.counted(count), (count,))


def contrast_words(term: str, level: str | None, reference: str | None) -> str:
    """What a hazard ratio is of: ``Age``, ``HIFU against No HIFU``, ``Age, 0–12 months``, ``Grade, G3 against G1``."""
    label = column_label(term)
    if level is None:
        return label
    what = level if reference is None else f"{level} against {reference}"
    return what if label.casefold() in what.casefold() else f"{label}, {what}"


def level_words(factor: str, at: str | float) -> str:
    """One value of a factor: ``HIFU``, ``Grade G3``, ``Age 63.5``."""
    label = column_label(factor)
    if not isinstance(at, str):
        return f"{label} {at:g}"
    return at if label.casefold() in at.casefold() else f"{label} {at}"
