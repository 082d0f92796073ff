"""Under the balanced comparison: may it be something else after all? And the options of these checks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.cohort.values import codes_of
from core.reporting.balance_checks_report import (
    control_sentence,
    doubly_robust_sentence,
    hidden_factor_sentence,
    imputed_table,
    imputed_variables_table,
)
from core.reporting.labels import column_label, endpoint_label
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import imputed_values, tables
from ui.grouping import candidates
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import switch

MOST_TERMS = 20
NONE = "None"
EARLY = "Early events of this endpoint"


def show(result: AnalysisResult) -> None:
    """E-value, doubly robust difference, negative control, and what comes out with imputed covariates."""
    st.header("Could it be something else?")
    said = [hidden_factor_sentence(result), doubly_robust_sentence(result), control_sentence(result)]
    for line in said:
        if line:
            st.markdown(tables.prose(line))
    if not said[-1]:
        st.caption("A negative control, an outcome that the treatment cannot have changed, is chosen under Options.")
    found = all_tables(result)
    if found:
        with st.expander("Missing values imputed, and what comes out without it", expanded=True):
            for table in found.values():
                tables.show(table, footnotes=False)
                st.caption(tables.prose(table.footnotes[0]))
            assert result.balance.checks is not None
            assert result.balance.checks.imputed is not None
            imputed_values.pictures(result.balance.checks.imputed.imputed)


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Tables of the checks, for the screen and for files."""
    made = {"Imputed beside left out": imputed_table(result), "Imputed values": imputed_variables_table(result)}
    return {name: table for name, table in made.items() if table is not None}


def choose_checks(cohort: Cohort, selection: Selection, factors: list[str]) -> dict[str, Any]:
    """Draw the options of the checks, as keys of the specification."""
    chosen = _control(cohort, selection, factors)
    missing = any(cohort.patients.frame[name].isna().any() for name in factors)
    imputes = missing and switch("Impute missing factors (20 completed tables)", "balance_impute", start=False)
    return {"negative_control": chosen, **({"missing": "impute"} if imputes else {})}


def _frequent_terms(cohort: Cohort) -> list[str]:
    """Terms of adverse events, the most frequent first."""
    events = cohort.adverse_events
    column = None if events is None else events.with_role("ae_term")
    if events is None or column is None:
        return []
    codes, terms = codes_of(events, column)
    counts = Counter(codes[codes >= 0].tolist())
    return [terms[code] for code, _ in counts.most_common(MOST_TERMS)]


def _control(cohort: Cohort, selection: Selection, factors: list[str]) -> dict[str, Any] | None:
    """An outcome that the treatment cannot have changed."""
    offered: dict[str, dict[str, Any] | None] = {NONE: None, EARLY: {}}
    for name in cohort.spec.endpoints:
        if name != selection.endpoint:
            label = endpoint_label(name)
            offered[f"{label[:1].upper()}{label[1:]} ({name})"] = {"endpoint": name}
    group = None if selection.group is None else selection.group.column
    for name in candidates(cohort):
        column = cohort.patients.column(name)
        if name in (*factors, group) or (column.kind != "number" and len(levels_of(cohort.patients, name)) != 2):
            continue
        offered[column_label(name)] = {"column": name}
    for term in _frequent_terms(cohort):
        offered[f"Adverse event: {term}"] = {"adverse_event": term}
    picked = st.selectbox(
        "Negative control",
        list(offered),
        help="Something the treatment cannot have changed: a value known at the start, early events, another endpoint. "
        "Made alike, the groups should not differ in it.",
        key=f"balance_control_{cohort.digest[:12]}_{selection.endpoint}_{group}",
        persist_state="session",
    )
    if picked != EARLY:
        return offered.get(picked or NONE)
    within = st.number_input(
        "Events up to", min_value=0.01, value=1.0, key=f"balance_early_{cohort.digest[:12]}", persist_state="session"
    )
    return {"within": within or 1.0}
