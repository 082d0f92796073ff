"""How a hazard model is fitted: ties, confidence level, penalty and kind of interval."""

from __future__ import annotations

from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label
from ui.grouping import candidates
from ui.screen import st
from ui.survival_options import choose_conf_level, choose_weights

TIES = {"efron": "Efron (R)", "breslow": "Breslow (SPSS, SAS)", "exact": "Exact (times rounded coarsely)"}
INTERVALS = {"wald": "Wald (R, SPSS, SAS)", "profile": "Profile likelihood (few events)"}


def choose_fitting(cohort: Cohort) -> dict[str, Any]:
    """Draw the options and read them, as keys of the specification."""
    ties = st.selectbox(
        "Tied event times", list(TIES), format_func=lambda name: TIES[name], key="cox_ties", persist_state="session"
    )
    conf_level = choose_conf_level("cox_conf_level")
    firth = st.checkbox(
        "Firth's penalty (when a group has no or few events)",
        key="cox_firth",
        persist_state="session",
        disabled=ties == "exact",
        help="Not with exact ties." if ties == "exact" else None,
    )
    penalised = firth and ties != "exact"
    intervals = st.selectbox(
        "Kind of interval",
        list(INTERVALS),
        format_func=lambda name: INTERVALS[name],
        key="cox_intervals",
        persist_state="session",
        disabled=penalised,
        help="Firth's are profile likelihood." if penalised else None,
    )
    missing = _missing(disabled=penalised or intervals == "profile")
    robust = _robust(cohort) if not penalised and intervals != "profile" and ties != "exact" else {}
    return (
        robust
        | missing
        | {
            "ties": ties or "efron",
            "conf_level": conf_level,
            "penalty": "firth" if penalised else None,
            "intervals": "wald" if penalised else intervals or "wald",
        }
    )


def _missing(*, disabled: bool) -> dict[str, Any]:
    """What becomes of patients without a value of a factor."""
    imputes = st.checkbox(
        "Impute missing values (20 completed tables)",
        key="cox_impute",
        persist_state="session",
        disabled=disabled,
        help="Otherwise patients without a value are left out. Not with a selection of factors, curves, interactions, "
        "case weights or hazard ratios over time.",
    )
    return {"missing": "impute"} if imputes and not disabled else {}


def _robust(cohort: Cohort) -> dict[str, Any]:
    """Case weights, and who is alike; both give robust standard errors."""
    cluster = st.selectbox(
        "Robust standard errors by",
        candidates(cohort),
        index=None,
        placeholder="not robust",
        format_func=column_label,
        help="For patients who are alike, such as those of one centre.",
        key=f"cox_cluster_{cohort.digest[:12]}",
        persist_state="session",
    )
    return {"cluster": cluster, "weights": choose_weights(cohort, "cox_weights")}
