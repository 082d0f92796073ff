"""Who and what a fit is about: the complete rows, and the columns of the design to estimate.

Belongs here: dropping incomplete rows, dense codes. Does not belong here: risk sets and standard units (``problem``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import TooFewEventsError
from core.regression.design import Design
from core.spec import CoxTies
from core.timetoevent import IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """What a fit is about, before and after it.

    Attributes
    ----------
    data : TimeToEvent
        The n complete rows.
    design : Design
    strata, cluster : int arrays, shape (n,), or None
        Dense codes.
    ties : {'efron', 'breslow', 'exact'}
    kept : int array, shape (n_kept,)
        Columns of the design to estimate.
    reasons : dict of column to str
        Why the other columns are left out.
    """

    data: TimeToEvent
    design: Design
    strata: IntArray | None
    cluster: IntArray | None
    ties: CoxTies
    kept: IntArray
    reasons: dict[int, str]

    @property
    def groups(self) -> dict[str, IntArray]:
        """Positions among the kept columns of each covariate of the design, and of each interaction."""
        terms = [self.design.terms[j].term for j in self.kept]
        return {
            name: np.array([i for i, term in enumerate(terms) if term == name], dtype=np.int64)
            for name in (*self.design.covariates, *self.design.products)
        }


def complete_rows(
    data: TimeToEvent, design: Design, *, strata: IntArray | None = None, cluster: IntArray | None = None
) -> tuple[TimeToEvent, IntArray | None, IntArray | None]:
    """The rows with a value in every covariate, and their codes, made dense.

    Raises
    ------
    TooFewEventsError
        If no rows are complete.
    """
    rows = design.complete
    if data.n != rows.size:
        raise ValueError(f"the design has {rows.size} rows, the data {data.n}")
    if not rows.any():
        raise TooFewEventsError(
            f"No patients have a value in every covariate ({', '.join(design.covariates)}).",
            hint="Leave out the covariates with the most missing values.",
        )
    if rows.all():
        return data, _dense(strata), _dense(cluster)
    kept = [None if codes is None else _dense(codes[rows]) for codes in (strata, cluster)]
    return data.subset(rows), kept[0], kept[1]


def _dense(codes: IntArray | None) -> IntArray | None:
    return None if codes is None else np.unique(codes, return_inverse=True)[1].reshape(-1)
