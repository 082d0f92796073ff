"""What is done about missing values of covariates.

Belongs here: the keys of multiple imputation. Does not belong here: which patients lack a value (that needs the
cohort).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from core.spec_part import Part
from core.spec_survival import SEED

if TYPE_CHECKING:
    from core.spec_hazards import CoxSpec

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


def refuse_with_imputation(analysis: CoxSpec) -> None:
    """Refuse what cannot be pooled over completed tables.

    Raises
    ------
    ValueError
        If values are to be imputed and the model selects covariates, or has parts that the imputation does not know.
    """
    if analysis.missing != "impute":
        return
    selects = analysis.mode == "backward" or (
        analysis.mode == "univariable-then-multivariable" and analysis.enter_below < 1
    )
    if selects:
        raise ValueError("with imputed values no factors are selected: each completed table would select others")
    unknown = {
        "curves": analysis.splines,
        "interactions": analysis.interactions,
        "treatments that start later": analysis.time_dependent,
        "hazard ratios per period": analysis.time_splits,
        "case weights": analysis.weights,
        "Firth's penalty": analysis.penalty,
        "profile likelihood": analysis.intervals == "profile",
    }
    named = [what for what, asked in unknown.items() if asked]
    if named:
        raise ValueError(f"values are not imputed for models with {' and '.join(named)}")
