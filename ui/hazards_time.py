"""Options of a hazard model over time: own baselines, a hazard ratio per period, treatments that start later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label
from core.spec import EndpointSpec
from ui.grouping import candidates
from ui.model_options import ModelOptions
from ui.screen import st
from ui.selection import Selection

STRATIFY, SPLIT, LATER = "Stratify by", "Split time of", "Treatment that starts later"
SPLIT_FIRST = {"days": 365.0, "weeks": 52.0, "months": 12.0, "years": 1.0}
_NOT_TIMES = ("patient_id", "weight", "entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOptions:
    """What changes over time; ``question`` turns it into keys of the specification."""

    strata: tuple[str, ...] = ()
    splits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    later: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    def factors(self, covariates: Sequence[str]) -> list[str]:
        """The factors of the model: a stratum has no hazard ratio, a treatment that starts later has one."""
        own = [name for name in covariates if name not in self.later]
        return [*([name for name in own if name not in self.strata] or own), *self.later]

    def question(self, factors: Sequence[str]) -> dict[str, Any]:
        """What concerns these factors, for Cox regression."""
        return {
            **self.checked(factors),
            "time_splits": {name: cuts for name, cuts in self.splits.items() if name in factors},
        }

    def checked(self, factors: Sequence[str]) -> dict[str, Any]:
        """What concerns these factors in the test of proportional hazards too."""
        return {
            "strata": [name for name in self.strata if name not in factors],
            "time_dependent": {name: dict(later) for name, later in self.later.items() if name in factors},
        }


def choose_time(cohort: Cohort, selection: Selection, covariates: Sequence[str], model: ModelOptions) -> TimeOptions:
    """Draw the widgets inside the options and read them."""
    endpoint = cohort.spec.endpoints[selection.endpoint or ""]
    categories = [name for name in candidates(cohort) if cohort.patients.column(name).kind == "category"]
    strata = st.multiselect(
        STRATIFY,
        categories,
        format_func=column_label,
        disabled=not categories,
        help="Each value has a hazard of its own over time, and no hazard ratio.",
        key=f"cox_strata_{cohort.digest[:12]}",
        persist_state="session",
    )
    shaped = {*model.splines, *(name for pair in model.interactions for name in pair), *strata}
    return TimeOptions(
        strata=tuple(strata),
        splits=_splits(cohort, endpoint, [name for name in covariates if name not in shaped]),
        later=_later(cohort, endpoint),
    )


def _splits(cohort: Cohort, endpoint: EndpointSpec, covariates: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """One factor with a hazard ratio before and one after a time."""
    name = st.selectbox(
        SPLIT,
        covariates,
        index=None,
        format_func=column_label,
        placeholder="No factor",
        help="Gives this factor one hazard ratio before and one after the time below, and tests whether they differ.",
        key=f"cox_split_{cohort.digest[:12]}_{'_'.join(covariates)}",
        persist_state="session",
    )
    at = st.number_input(
        f"Split time at ({endpoint.unit})",
        min_value=0.01,
        value=SPLIT_FIRST[endpoint.unit],
        disabled=name is None,
        key=f"cox_split_at_{endpoint.unit}",
        persist_state="session",
    )
    return {} if name is None else {name: (float(at),)}


def _later(cohort: Cohort, endpoint: EndpointSpec) -> dict[str, dict[str, str | None]]:
    """A treatment whose start a column holds; it enters the model as one factor more."""
    columns = _start_columns(cohort, endpoint)
    column = st.selectbox(
        LATER,
        columns,
        index=None,
        format_func=column_label,
        placeholder="None",
        disabled=not columns,
        help="The column with the day or date on which it starts; empty means never. Patients count as untreated until "
        "then, so that those who lived long enough to get it have no head start.",
        key=f"cox_later_{cohort.digest[:12]}_{endpoint.from_dates}",
        persist_state="session",
    )
    is_time = column is not None and cohort.patients.column(column).kind == "number"
    unit = st.selectbox(
        "Its start is in",
        list(SPLIT_FIRST),
        index=list(SPLIT_FIRST).index(endpoint.unit),
        disabled=not is_time,
        key=f"cox_later_unit_{endpoint.unit}",
        persist_state="session",
    )
    if column is None:
        return {}
    return {f"{column_label(column)} (started)": {"starts": column, "unit": unit if is_time else None}}


def _start_columns(cohort: Cohort, endpoint: EndpointSpec) -> list[str]:
    """Columns that may hold a start: numbers of no endpoint, and dates where the endpoint is built from dates."""
    taken = {name for other in cohort.spec.endpoints.values() for name in other.columns}
    kinds = ("number", "date") if endpoint.from_dates else ("number",)
    columns = cohort.patients.columns
    return [c.name for c in columns if c.kind in kinds and c.name not in taken and c.role not in _NOT_TIMES]
