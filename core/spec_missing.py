"""What is done about missing values of covariates.

Belongs here: the keys of multiple imputation. Does not belong here: which patients lack a value (that needs the
cohort).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.spec_part import Part
from core.spec_survival import SEED

Missing: TypeAlias = Literal["leave-out", "impute"]


class ImputationSpec(Part):
    """Multiple imputation by chained equations.

    Attributes
    ----------
    sets : int
        Completed tables.
    iterations : int
        Rounds through the variables before a table is taken.
    also : tuple of str
        Columns that help to predict missing values and are in no model.
    seed : int
    """

    sets: Annotated[int, Field(ge=2, le=200)] = 20
    iterations: Annotated[int, Field(ge=1, le=100)] = 10
    also: tuple[str, ...] = ()
    seed: Annotated[int, Field(ge=0)] = SEED
