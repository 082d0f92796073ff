"""Cells of risk and odds ratios, which may be infinite or have one limit only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.tables import Cell

if TYPE_CHECKING:
    from core.proportions.odds_ratio import OddsRatio
    from core.safety.results import Ratio


def ratio_cell(ratio: OddsRatio | Ratio | None) -> Cell:
    """A ratio with its limits; a dash where there is none."""
    if ratio is None:
        return Cell(fmt.EN_DASH, (None, None, None))
    values = (ratio.value, ratio.conf_low, ratio.conf_high)
    text = _open_ratio(ratio) if any(map(math.isinf, values)) else fmt.ratio_estimate(*values)
    return Cell(text, tuple(map(known, values)))


def _open_ratio(ratio: OddsRatio | Ratio) -> str:
    """A ratio without an upper limit: nobody of one group, or everybody of the other, had the event."""
    value = "infinite" if math.isinf(ratio.value) else fmt.ratio(ratio.value)
    return f"{value} ({fmt.ratio(ratio.conf_low)} or more)" if math.isfinite(ratio.conf_low) else value


def known(value: float) -> float | None:
    """The number as a table's value; None where it is missing or infinite."""
    return value if math.isfinite(value) else None
