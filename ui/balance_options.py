"""Options of the page of balance: what is to be alike, by which method, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label
from ui.balance_checks import choose_checks
from ui.first_factors import first_factors, say_gaps, without_gaps
from ui.grouping import candidates
from ui.hazards_options import own_analysis
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import choose_conf_level, switch

START_WITH = 4
NOT_KNOWN_AT_START = frozenset({"best_response"})
METHODS = {
    "iptw": "IPTW (inverse probability)",
    "overlap": "Overlap weights",
    "matching": "Matching on the propensity score",
    "entropy": "Entropy balancing",
}
ESTIMANDS = {"ate": "all patients", "att": "patients like those of the other group"}
CRUMP = (0.1, 0.9)
PERCENTILES = (0.01, 0.99)
FEWER_DRAWS = 50
MANY_PATIENTS = 2_000
KNOTS = 4
ENOUGH_VALUES = 8  # distinct ones, for a curve


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    method: str
    estimand: str
    stabilised: bool
    trim: bool
    truncate: bool
    matching: Mapping[str, Any]
    curved: tuple[str, ...]
    tau: float | None
    conf_level: float
    checks: Mapping[str, Any]

    def question(self, endpoint: str, factors: Sequence[str], *, n: int) -> dict[str, Any]:
        """The question of the page."""
        asked: dict[str, Any] = {
            "kind": "balance",
            "endpoint": endpoint,
            "covariates": list(factors),
            "method": self.method,
            "estimand": self.estimand,
            "stabilised": self.stabilised,
            "trim": CRUMP if self.trim else None,
            "truncate": PERCENTILES if self.truncate else None,
            "matching": dict(self.matching),
            "splines": {name: KNOTS for name in self.curved if name in factors},
            "tau": self.tau,
            "conf_level": self.conf_level,
            **self.checks,
        }
        return asked | ({"draws": FEWER_DRAWS} if n > MANY_PATIENTS else {})


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """What is made alike; starts with the factors of the cohort's own regression, or the first known at the start."""
    group = None if selection.group is None else selection.group.column
    free = _free(cohort, selection)
    chosen = st.multiselect(
        "Make alike",
        free,
        default=start_with(cohort, selection),
        format_func=column_label,
        help="What was known at the start and may have decided the treatment or goes with the outcome. Nothing that "
        "happened later.",
        key=f"balance_factors_{cohort.digest[:12]}_{group}",
        persist_state="session",
    )
    if own_analysis(selection) is None:
        say_gaps(cohort, selection, free, chosen)
    return chosen


def start_with(cohort: Cohort, selection: Selection) -> list[str]:
    """The factors that the page starts with."""
    free = _free(cohort, selection)
    own = own_analysis(selection)
    start = [name for name in own.covariates if name in free] if own is not None else []
    return start or first_factors(cohort, selection, without_gaps(cohort, selection, free), START_WITH)


def _free(cohort: Cohort, selection: Selection) -> list[str]:
    """Factors that may be made alike: not the group's own, and none known only later."""
    group = () if selection.group is None else (selection.group.column, *selection.group.chosen_by)
    return [
        name
        for name in candidates(cohort)
        if name not in group and cohort.patients.column(name).role not in NOT_KNOWN_AT_START
    ]


def choose_options(cohort: Cohort, selection: Selection, factors: Sequence[str], *, unit: str) -> BalanceOptions:
    """Draw the options popover and read it; ``unit`` is that of the endpoint."""
    with st.popover("Options"):
        method = st.selectbox(
            "Method shown",
            list(METHODS),
            format_func=METHODS.__getitem__,
            help="All methods are computed and stand in the figure; this one gives the answer, the balance and the "
            "curves. Choose it before looking at the results.",
            key="balance_method",
            persist_state="session",
        )
        weights, matching, models, checked = st.tabs(["Weights", "Matching", "Score", "Checks"])
        with weights:
            estimand, switches = _weights()
        with matching:
            matched = _matching(cohort, selection, factors)
        with models:
            curved = _curved(cohort, factors)
            tau = st.number_input(
                f"Restricted means up to ({unit})",
                min_value=0.01,
                value=None,
                placeholder="End of the shorter follow-up",
                key=f"balance_tau_{unit}",
                persist_state="session",
            )
            conf_level = choose_conf_level("balance_conf_level")
        with checked:
            checks = choose_checks(cohort, selection, list(factors))
    stabilised, trim, truncate = switches
    return BalanceOptions(
        method=method or "iptw",
        estimand=estimand,
        stabilised=stabilised,
        trim=trim,
        truncate=truncate,
        matching=matched,
        curved=curved,
        tau=tau,
        conf_level=conf_level,
        checks=checks,
    )


def _weights() -> tuple[str, tuple[bool, bool, bool]]:
    """For whom IPTW and entropy balancing speak; whether weights are stabilised, trimmed, truncated."""
    estimand = st.radio(
        "IPTW and entropy balancing speak for",
        list(ESTIMANDS),
        format_func=ESTIMANDS.__getitem__,
        key="balance_estimand",
        persist_state="session",
    )
    return estimand or "ate", (
        switch("Stabilised weights", "balance_stabilised", start=True),
        switch("IPTW: only scores from 0.1 to 0.9 (Crump)", "balance_trim", start=False),
        switch("IPTW: weights truncated at their 1st and 99th percentile", "balance_truncate", start=False),
    )


def _matching(cohort: Cohort, selection: Selection, factors: Sequence[str]) -> dict[str, Any]:
    """How patients are matched."""
    caliper = st.number_input(
        "Caliper (standard deviations of the logit)",
        min_value=0.01,
        value=0.2,
        step=0.05,
        help="Patients farther apart are not matched. 0.2 is usual. Empty: no caliper.",
        key="balance_caliper",
        persist_state="session",
    )
    ratio = st.number_input(
        "Patients of the reference per patient", 1, 5, 1, key="balance_ratio", persist_state="session"
    )
    replace = switch("With replacement", "balance_replace", start=False)
    exact = st.multiselect(
        "The same in",
        [name for name in factors if cohort.patients.column(name).kind == "category"],
        format_func=column_label,
        help="The matched must have the same value here.",
        key=f"balance_exact_{cohort.digest[:12]}_{selection.group.column if selection.group else ''}",
        persist_state="session",
    )
    return {"caliper": caliper, "ratio": int(ratio or 1), "replace": replace, "exact": list(exact)}


def _curved(cohort: Cohort, factors: Sequence[str]) -> tuple[str, ...]:
    """Numbers that enter along a curve."""
    frame = cohort.patients.frame
    numbers = [
        name
        for name in factors
        if cohort.patients.column(name).kind == "number" and frame[name].nunique() >= ENOUGH_VALUES
    ]
    chosen = st.multiselect(
        "Along a curve, not a straight line",
        numbers,
        format_func=column_label,
        help="Restricted cubic splines with four knots, in the propensity score and the models: each costs two more "
        "coefficients.",
        key=f"balance_curved_{cohort.digest[:12]}",
        persist_state="session",
    )
    return tuple(chosen)
