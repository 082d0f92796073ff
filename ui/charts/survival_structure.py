"""Which layers a survival chart has, and the usual ones as Altair described them.

Altair takes a third of a second to load and as much again for its first chart. The first page's chart always has the
same layers, so their description is written down in ``survival_structure.json`` (by
``python -m ui.charts.survival_structure``), and a test compares. Does not belong here: how a layer is drawn
(``survival_layers``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WRITTEN = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Which layers the chart has; each combination is described once."""

    legend: bool = True
    band: bool = True
    censored: bool = True
    medians: bool = False
    landmarks: bool = False
    labels: bool = True
    beside: bool = False
    faded: bool = False
    smooth: bool = False  # straight from point to point instead of steps
    log_time: bool = False
    stretch: bool = False  # time can be chosen by dragging


USUAL = Layers(faded=True, stretch=True)


@lru_cache(maxsize=64)
def survival_skeleton(layers: Layers) -> str:
    """The chart as JSON text with slots, whatever the groups and the data."""
    if layers == USUAL:
        return json.dumps(json.loads(WRITTEN.read_text(encoding="utf-8")))  # slots are found in this form
    from ui.charts.survival_layers import described

    return described(layers)


if __name__ == "__main__":
    from ui.charts.survival_layers import described

    WRITTEN.write_text(json.dumps(json.loads(described(USUAL)), indent=1) + "\n", encoding="utf-8")
