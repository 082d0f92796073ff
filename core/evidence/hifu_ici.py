"""HIFU with immune checkpoint inhibitors for liver metastases (Oncology Letters 2025): published against computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from core.cohort.cohort import Cohort
from core.evidence.fit import FitRow, as_printed, exactly, same_side, within_percent
from core.evidence.measured import (
    Population,
    adverse_events,
    counted,
    grouping,
    has_value,
    numbers,
    population,
)
from core.patients.association import pearson_chi_squared
from core.spec import GroupSpec
from core.survival.follow_up import median_follow_up
from core.survival.quantiles import quantile
from core.timetoevent import BoolArray

ARMS = ("HIFU", "No HIFU")
BOTH = " / ".join(ARMS)
GROUP = GroupSpec(column="hifu", levels={"HIFU": ("Yes",), "No HIFU": ("No",)}, reference="No HIFU")
# Where Table I's variables are; sites are one column each.
COLUMNS = {
    "Sex": "sex",
    "Age group, years": "age_group",
    "Primary disease": "primary_disease",
    "Number of organs with metastases": "n_organs",
    "Histology": "histology",
    "Oligometastasis": "oligometastasis",
    "Systemic therapy": "systemic_therapy",
}
RATIO_PERCENT = 2.0


def rows(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    """Every figure of the study that can be compared, in the paper's order."""
    yield from _baseline(cohort, published)
    yield from _treatment(cohort, published)
    for endpoint in ("OS", "PFS"):
        yield from _survival(cohort, published, endpoint)
    yield from _follow_up(cohort, published)
    yield from _response_and_safety(cohort, published)


def _baseline(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    """Table I, and the P of its counts."""
    groups = grouping(cohort, GROUP)
    yield exactly("Patients", BOTH, [published["arms"][arm] for arm in ARMS], counted(groups.codes >= 0, groups))
    for variable in published["baseline"]:
        name, levels = variable["variable"], variable["rows"]
        table = [counted(_has(cohort, name, level), groups) for level in levels]
        for level, found in zip(levels, table, strict=True):
            yield exactly(f"{name}: {level}", BOTH, levels[level], found)
        p_value = pearson_chi_squared(np.array(table)).p_value
        rule = "for information: what the printed counts give"
        yield as_printed(f"{name}: P", BOTH, [variable["p"]], [p_value], rule=rule, required=False)
    age, printed = numbers(cohort, "age_years"), published["age"]
    yield as_printed("Age, years: mean", "all", [printed["mean"]], [float(np.nanmean(age))])
    yield as_printed(
        "Age, years: range", "all", [printed["min"], printed["max"]], [float(np.nanmin(age)), float(np.nanmax(age))]
    )


def _has(cohort: Cohort, variable: str, level: str) -> BoolArray:
    """Patients with a level of a Table I variable."""
    if variable in COLUMNS:
        return has_value(cohort, COLUMNS[variable], [level])
    return has_value(cohort, f"metastasis_{level.lower()}", ["Yes"])


def _treatment(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    """When HIFU came relative to the first dose, and how often."""
    printed = published["hifu"]
    first, sessions = numbers(cohort, "first_hifu_day"), numbers(cohort, "hifu_sessions")
    treated = ~np.isnan(first)
    yield exactly("Patients treated with HIFU", "HIFU", [printed["patients"]], [int(treated.sum())])
    before = int((first[treated] < 0).sum())
    yield exactly("HIFU before the first ICI dose", "HIFU", [printed["before_ici"]], [before])
    yield exactly("HIFU after the first ICI dose", "HIFU", [printed["after_ici_start"]], [int(treated.sum()) - before])
    yield exactly("HIFU sessions", "HIFU", [printed["sessions"]], [int(np.nansum(sessions))])
    for word, number in (("two", 2), ("three", 3)):
        printed_number = printed[f"patients_with_{word}_sessions"]
        yield exactly(f"Patients with {word} sessions", "HIFU", [printed_number], [int((sessions == number).sum())])


def _survival(cohort: Cohort, published: Mapping[str, Any], endpoint: str) -> Iterator[FitRow]:
    printed = published["survival"][endpoint]
    found = population(cohort, endpoint, GROUP)
    curves = [found.curves[arm] for arm in ARMS]
    events = [int(curve.n_events_total) for curve in curves]
    yield exactly(f"{endpoint}: events (implied)", BOTH, published["implied_events"][endpoint], events)
    medians = [quantile(curve, 0.5).value for curve in curves]
    yield as_printed(f"{endpoint}: median, months", BOTH, printed["median"], medians)
    for month, expected in printed["survival_at"].items():
        at = [float(curve.at([float(month)]).survival[0]) for curve in curves]
        yield as_printed(f"{endpoint}: survival at {month} months", BOTH, expected, at)
    yield from _ratios(endpoint, printed, found)


def _ratios(endpoint: str, printed: Mapping[str, Any], found: Population) -> Iterator[FitRow]:
    """Prism's hazard ratio, ratio of medians and p-value."""
    assert found.test.conventions is not None
    names = {"hazard_ratio": "log-rank hazard ratio (95 % CI)", "median_ratio": "ratio of medians (95 % CI)"}
    for key, convention in (("hazard_ratio", "logrank_hazard_ratio"), ("median_ratio", "median_ratio")):
        ratio = found.test.conventions[convention]
        yield within_percent(
            f"{endpoint}: {names[key]}",
            "HIFU against No HIFU",
            [printed[key][part] for part in ("estimate", "lower", "upper")],
            [ratio.value, ratio.conf_low, ratio.conf_high],
            percent=RATIO_PERCENT,
            required=key == "hazard_ratio",
        )
    p_value = str(printed["log_rank_p"])
    yield same_side(f"{endpoint}: log-rank P", "HIFU against No HIFU", p_value, found.test.p_value)


def _follow_up(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    os = population(cohort, "OS", GROUP)
    found = median_follow_up(os.data)[0].value
    printed = published["study"]["median_follow_up_months"]
    yield as_printed("Median follow-up (reverse Kaplan-Meier), months", "all", [printed], [found], required=False)
    late = int((numbers(cohort, "pfs_months") > numbers(cohort, "os_months")).sum())
    yield exactly("Patients whose PFS is longer than OS", "all", [0], [late])


def _response_and_safety(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    """Disease control and Table III."""
    groups = grouping(cohort, GROUP)
    control = published["response"]["disease_control"]
    controlled = counted(has_value(cohort, "best_response", ["CR", "PR", "SD"]), groups)
    yield exactly("Disease control", BOTH, [control[arm][0] for arm in ARMS], controlled)
    table = adverse_events(cohort, groups)
    found = {row.term: row for row in table.rows}
    for event in published["adverse_events"]:
        row = found.get(event["term"])
        for key, words in (("any", "any grade"), ("grade3plus", "grade 3 or more")):
            counts = [0, 0] if row is None else getattr(row, key).tolist()
            yield exactly(f"{event['term']}: {words}", BOTH, event[key], counts)
        yield exactly(f"{event['term']}: class", BOTH, [event["class"]], [str(row.event_class) if row else "none"])
    yield exactly("Any adverse event", BOTH, published["any_adverse_event"], table.overall.any.tolist())
