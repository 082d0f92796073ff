"""How missing values were imputed, for the method and as R writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.spec import CoxSpec


def imputation_words(spec: CoxSpec) -> Iterator[str]:
    """How missing values were imputed, for the method."""
    if spec.missing == "impute":
        asked = spec.imputation
        yield (
            f"missing values imputed by chained equations ({asked.sets} tables, {asked.iterations} rounds, seed "
            f"{asked.seed}; numbers by predictive mean matching, levels by logistic regression; event and Nelson-Aalen "
            "cumulative hazard among the predictors), pooled by Rubin's rules (degrees of freedom of Barnard and Rubin)"
        )


def r_imputed(call: str, spec: CoxSpec) -> str:
    """The R call of a model of completed tables."""
    if spec.missing != "impute":
        return call
    asked = spec.imputation
    return f"pool(with(mice(d, m = {asked.sets}, maxit = {asked.iterations}, seed = {asked.seed}), {call}))"
