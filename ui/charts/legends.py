"""Legends above a figure: as many entries in a line as it has room for, and two legends one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui.charts.theme import Theme, vega_config, widest

SYMBOL = 52.0  # pixels of an entry beside its name, with what keeps it from the next


def columns_that_fit(names: Sequence[str], symbol: float = SYMBOL) -> dict[str, str]:
    """How many of these names stand in a line, for a slot of the legend: a legend of one line would be cut off."""
    return {"expr": f"max(1, min({max(len(names), 1)}, floor(width / {widest(names) + symbol:.0f})))"}


def stacked_config(palette: Theme, *, spoken: bool = False) -> dict[str, Any]:
    """Configuration of a figure with two legends, one below the other."""
    config = vega_config(palette, spoken=spoken)
    layout = {"expr": "{top: {direction: 'vertical', anchor: 'start', margin: 4}}"}
    return {**config, "legend": {**config["legend"], "layout": layout}}
