"""Reading a figure back: its layers, its data, and whether Vega-Lite takes it."""

from __future__ import annotations

import json

import numpy as np
from altair.utils.schemapi import validate_jsonschema
from altair.vegalite.v6.schema.core import load_schema

from core.survival.summary import SurvivalSummary, summarise
from core.timetoevent import TimeToEvent
from ui.charts.specification import plain

SCHEMA = load_schema()


def rows(spec, dataset):
    """One named dataset as records."""
    return plain(spec)["datasets"][dataset]


def layer(spec, dataset, mark=None):
    """The layer that draws a dataset (with that mark, where several do)."""
    found = [
        part for part in spec["layer"]
        if part["data"]["name"] == dataset and (mark is None or part["mark"]["type"] == mark)
    ]  # fmt: skip
    assert len(found) == 1, [part["data"]["name"] for part in spec["layer"]]
    return found[0]


def param(spec, name):
    (found,) = [param for param in spec["params"] if param["name"] == name]
    return found


def accepted(spec):
    """The figure, after the schema of Vega-Lite has taken it; its data are left out, which no schema describes."""
    text = json.dumps(spec | {"datasets": {name: [] for name in spec["datasets"]}})
    assert '"@' not in text, "a slot was left open"
    validate_jsonschema(json.loads(text), {"$ref": "#/definitions/TopLevelSpec"}, rootschema=SCHEMA)
    return spec


def words(spec):
    """All texts of a sheet, wide figure."""
    return [word["text"] for word in rows(spec, "words") if word["text"]]


def summary_of(time, event, codes=None, levels=("all",), *, unit="months", **options) -> SurvivalSummary:
    data = TimeToEvent(time=np.array(time, dtype=float), event=np.array(event, dtype=bool), unit=unit)
    return summarise(data, None if codes is None else np.array(codes), levels, **options)


def random_summary(seed, *, n=120, groups=2, unit="months", scale=20.0):
    """Censored follow-up with ties, and the arrays it came from."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, groups, n)
    time = np.round(rng.weibull(1.2, n) * scale, 1) + 0.1
    event = rng.random(n) < 0.6
    levels = tuple(f"G{i + 1}" for i in range(groups))
    return summary_of(time, event, codes, levels, unit=unit), time, event, codes
