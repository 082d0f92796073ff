"""Whether every group has patients like those of the others: where it has none, its adjusted curve is extrapolated.

Belongs here: saying where groups do not overlap. Does not belong here: the curves (``adjusted_survival``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.cohort.values import format_number
from core.regression.design import Design, category_codes
from core.timetoevent import BoolArray, IntArray

FEWEST = 5  # patients with a level before it matters that a group has none
SHARE = 0.1  # of all patients beyond a group's range


def overlap_notes(
    frame: pd.DataFrame, design: Design, group: IntArray, levels: tuple[str, ...], *, column: str | None
) -> tuple[str, ...]:
    """A sentence for each covariate and group without patients like many of the others.

    Parameters
    ----------
    frame : DataFrame, n rows
        The patients analysed.
    design : Design
        Of these; its covariates beside the group are looked at.
    group : int array, shape (n,)
        Position of each patient's level.
    levels : tuple of str
    column : str or None
        The group's own.
    """
    numbers = {term.term for term in design.terms if term.level is None}
    notes = []
    for name in design.covariates:
        if name == column:
            continue
        for i, level in enumerate(levels):
            inside = group == i
            if not inside.any() or inside.all():
                continue
            lacks = _beyond(frame, name, inside) if name in numbers else _absent(frame, name, inside)
            if lacks:
                notes.append(f"{lacks} among those in {level}: there its adjusted curve is extrapolated by the model.")
    return tuple(notes)


def _absent(frame: pd.DataFrame, name: str, inside: BoolArray) -> str:
    """Levels that several patients have, but none of the group."""
    codes, levels = category_codes(frame[name])
    everybody = np.bincount(codes[codes >= 0], minlength=len(levels))
    own = np.bincount(codes[inside & (codes >= 0)], minlength=len(levels))
    gone = [levels[i] for i in np.flatnonzero((everybody >= FEWEST) & (own == 0))]
    return f"Nobody with {name} {' or '.join(gone)} is" if gone else ""


def _beyond(frame: pd.DataFrame, name: str, inside: BoolArray) -> str:
    """A number that many patients have outside the range of the group."""
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = float(values[inside].min()), float(values[inside].max())
    share = float(((values < low) | (values > high)).mean())
    if share < SHARE:
        return ""
    span = f"{format_number(low)} to {format_number(high)}"
    return f"{round(100 * share)} % of the patients have a value of {name} outside the {span} found"
