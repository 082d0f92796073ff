"""Options of Table 1: tests and summaries of single variables, columns under one heading, percentages, decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.cohort.values import YES, fold
from core.patients.choice import FOR_CATEGORIES, FOR_NUMBERS
from core.reporting.labels import column_label
from core.spec import BaselineSpec
from ui.screen import st

RULES = {
    "auto": "By size and skewness: t-test, ANOVA or ranks",
    "t": "Welch's t-test (ANOVA)",
    "wilcoxon": "Wilcoxon's rank-sum (Kruskal-Wallis)",
}
SUMMARIES = {"auto": "As the test: ranks get the median", "mean": "Mean ± SD", "median": "Median (quartiles)"}
TESTS = {
    "auto": "By the rule",
    "welch": "Welch (t-test, ANOVA)",
    "student": "Student's t-test, one-way ANOVA",
    "wilcoxon": "Wilcoxon, Kruskal-Wallis",
    "pearson": "Pearson chi-squared",
    "fisher": "Fisher exact",
    "trend": "Trend over the order",
    "none": "No test",
}
SHARES = {
    ("column", "known"): "Of the group, known values",
    ("column", "all"): "Of the group, all patients",
    ("row", "known"): "Of the row",
}
MISSING = {"row": "In a row of their own", "excluded": "Left out, counted below the table"}
BY_SIZE = "By size"


def choose(cohort: Cohort, variables: Sequence[str], start: BaselineSpec | None) -> dict[str, Any]:
    """Draw the options popover; what it says in the keys of a specification."""
    with st.popover("Options"):
        chosen = _single(cohort, variables)
        rule = _one("Test of the other numbers", RULES, "baseline_number_test")
        summary = _one("Summary of the other numbers", SUMMARIES, "baseline_summary")
        multiple = _under_one_heading(cohort, variables, start)
        share = st.selectbox(
            "Percentages", list(SHARES), format_func=SHARES.__getitem__, key="baseline_percent", persist_state="session"
        )
        missing = _one("Missing values", MISSING, "baseline_missing")
        total = st.checkbox("Column of all patients", value=True, key="baseline_total", persist_state="session")
        decimals = _decimals("Decimals of numbers", (BY_SIZE, 0, 1, 2, 3), BY_SIZE, "baseline_decimals")
        percent_decimals = _decimals("Decimals of percentages", (0, 1, 2), 1, "baseline_percent_decimals")
    percent, percent_of = share
    return {
        "tests": {name: one["test"] for name, one in chosen.items() if one["test"] != "auto"},
        "summaries": {name: one["summary"] for name, one in chosen.items() if one["summary"] != "auto"},
        "number_test": rule,
        "summary": summary,
        "multiple": multiple,
        "percent": percent,
        "percent_of": percent_of,
        "missing": missing,
        "total": total,
        "decimals": None if decimals == BY_SIZE else decimals,
        "percent_decimals": percent_decimals,
    }


def _single(cohort: Cohort, variables: Sequence[str]) -> dict[str, dict[str, str]]:
    """Test and summary of one variable at a time; what was chosen for the others is kept by its widget."""
    name = st.selectbox(
        "Choose for one variable",
        list(variables),
        index=None,
        format_func=column_label,
        placeholder="all by the rules below",
        key=f"baseline_one_{cohort.digest[:12]}",
    )
    if name is not None:
        number = cohort.patients.column(name).kind == "number"
        tests: dict[str, str] = {test: TESTS[test] for test in (FOR_NUMBERS if number else FOR_CATEGORIES)}
        _one("Its test", tests, _key(cohort, "test", name))
        if number:
            _one("Its summary", {**SUMMARIES, "auto": "By the rule"}, _key(cohort, "summary", name))
    return {
        one: {what: st.session_state.get(_key(cohort, what, one), "auto") for what in ("test", "summary")}
        for one in variables
    }


def _key(cohort: Cohort, what: str, name: str) -> str:
    return f"baseline_{what}_{cohort.digest[:12]}_{name}"


def _under_one_heading(cohort: Cohort, variables: Sequence[str], start: BaselineSpec | None) -> dict[str, list[str]]:
    """Columns of yes and no among the variables, and the heading they stand under."""
    free = [name for name in variables if is_yes_or_no(cohort, name)]
    if len(free) < 2:
        return {}
    given = (
        {} if start is None else {head: [one for one in names if one in free] for head, names in start.multiple.items()}
    )
    heading, names = next(((head, names) for head, names in given.items() if len(names) > 1), ("", []))
    key = f"baseline_multiple_{cohort.digest[:12]}"
    columns = st.multiselect(
        "Under one heading, not exclusive",
        free,
        default=names,
        format_func=column_label,
        help="Columns of yes and no of which a patient may have several: sites, treatments.",
        key=key,
        persist_state="session",
    )
    if not columns:
        return {}
    named = st.text_input("Heading", value=heading or "Findings", key=f"{key}_heading", persist_state="session")
    return {(named or "").strip() or "Findings": list(columns)}


def is_yes_or_no(cohort: Cohort, name: str) -> bool:
    """Whether a column holds yes and something else, or yes alone."""
    if cohort.patients.column(name).kind != "category":
        return False
    levels = levels_of(cohort.patients, name)
    return len(levels) <= 2 and sum(fold(level) in YES for level in levels) == 1


def _one(label: str, choices: Mapping[str, str], key: str) -> str:
    chosen = st.selectbox(label, list(choices), format_func=choices.__getitem__, key=key, persist_state="session")
    return chosen or next(iter(choices))


def _decimals(label: str, choices: Sequence[Any], start: Any, key: str) -> Any:
    return st.segmented_control(label, choices, default=start, key=key, persist_state="session", required=True)
