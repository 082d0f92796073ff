"""Columns that tell the outcome: cause of death, vital status, a second way to write the event.

Belongs here: noticing such a column, so that no page starts with it among the factors. Does not belong here: which
columns are offered (``ui.grouping``); who wants it as a factor may still choose it.
"""

from __future__ import annotations

import numpy as np

from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of

MOST_LEVELS = 12  # with more, a level may hold one patient and tell the event by chance
FEWEST = 5  # events, and patients without: with fewer, all or none of a level may be chance


def tells_event(subset: AnalysisSet, column: str) -> bool:
    """Whether every level of a category holds only patients with the event, or only patients without.

    A value that only patients with the event have tells it as well.

    Parameters
    ----------
    subset : AnalysisSet
        With an endpoint; without one the answer is False.
    column : str

    Returns
    -------
    bool
        False where there are few events, few patients without one, or many levels.
    """
    codes, levels = codes_of(subset.cohort.patients, column)
    if subset.data is None or not 0 < len(levels) <= MOST_LEVELS:
        return False
    kept = codes[subset.positions] + 1  # no value is a level too: a cause of death is known of the dead only
    event = subset.data.event.astype(np.bool_)
    counts = [np.bincount(kept[rows], minlength=len(levels) + 1) for rows in (event, ~event)]
    mixed = (counts[0] > 0) & (counts[1] > 0)
    enough = min(int(count[~mixed].sum()) for count in counts) >= FEWEST
    return enough and not mixed[1:].any()
