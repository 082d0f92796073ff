"""Options of the hazards page: which model, how it is fitted, and reference levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.reporting.labels import column_label
from core.spec import CoxSpec
from ui import cohorts
from ui.hazards_fitting import choose_fitting
from ui.hazards_time import TimeOptions, choose_time
from ui.model_options import ModelOptions, choose_model
from ui.screen import st
from ui.selection import Selection

ALL_TOGETHER = "Each factor alone, then all together"
SELECTED = "Each factor alone, then those with P below"
BACKWARD = "Each factor alone, then backward by AIC"
ALONE = "Each factor alone"
MODES = (ALL_TOGETHER, SELECTED, BACKWARD, ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardOptions:
    """Options of the hazards page; ``question`` turns them into keys of the specification."""

    mode: str
    enter_below: float
    fitting: Mapping[str, Any]
    references: Mapping[str, str]
    model: ModelOptions
    time: TimeOptions

    def question(self, endpoint: str, covariates: Sequence[str]) -> dict[str, Any]:
        """The Cox question."""
        factors = self.time.factors(covariates)
        return {
            "kind": "cox",
            "endpoint": endpoint,
            "covariates": factors,
            "mode": {ALONE: "univariable", BACKWARD: "backward"}.get(self.mode, "univariable-then-multivariable"),
            "enter_below": self.enter_below if self.mode == SELECTED else 1.0,
            **self.fitting,
            "e_values": "auto",
            "references": {name: level for name, level in self.references.items() if name in factors},
            "forced": [name for name in self.model.forced if name in factors],
            **self.model.question(factors),
            **self.time.question(factors),
        }


def own_analysis(selection: Selection) -> CoxSpec | None:
    """The Cox analysis that a sample's specification asks for."""
    if selection.cohort not in cohorts.SAMPLES:
        return None
    analyses = cohorts.sample(selection.cohort)[1].analyses
    return next((analysis for analysis in analyses if isinstance(analysis, CoxSpec)), None)


def choose_options(cohort: Cohort, selection: Selection, covariates: Sequence[str]) -> HazardOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        of_model, over_time, of_fit = st.tabs(["Model", "Over time", "Fit"])
        with of_model:
            mode, enter_below = _model(selection)
            model = choose_model(cohort, covariates, selects=mode in (SELECTED, BACKWARD))
        with over_time:
            time = choose_time(cohort, selection, covariates, model)
        with of_fit:
            fitting = choose_fitting(cohort)
    return HazardOptions(
        mode=mode,
        enter_below=enter_below,
        fitting=fitting,
        references=_references(cohort, selection, covariates),
        model=model,
        time=time,
    )


def _model(selection: Selection) -> tuple[str, float]:
    """Which factors are together in one model."""
    own = own_analysis(selection)
    start = MODES.index(SELECTED) if own is not None and own.mode == "univariable-then-multivariable" else 0
    mode = st.radio("Model", MODES, index=start, key=f"cox_mode_{selection.cohort}", persist_state="session")
    enter_below = st.number_input(
        "P below", 0.001, 1.0, 0.1, step=0.05, disabled=mode != SELECTED, key="cox_enter", persist_state="session"
    )
    return mode or ALL_TOGETHER, enter_below


def _own_references(selection: Selection) -> dict[str, str]:
    """Reference levels that a sample's own analysis names."""
    own = own_analysis(selection)
    return {} if own is None else {name: str(level) for name, level in own.references.items()}


def _references(cohort: Cohort, selection: Selection, covariates: Sequence[str]) -> dict[str, str]:
    """Reference levels by factor; that of the compared groups stands in the sidebar."""
    known = _own_references(selection)
    grouped = None if selection.group is None else selection.group.column
    categories = [n for n in covariates if n != grouped and cohort.patients.column(n).kind == "category"]
    found: dict[str, str] = {}
    with st.popover("Reference levels", disabled=not categories):
        for name in categories:
            levels = levels_of(cohort.patients, name)
            chosen = st.selectbox(
                column_label(name),
                levels,
                index=levels.index(known[name]) if known.get(name) in levels else 0,
                key=f"cox_reference_{cohort.digest[:12]}_{name}",
                persist_state="session",
            )
            if chosen is not None and levels and chosen != levels[0]:
                found[name] = chosen
    return found
