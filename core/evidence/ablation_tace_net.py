"""Ablation with TACE for neuroendocrine liver metastases (J Cancer Res Clin Oncol 2025): published against computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from core.cohort.cohort import Cohort
from core.evidence.fit import FitRow, exactly, same_side, within_one, within_percent
from core.evidence.measured import (
    Population,
    adverse_events,
    counted,
    first_median,
    grouping,
    has_value,
    mean_to_last_time,
    population,
)
from core.regression.model import cox_analysis
from core.spec import FilterSpec, GroupSpec, Scalar

ARMS = ("Ablation+TACE", "TACE")
BOTH = " / ".join(ARMS)
GROUP = GroupSpec(column="arm", levels={arm: (arm,) for arm in ARMS}, reference="TACE")
GRADES = GroupSpec(column="who_grade", levels={"G1/2": ("G1", "G2"), "G3": ("G3",)}, reference="G1/2")
POPULATIONS: dict[str, tuple[FilterSpec, ...]] = {
    "all": (),
    "G2": (FilterSpec(column="who_grade", op="==", value="G2"),),
    "G1/2": (FilterSpec(column="who_grade", op="in", value=("G1", "G2")),),
    "G3": (FilterSpec(column="who_grade", op="==", value="G3"),),
    "pancreas": (FilterSpec(column="primary_site", op="==", value="Pancreas"),),
    "TACE": (FilterSpec(column="arm", op="==", value="TACE"),),
    "Ablation+TACE": (FilterSpec(column="arm", op="==", value="Ablation+TACE"),),
}
BASELINE = {
    "sex": "sex", "grade": "who_grade", "primary": "primary_site", "systemic_therapy": "systemic_therapy",
    "primary_resected": "primary_resected",
}  # fmt: skip
# The candidates of the Cox models with their reference levels; numbers have none.
COVARIATES: dict[str, Scalar | None] = {
    "arm": "TACE", "sex": "Female", "age_years": None, "primary_site": "Other", "primary_resected": "No",
    "grade_group": "G1/2", "ki67_percent": None, "albumin_low": "No", "cea_raised": "No", "ca19_9_raised": "No",
}  # fmt: skip
FACTORS = {
    "CA19-9": "ca19_9_raised", "Primary lesion site": "primary_site", "Albumin": "albumin_low", "CEA": "cea_raised",
}  # fmt: skip
MEAN_PERCENT = 10.0


def rows(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    """Every figure of the study that can be compared, in the paper's order."""
    yield from _baseline(cohort, published)
    found: dict[tuple[str, str], Population] = {}
    for endpoint in ("OS", "PFS"):
        for name in ("all", "G2", "G1/2", "G3", "pancreas"):
            found[endpoint, name] = population(cohort, endpoint, GROUP, filters=POPULATIONS[name])
    deaths = sum(int(curve.n_events_total) for curve in found["OS", "all"].curves.values())
    yield exactly("Deaths", "all", [published["study"]["deaths"]], [deaths])
    for row in published["survival"]:
        yield from _survival(row, found[row["endpoint"], row["population"]])
    for test in published["log_rank_p"]:
        yield _log_rank(cohort, test, found)
    for endpoint, factors in published["multivariable"].items():
        yield from _multivariable(endpoint, factors, found[endpoint, "all"])
    table = adverse_events(cohort, grouping(cohort, GROUP))
    serious = int(table.overall.grade3plus.sum())
    yield exactly(
        "Serious complications (here: patients with grade 3 or more)", "all", [published["serious_complications"]],
        [serious],
    )  # fmt: skip


def _baseline(cohort: Cohort, published: Mapping[str, Any]) -> Iterator[FitRow]:
    groups = grouping(cohort, GROUP)
    printed = published["baseline"]
    yield exactly("Patients", BOTH, [published["arms"][arm] for arm in ARMS], counted(groups.codes >= 0, groups))
    for key, column in BASELINE.items():
        for level, expected in printed[key].items():
            name = f"{key.replace('_', ' ').capitalize()}: {level}"
            yield exactly(name, "all", [expected], [int(has_value(cohort, column, [level]).sum())])
    for grade, expected in printed["grade_by_arm"].items():
        yield exactly(f"Grade: {grade}", BOTH, expected, counted(has_value(cohort, "who_grade", [grade]), groups))
    pancreas = counted(has_value(cohort, "primary_site", ["Pancreas"]), groups)
    yield exactly("Primary: Pancreas", BOTH, printed["pancreas_by_arm"], pancreas)


def _survival(printed: Mapping[str, Any], found: Population) -> Iterator[FitRow]:
    """Patients, events, SPSS's median and mean of one arm of one population."""
    curve = found.curves[printed["arm"]]
    what, group = f"{printed['endpoint']}, {printed['population']}", printed["arm"]
    yield exactly(f"{what}: patients", group, [printed["n"]], [curve.n])
    if "events" in printed:
        yield exactly(f"{what}: events", group, [printed["events"]], [int(curve.n_events_total)])
    yield within_one(f"{what}: median, months", group, printed["median"][0], first_median(curve), unit="month")
    mean = mean_to_last_time(curve)
    yield within_percent(f"{what}: mean, months", group, [printed["mean"][0]], [mean], percent=MEAN_PERCENT)


def _log_rank(cohort: Cohort, test: Mapping[str, Any], found: Mapping[tuple[str, str], Population]) -> FitRow:
    endpoint, name = test["endpoint"], test["population"]
    if test["compare"] == "arm":
        p_value, group = found[endpoint, name].test.p_value, "Ablation+TACE against TACE"
    else:
        by_grade = population(cohort, endpoint, GRADES, filters=POPULATIONS[name])
        p_value, group = by_grade.test.p_value, "G1/2 against G3"
    also = f" (also printed {test['also_printed']})" if "also_printed" in test else ""
    return same_side(f"{endpoint}, {name}: log-rank P", group, f"{test['p']}{also}", p_value)


def _multivariable(endpoint: str, factors: list[Mapping[str, Any]], found: Population) -> Iterator[FitRow]:
    """P of the factors that the paper's multivariable model names, and how many others are significant here."""
    kinds = {column.name: column.kind for column in found.subset.cohort.patients.columns}
    analysis = cox_analysis(
        found.data,
        found.subset.frame,
        list(COVARIATES),
        mode="univariable-then-multivariable",
        enter_below=0.1,
        references={name: level for name, level in COVARIATES.items() if level is not None},
        kinds={**kinds, **{name: "category" for name, level in COVARIATES.items() if level is not None}},
    )
    terms = {} if analysis.multivariable is None else {term.term: term for term in analysis.multivariable.terms}
    named = {FACTORS[factor["factor"]]: factor for factor in factors}
    for column, factor in named.items():
        p_value = terms[column].p_value if column in terms else float("nan")
        what = f"{endpoint}: {factor['factor']}, multivariable P"
        yield same_side(what, "all", str(factor["p"]), p_value, required=False)
    others = sum(bool(np.less(term.p_value, 0.05)) for name, term in terms.items() if name not in named)
    yield exactly(f"{endpoint}: other factors with multivariable P < 0.05", "all", [0], [others], required=False)
