"""Options of the page of balance: what is to be alike, by which method, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label
from ui.first_factors import first_factors
from ui.grouping import candidates
from ui.hazards_options import own_analysis
from ui.selection import Selection
from ui.survival_options import choose_conf_level, switch

START_WITH = 4
NOT_KNOWN_AT_START = frozenset({"best_response"})
METHODS = {
    "iptw": "Inverse probability of treatment (IPTW)",
    "overlap": "Overlap weights",
}
ESTIMANDS = {"ate": "all patients", "att": "patients like those of the other group"}
CRUMP = (0.1, 0.9)
PERCENTILES = (0.01, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    method: str
    estimand: str
    stabilised: bool
    trim: bool
    truncate: bool
    conf_level: float

    def question(self, endpoint: str, factors: Sequence[str]) -> dict[str, Any]:
        """The question of the page."""
        return {
            "kind": "balance",
            "endpoint": endpoint,
            "covariates": list(factors),
            "method": self.method,
            "estimand": self.estimand,
            "stabilised": self.stabilised,
            "trim": CRUMP if self.trim else None,
            "truncate": PERCENTILES if self.truncate else None,
            "conf_level": self.conf_level,
        }


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """What is made alike; starts with the factors of the cohort's own regression, or the first known at the start."""
    group = None if selection.group is None else selection.group.column
    free = [
        name
        for name in candidates(cohort)
        if name != group and cohort.patients.column(name).role not in NOT_KNOWN_AT_START
    ]
    own = own_analysis(selection)
    start = [name for name in own.covariates if name in free] if own is not None else []
    return st.multiselect(
        "Make alike",
        free,
        default=start or first_factors(cohort, selection, free, START_WITH),
        format_func=column_label,
        help="What was known at the start and may have decided the treatment or goes with the outcome. Nothing that "
        "happened later.",
        key=f"balance_factors_{cohort.digest[:12]}_{group}",
        persist_state="session",
    )


def choose_options(cohort: Cohort, selection: Selection, factors: Sequence[str]) -> BalanceOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        method = st.selectbox(
            "Method shown",
            list(METHODS),
            format_func=METHODS.__getitem__,
            help="All methods are computed and stand in the figure; this one gives the answer, the balance and the "
            "curves.",
            key="balance_method",
            persist_state="session",
        )
        estimand = st.radio(
            "IPTW speaks for",
            list(ESTIMANDS),
            format_func=ESTIMANDS.__getitem__,
            key="balance_estimand",
            persist_state="session",
        )
        return BalanceOptions(
            method=method or "iptw",
            estimand=estimand or "ate",
            stabilised=switch("Stabilised weights", "balance_stabilised", start=True),
            trim=switch("Only scores from 0.1 to 0.9 (Crump)", "balance_trim", start=False),
            truncate=switch("Weights truncated at their 1st and 99th percentile", "balance_truncate", start=False),
            conf_level=choose_conf_level("balance_conf_level"),
        )
