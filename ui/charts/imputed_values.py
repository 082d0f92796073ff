"""Known and imputed values of one number as two outlines, and the course of the chains.

Belongs here: result to Vega-Lite. Does not belong here: which variable is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.regression.imputation import ImputedVariable
from ui.charts.theme import LIGHT, Theme, vega_config

BINS = 16
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def imputed_values_spec(variable: ImputedVariable, *, label: str, palette: Theme = LIGHT) -> dict[str, Any]:
    """Share of known and of imputed values by class, as outlines over the same classes."""
    known, filled = variable.observed, variable.imputed.ravel()
    edges = np.linspace(min(known.min(), filled.min()), max(known.max(), filled.max()), BINS + 1)
    rows = []
    for name, values in (("Known", known), ("Imputed", filled)):
        shares = np.histogram(values, bins=edges)[0] / values.size
        rows += [
            {"of": name, "value": float(edge), "share": float(share)}
            for edge, share in zip(edges, np.append(shares, 0.0), strict=True)
        ]
    encoding = {
        "x": {"field": "value", "type": "quantitative", "title": label, "scale": {"zero": False, "nice": False}},
        "y": {"field": "share", "type": "quantitative", "title": "Share of values", "axis": {"format": ".0%"}},
        "color": {
            "field": "of",
            "type": "nominal",
            "title": None,
            "scale": {"domain": ["Known", "Imputed"], "range": [palette.groups[0], palette.groups[1]]},
            "legend": {"orient": "top"},
        },
        "strokeDash": {
            "field": "of",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": ["Known", "Imputed"], "range": [[4, 3], [1, 0]]},
        },
    }
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "height": 200,
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": encoding,
        "width": "container",
        "config": vega_config(palette),
    }


def imputation_trace_spec(variable: ImputedVariable, *, label: str, palette: Theme = LIGHT) -> dict[str, Any]:
    """Mean of the imputed values after each round, a line per chain."""
    rows = [
        {"chain": chain, "round": turn + 1, "mean": float(mean)}
        for chain, means in enumerate(variable.trace_mean)
        for turn, mean in enumerate(means)
    ]
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "height": 200,
        "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.6, "color": palette.groups[1]},
        "encoding": {
            "x": {"field": "round", "type": "quantitative", "title": "Round", "axis": {"tickMinStep": 1}},
            "y": {"field": "mean", "type": "quantitative", "title": f"Mean imputed, {label}", "scale": {"zero": False}},
            "detail": {"field": "chain", "type": "nominal"},
        },
        "width": "container",
        "config": vega_config(palette),
    }


def describe_imputed_values(variable: ImputedVariable, *, label: str) -> str:
    """The outlines in words."""
    known, filled = variable.observed, variable.imputed
    return (
        f"Known and imputed values of {label}: known mean {known.mean():.1f}, standard deviation {known.std():.1f}; "
        f"imputed mean {filled.mean():.1f}, standard deviation {filled.std():.1f}."
    )


def describe_imputation_trace(variable: ImputedVariable, *, label: str) -> str:
    """The chains in words."""
    last = variable.trace_mean[:, -1]
    return (
        f"Mean imputed {label} by round in {len(last)} chains; after the last round from {last.min():.1f} to "
        f"{last.max():.1f}. Lines that cross and have no trend speak for enough rounds."
    )
