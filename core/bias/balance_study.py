"""Two groups that were not drawn by lot: who is in them, and what they are to be alike in.

Belongs here: the data that all ways of balancing share. Does not belong here: any one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.errors import TooFewEventsError
from core.regression.design import Design
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent

FEWEST = 10  # patients of a group


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BalanceStudy:
    """Patients with a value of every covariate, one row each.

    Attributes
    ----------
    data : TimeToEvent, n patients
    treated : bool array, shape (n,)
        In the group that is not the reference.
    column : str
        The column that makes the groups.
    levels : tuple of str
        Names of the reference and of the other group; ratios are of the second over the first.
    frame : DataFrame, n rows
        The covariates.
    design : Design
        Their matrix, without the group.
    kinds : dict of column to kind
    conf_level : float
    exact : int array, shape (n,), or None
        Codes of what the matched must have in common.
    """

    data: TimeToEvent
    treated: BoolArray
    column: str
    levels: tuple[str, str]
    frame: pd.DataFrame
    design: Design
    kinds: dict[str, str]
    conf_level: float = 0.95
    exact: IntArray | None = None

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.data.n

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates."""
        return self.design.covariates

    @property
    def sizes(self) -> tuple[int, int]:
        """Patients of the reference and of the other group."""
        n_treated = int(np.count_nonzero(self.treated))
        return self.n - n_treated, n_treated

    def subset(self, rows: IntArray | BoolArray) -> BalanceStudy:
        """Some of the patients, by positions (a position may stand several times) or flags."""
        positions = np.arange(self.n)[rows]
        return replace(
            self,
            data=self.data.subset(positions),
            treated=self.treated[positions],
            exact=None if self.exact is None else self.exact[positions],
            frame=self.frame.take(positions).reset_index(drop=True),
            design=replace(
                self.design,
                matrix=self.design.matrix[positions],
                complete=np.ones(positions.size, dtype=np.bool_),
            ),
        )


def refuse_too_few(study: BalanceStudy) -> None:
    """Balancing needs patients and events.

    Raises
    ------
    TooFewEventsError
        If a group has fewer than 10 patients with a value of every covariate, or nobody has the event.
    """
    for level, n in zip(study.levels, study.sizes, strict=True):
        if n < FEWEST:
            raise TooFewEventsError(
                f"Balancing needs at least {FEWEST} patients with a value of every covariate in each group; "
                f"{level} has {n}.",
                hint="Choose covariates with fewer missing values, or a group with more patients.",
            )
    if not study.data.n_events:
        raise TooFewEventsError("Nobody has the event: there is no hazard ratio.", hint="Choose another endpoint.")


def kish(weights: FloatArray) -> float:
    """Effective sample size of weighted patients, (sum of weights) squared over the sum of their squares; 0 of none."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0
