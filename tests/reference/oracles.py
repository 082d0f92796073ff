"""Reading the frozen R values: one data set with what R says about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.timetoevent import TimeToEvent

HERE = Path(__file__).parent
NAMES = ("lung", "veteran", "gbsg2", "whas500", "bmt", "cgvhd")


@dataclass(frozen=True)
class Oracle:
    """A data set (all text, None where empty) and R's values for it."""

    name: str
    frame: pd.DataFrame
    r: dict[str, Any]

    @property
    def meta(self) -> dict[str, Any]:
        return self.r["meta"]

    def data(self, rows: Any = slice(None), *, weights: str | None = None) -> TimeToEvent:
        frame = self.frame[rows]
        return TimeToEvent(
            time=frame[self.meta["time_col"]].astype(float).to_numpy(),
            event=frame[self.meta["event_col"]].astype(int).to_numpy() == 1,
            weights=None if weights is None else frame[weights].astype(float).to_numpy(),
            unit=self.meta["time_unit"],
        )

    def codes(self, column: str, levels: tuple[str, ...] | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
        """Group codes (-1 = missing or another level) and the levels, in R's order."""
        levels = levels or tuple(self.meta["levels"][column])
        position = {level: code for code, level in enumerate(levels)}
        return np.array([position.get(value, -1) for value in self.frame[column]], dtype=np.int64), levels


@cache
def oracle(name: str) -> Oracle:
    frame = pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""], dtype=str)
    return Oracle(
        name=name,
        frame=frame.astype(object).where(frame.notna(), None),
        r=json.loads((HERE / "r" / f"{name}.json").read_text(encoding="utf-8")),
    )


def numbers(values: Any) -> np.ndarray:
    """R's values as floats: null is NaN, "Inf" infinity."""
    return np.array([np.nan if value is None else float(value) for value in np.atleast_1d(np.array(values, object))])


def assert_as_r(actual: Any, expected: Any, *, rtol: float = 1e-10, what: str = "") -> None:
    """Equal to R's value: same NaN, same numbers to ``rtol`` (and 1e-14 absolute, for zeros)."""
    np.testing.assert_allclose(
        np.asarray(actual, dtype=float).reshape(-1),
        numbers(expected),
        rtol=rtol,
        atol=1e-14,
        equal_nan=True,
        err_msg=what,
    )
