"""The survival chart: how long it takes to build, how much is sent, how many steps are drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.survival import AB, cohort
from bench.table import Row, alone
from core.survival.summary import summarise
from ui.charts.survival_curve import survival_spec

SIZES = {"100": 100, "1e4": 10_000, "1e6": 1_000_000}


def survival_chart() -> Iterator[Row]:
    """Curves, limits, ticks, risk table and tooltips of two groups, times that all differ."""
    for name, n in SIZES.items():
        data, codes = cohort(n, rounded=False)
        summary = summarise(data, codes, AB)
        work = partial(survival_spec, summary)
        spec = work()
        what = f"survival chart, {name} continuous"
        yield Row(what=f"{what}: build", ours=alone(work, 100 if n < 1_000_000 else n), at_most=0.015)
        yield Row(what=f"{what}: sent", ours=sent(spec) / 1e3, at_most=150, unit="kB")
        yield Row(what=f"{what}: steps per curve", ours=steps(spec), at_most=1000, unit="steps")


def sent(spec: dict[str, Any]) -> float:
    """Bytes of the specification as text and of its tables as Arrow."""
    import pyarrow as pa

    size = len(json.dumps({key: value for key, value in spec.items() if key != "datasets"}))
    for table in spec["datasets"].values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        size += sink.getvalue().size
    return float(size)


def steps(spec: dict[str, Any]) -> float:
    """Of the curve with most of them."""
    rows = spec["datasets"]["curve"].to_pydict()["group"]
    return float(max(rows.count(level) for level in set(rows)) - 2)  # without the beginning and the end
