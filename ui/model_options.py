"""Options of how the multivariable model is built: what always stays, what may bend, what may depend on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label
from ui.screen import st

KNOTS = (3, 4, 5, 6, 7)
MOST_SPLINE_KNOTS = 4  # the usual choice for 30 to 100 events and more
BETWEEN = " × "


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """How the model with all factors is built; ``question`` turns it into keys of the specification."""

    forced: tuple[str, ...] = ()
    splines: Mapping[str, int] = field(default_factory=dict)
    interactions: tuple[tuple[str, str], ...] = ()

    def question(self, covariates: Sequence[str]) -> dict[str, Any]:
        """What concerns these covariates, for Cox regression and for the test of proportional hazards."""
        there = set(covariates)
        return {
            "splines": {name: knots for name, knots in self.splines.items() if name in there},
            "interactions": [pair for pair in self.interactions if set(pair) <= there],
        }


def choose_model(cohort: Cohort, covariates: Sequence[str], *, selects: bool) -> ModelOptions:
    """Draw the widgets inside the options and read them; ``selects``: whether factors may be left out of the model."""
    forced = st.multiselect(
        "Always keep",
        covariates,
        format_func=column_label,
        disabled=not selects,
        help="Stays in the model with all factors whatever its P or its AIC.",
        key=_key(cohort, "forced", covariates),
        persist_state="session",
    )
    kinds = {column.name: column.kind for column in cohort.patients.columns}
    numbers = [name for name in covariates if kinds.get(name) == "number"]  # a column of a choice is in no file
    curved = st.multiselect(
        "Curve instead of a straight line for",
        numbers,
        format_func=column_label,
        disabled=not numbers,
        help="The hazard may first fall and then rise with it (restricted cubic spline).",
        key=_key(cohort, "curves", covariates),
        persist_state="session",
    )
    knots = st.segmented_control(
        "Knots of a curve",
        KNOTS,
        default=MOST_SPLINE_KNOTS,
        disabled=not curved,
        help="More knots bend more and need more events.",
        key="cox_knots",
        persist_state="session",
        required=True,
    )
    return ModelOptions(
        forced=tuple(forced),
        splines={name: int(knots or MOST_SPLINE_KNOTS) for name in curved},
        interactions=_interactions(cohort, [name for name in covariates if name not in curved]),
    )


def _interactions(cohort: Cohort, covariates: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of factors, the earlier one first: its hazard ratio is shown at each value of the other."""
    pairs = {f"{column_label(a)}{BETWEEN}{column_label(b)}": (a, b) for a, b in combinations(covariates, 2)}
    chosen = st.multiselect(
        "Interactions",
        list(pairs),
        disabled=not pairs,
        help="Whether the hazard ratio of the first factor depends on the second.",
        key=_key(cohort, "interactions", covariates),
        persist_state="session",
    )
    return tuple(pairs[name] for name in chosen)


def _key(cohort: Cohort, what: str, covariates: Sequence[str]) -> str:
    """A widget's key: what was chosen stays as long as there are the same factors to choose from."""
    return f"cox_{what}_{cohort.digest[:12]}_{'|'.join(covariates)}"
