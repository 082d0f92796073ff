"""An attacker with the printed files alone, who adds, subtracts and compares them."""

from __future__ import annotations

import re
from functools import cache

import pytest

from core.reporting.labels import column_label
from core.reporting.suppression.hazards import link_factors
from core.reporting.suppression.linked_counts import known_before
from core.reporting.suppression.protected import _linked, protected, protected_hazards
from core.reporting.suppression.withhold import withheld
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.core.reporting.suppression.conftest import _sample
from tests.core.reporting.suppression.test_protected import assert_pins_nothing

K = 5
WITHHELD = "withheld"


@cache
def _together(name):
    answers, whole = _sample(name)
    return protected(answers, K, whole=whole)


@pytest.fixture
def together(sample_answers):
    """Everything that one page shows of a sample's groups."""
    return _together(sample_answers[0].subset.cohort.name)


def by_kind(results):
    return {one.kind: one for one in results}


def size_of(column):
    found = re.search(r"N = (\d+)", column.label)
    return None if found is None else int(found[1])


def levels_of_variables(table):
    """The rows of each variable that has levels, a missing value among them."""
    found = {}
    for row in table.rows:
        if row.kind != "heading" and row.indent:
            found.setdefault(row.cells[0].values[0].rpartition(": ")[0], []).append(row)
    return [rows for rows in found.values() if "median" not in rows[0].cells[0].values[0] and len(rows) > 1]


def count_of(text):
    return None if text == WITHHELD else int(text.split("\u00a0(")[0].split(" (")[0])


@pytest.mark.parametrize("grouped", [False, True])
def test_no_level_is_the_size_of_the_group_less_the_others(sample_whole, together, grouped):
    made = together if grouped else protected(sample_whole, K)
    (table,) = [one for one in made.tables if one.title == "Baseline characteristics"]
    tried = 0
    for rows in levels_of_variables(table):
        for position, column in enumerate(table.columns[1:], start=1):
            counts = [count_of(row.cells[position].text) for row in rows]
            size = size_of(column)
            assert size is not None
            left = size - sum(count for count in counts if count is not None)
            tried += 1
            assert counts.count(None) != 1 or left == 0 or left >= K, (rows[0].cells[0].values, column.label)
    assert tried > 4


@pytest.mark.parametrize("kind", ["kaplan_meier", "adverse_events", "response"])
def test_a_file_made_alone_says_the_same_as_beside_others(sample_answers, sample_whole, together, kind):
    """Two exports of the same patients, one with more in it: what one withholds the other does not print."""
    if kind not in by_kind(sample_answers):
        pytest.skip("not in this sample")
    kept = {"baseline", kind}
    alone = protected(
        [one for one in sample_answers if one.kind in kept],
        K,
        whole=[one for one in sample_whole if one.kind in kept],
        variables=(),
    )
    for table in alone.tables:
        (other,) = [one for one in together.tables if one.title == table.title]
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            [cell.text for cell in row.cells] for row in other.rows
        ]


def hazards_of(whole, covariates):
    found = by_kind(whole)
    cohort, endpoint = found["baseline"].subset.cohort, found["kaplan_meier"].subset.endpoint
    mode = "univariable-then-multivariable" if len(covariates) > 1 else "univariable"
    asked = {"id": "cox", "kind": "cox", "endpoint": endpoint, "covariates": covariates, "mode": mode}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "analyses": [asked]})
    model = run_analysis(spec, cohort, spec.analyses[0])
    return model, protected_hazards(model, baseline=found["baseline"], curves=found["kaplan_meier"], threshold=K)


@pytest.fixture
def categories(sample_whole):
    table = by_kind(sample_whole)["baseline"].baseline
    return [item.variable for item in table.variables if item.type != "number" and len(item.rows) > 1]


def test_hazard_ratios_print_no_small_number_and_no_ratio_of_few_events(sample_whole, categories):
    model, made = hazards_of(sample_whole, categories)
    (table,) = made.tables
    terms = {(term.term, term.level): term for term in model.cox.univariable.terms}
    printed = {}
    for row in table.rows:
        for cell in row.cells[1:3]:
            assert cell.values[:1] in ((), (None,)) or cell.values[0] == 0 or cell.values[0] >= K, row.cells[0].text
        printed[row.cells[0].values[0] if row.cells[0].values else row.cells[0].text] = row.cells
    told = 0
    for (name, level), term in terms.items():
        cells = printed.get(f"{column_label(name)}: {level}")
        if cells is None:
            assert term.n < K, "only rare levels are not named"
            continue
        has_ratio = cells[3].values[0] is not None
        told += has_ratio
        if has_ratio:
            assert min(term.n_events, term.reference_n_events) >= K
            assert cells[3].values == (term.hazard_ratio, term.conf_low, term.conf_high)
    assert told, "something is told"


def test_what_a_model_withholds_does_not_depend_on_its_factors(sample_whole, categories):
    """Else two exports with other factors would each print what the other withholds."""
    if sample_whole[0].subset.cohort.name != "hifu_ici":
        pytest.skip("one sample is enough")
    _, one = hazards_of(sample_whole, categories[:1])
    _, more = hazards_of(sample_whole, categories[:3])
    rows = {row.cells[0].text: [cell.text for cell in row.cells[:3]] for row in more.tables[0].rows}
    for row in one.tables[0].rows:
        assert rows[row.cells[0].text] == [cell.text for cell in row.cells[:3]]


def test_events_of_levels_pin_nothing_under_table_1_and_the_curves(sample_whole):
    found = by_kind(sample_whole)
    before, _ = _linked({name: found[name] for name in ("baseline", "kaplan_meier")}, K)
    counts = known_before(before, withheld(before, K))
    link_factors(counts, found["baseline"].baseline, found["kaplan_meier"], K)
    assert_pins_nothing(counts, withheld(counts, K))
