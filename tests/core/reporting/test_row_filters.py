"""Rows of forest tables as filters: they keep exactly as many patients as the row says."""

from __future__ import annotations

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.patients.picked import picked_patients
from core.reporting.cox_table import cox_table
from core.reporting.row_filters import cox_row_filters, row_names, subgroup_row_filters
from core.reporting.subgroup_table import subgroup_table
from core.result import AnalysisResult
from core.run import run_analysis
from core.spec import AnalysisSpec, EndpointSpec, GroupSpec
from ui import cohorts

SAMPLES = ("hifu_ici", "ablation_tace_net", "hcc_ablation")


def answered(name: str, group: GroupSpec | None, **question: object) -> AnalysisResult:
    cohort = cohorts.sample(name)[0]
    asked = {"cohort": cohort.spec, "group": group, "analyses": [{"id": "one", "endpoint": "OS", **question}]}
    spec = AnalysisSpec.model_validate(asked)
    return run_analysis(spec, cohort, spec.analyses[0])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_row_of_a_cox_table_keeps_its_patients(name: str) -> None:
    spec = cohorts.sample(name)[1]
    group = spec.group
    categories = [c.name for c in cohorts.sample(name)[0].patients.columns if c.kind == "category"]
    complete = [c for c in categories if 2 <= cohorts.sample(name)[0].patients.frame[c].nunique() <= 6][:6]
    covariates = list(dict.fromkeys([*([group.column] if group else []), *complete]))
    result = answered(name, group, kind="cox", covariates=covariates, mode="univariable")
    table, filters = cox_table(result), cox_row_filters(result, group)
    named = [(row, name) for row, name in zip(table.rows, row_names(table, filters), strict=True) if name]
    assert len(named) == len(filters) > 3
    for row, full in named:
        assert len(picked_patients(result.subset, filters[full])) == row.cells[1].values[0], full


@pytest.mark.parametrize("name", SAMPLES)
def test_a_row_of_subgroups_keeps_its_patients_also_where_a_number_is_split(name: str) -> None:
    cohort, spec = cohorts.sample(name)
    numbers = [c.name for c in cohort.patients.columns if c.kind == "number" and c.role not in ("time", "event")]
    factors = [*numbers[:4], *[c.name for c in cohort.patients.columns if c.kind == "category"][2:5]]
    group = spec.group
    assert group is not None
    if group.cut is not None or len(group.levels or ()) != 2:
        group = next(
            GroupSpec(column=c.name)
            for c in cohort.patients.columns
            if c.kind == "category" and cohort.patients.frame[c.name].nunique() == 2
        )
    factors = [one for one in factors if one != group.column and 2 <= cohort.patients.frame[one].nunique() <= 400]
    factors = [one for one in factors if one in numbers or cohort.patients.frame[one].nunique() <= 8]
    result = answered(name, group, kind="subgroups", factors=factors)
    table, filters = subgroup_table(result), subgroup_row_filters(result)
    names = row_names(table, filters)
    assert sum(name is not None for name in names) == len(filters) > 3
    for row, full in zip(table.rows, names, strict=True):
        if full is not None:
            assert len(picked_patients(result.subset, filters[full])) == row.cells[1].values[0], full


def test_a_median_is_exact_and_not_as_it_is_written() -> None:
    rng = np.random.default_rng(5)
    values = 100000 + rng.permutation(np.arange(40)) / 1e4  # written with six digits they are all the same
    rows = "".join(f"{i},{'AB'[i % 2]},{v:.5f},{i + 1},{i % 3 == 0:d}\n" for i, v in enumerate(values))
    cohort = cohort_from_files({"p.csv": ("id,arm,marker,months,status\n" + rows).encode()}, name="p")
    ends = {"OS": EndpointSpec(time="months", event="status", event_is=(1,), unit="months")}
    cohort = with_spec(cohort, cohort.spec.model_copy(update={"endpoints": ends}))
    spec = AnalysisSpec.model_validate(
        {
            "cohort": cohort.spec,
            "group": {"column": "arm"},
            "analyses": [{"id": "s", "kind": "subgroups", "endpoint": "OS", "factors": ["marker"]}],
        }
    )
    result = run_analysis(spec, cohort, spec.analyses[0])
    sizes = [len(picked_patients(result.subset, filters)) for filters in subgroup_row_filters(result).values()]
    assert sizes == [20, 20]
