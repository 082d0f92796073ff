"""Whole pages without small numbers: attacked by linear programming, searched for small counts and for canaries."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import cohort_from_files
from core.cohort.select import levels_of
from core.errors import SpecError
from core.reporting.suppression.curves import grid_of
from core.reporting.suppression.guard import checked_set, whole_levels
from core.reporting.suppression.linked_counts import ALL, under_all
from core.reporting.suppression.protected import _linked, protected, protected_json
from core.reporting.suppression.withhold import withheld
from core.reporting.table_files import table_bytes
from core.spec import FilterSpec, GroupSpec
from tests.core.reporting.suppression.conftest import answers_of

K = 5


def linked(results, whole=()):
    counts, _ = _linked({one.kind: one for one in results}, K)
    if whole:
        above, grid = _linked({one.kind: one for one in whole}, K)
        counts, _ = _linked({one.kind: one for one in results}, K, among=grid.time)
        baseline = next(one for one in results if one.kind == "baseline").baseline
        under_all(counts, above, withheld(above, K), levels=baseline.levels)
    return counts


@pytest.mark.parametrize("beside", [False, True], ids=["one page", "with the page of all patients"])
def test_the_whole_page_at_once_pins_no_small_number(sample_answers, sample_whole, beside):
    """A second attacker: every sum of the pages in one linear programme, nothing taken apart."""
    counts = linked(sample_answers, sample_whole if beside else ())
    assert_pins_nothing(counts, withheld(counts, K))


def assert_pins_nothing(counts, gone):
    """No small count can be told, by a linear programme over all sums at once."""
    from scipy.optimize import linprog
    from scipy.sparse import lil_matrix

    names = list(counts.counts)
    column = {name: position for position, name in enumerate(names)}
    sums = lil_matrix((len(counts.totals), len(names)))
    for line, total in enumerate(counts.totals):
        sums[line, column[total.whole]] = 1
        for part in total.parts:
            sums[line, column[part]] -= 1
    open_ = [(not count.printed and not count.fixed) or name in gone for name, count in counts.counts.items()]
    bounds = [
        (0, None) if is_open else (count.value, count.value)
        for is_open, count in zip(open_, counts.counts.values(), strict=True)
    ]
    small = [name for name, count in counts.counts.items() if count.sensitive and 0 < count.value < K]
    assert small
    for name in small[:: max(1, len(small) // 25)]:
        aim = np.zeros(len(names))
        aim[column[name]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * aim, A_eq=sums.tocsr(), b_eq=np.zeros(len(counts.totals)), bounds=bounds)
            ends.append(sign * found.fun if found.status == 0 else sign * np.inf)
        assert abs(ends[1] - ends[0]) >= K - 1 - 1e-6 or np.isinf(ends[1]), (name, ends)


def test_no_small_count_is_printed(sample_answers):
    made = protected(sample_answers, K)
    for table in made.tables:
        counts = [i for i, c in enumerate(table.columns) if c.parts[0].number_format == "0"]
        for row in table.rows:
            for position in counts:
                for value in row.cells[position].values[:1]:
                    assert value is None or value == 0 or value >= K, (table.title, row.cells[0].text)
    assert made.n_withheld > 0
    assert f"{made.n_withheld} numbers" in made.notes[1]


def test_every_step_of_a_curve_stands_for_several_patients(sample_answers):
    summary = next(one for one in sample_answers if one.kind == "kaplan_meier").survival
    grid = grid_of(summary.table, K)
    assert grid.time.size > 2
    assert ((grid.events == 0) | (grid.events >= K)).all()
    assert (grid.followed >= K).all()
    assert np.array_equal(grid.time, np.round(grid.time))
    made = protected(sample_answers, K)
    for curve, group in zip(made.curves, summary.groups, strict=True):
        for time, survival in zip(curve.time[1:], curve.survival[1:], strict=True):
            exact = group.estimate.survival[group.estimate.time <= time]
            assert survival == pytest.approx(exact[-1] if exact.size else 1.0, abs=0.005)


def test_percentages_go_with_their_counts(sample_answers):
    for table in protected(sample_answers, K).tables:
        for row in table.rows:
            for cell in row.cells:
                if cell.text.startswith("withheld"):
                    assert cell.text == "withheld"
                    assert not any(isinstance(value, int | float) for value in cell.values)


CANARY = 987654.321


@pytest.fixture(scope="module")
def canary_cohort():
    draw = np.random.default_rng(8)
    n = 60
    frame = pd.DataFrame(
        {
            "id": [f"CANARY-{i:03d}" for i in range(n)],
            "arm": np.where(np.arange(n) % 2, "A", "B"),
            "diagnosis": ["Angiosarcoma of canary", *np.where(draw.random(n - 1) < 0.5, "HCC", "CCA")],
            "marker": [CANARY, *draw.normal(100, 10, n - 1).round(3)],
            "os_months": draw.exponential(14, n).round(2) + 0.37,
            "death": draw.integers(0, 2, n),
        }
    )
    return cohort_from_files({"canary.csv": frame.to_csv(index=False).encode()}, name="canary"), frame


def test_nothing_of_a_single_patient_is_in_tables_files_or_json(canary_cohort):
    cohort, frame = canary_cohort
    made = protected(answers_of(cohort, GroupSpec(column="arm"), variables=["diagnosis", "marker"]), K)
    said = json.dumps(protected_json(made), allow_nan=True)
    said += "".join(table_bytes([table], "html").decode() for table in made.tables)
    assert "withheld" in said
    for secret in ("CANARY-", "Angiosarcoma", "987654", "987,654"):
        assert secret not in said
    for time in frame["os_months"]:
        assert f">{time}<" not in said
        assert f": {time}," not in said


def test_a_variable_that_follows_from_another_does_not_give_it_away():
    n = 80
    frame = pd.DataFrame(
        {
            "id": [f"P{i}" for i in range(n)],
            "arm": ["A", "B"] * 40,
            "grade": ["G1", "G1", *(["G2"] * 30), *["G0"] * 8, *["G3"] * 40],
            "grade_group": ["low"] * 40 + ["high"] * 40,
            "os_months": np.linspace(1, 40, n).round(1),
            "death": [1, 0] * 40,
        }
    )
    cohort = cohort_from_files({"nested.csv": frame.to_csv(index=False).encode()}, name="canary")
    results = answers_of(cohort, None, variables=["grade", "grade_group"])
    counts = linked(results)
    assert any(
        total.whole == ("level", "grade_group", "low", "all") and ("level", "grade", "G2", "all") in total.parts
        for total in counts.totals
    )
    gone = withheld(counts, K)
    assert ("level", "grade", "Other values", "all") in gone
    assert len([key for key in gone if key[:2] == ("level", "grade")]) > 1


class TestGuard:
    def test_whole_cohort_and_large_parts_are_allowed(self, canary_cohort):
        cohort, _ = canary_cohort
        flags = checked_set(cohort, filters=(), group=GroupSpec(column="arm"), threshold=K)
        assert flags.all()
        one = FilterSpec(column="arm", op="in", value=("A",))
        assert checked_set(cohort, filters=(one,), group=None, threshold=K).sum() == 30

    def test_a_filter_that_takes_one_patient_out_is_refused(self, canary_cohort):
        cohort, _ = canary_cohort
        one = FilterSpec(column="diagnosis", op="in", value=("HCC", "CCA"))
        with pytest.raises(SpecError, match="differs by fewer than 5"):
            checked_set(cohort, filters=(one,), group=None, threshold=K)

    def test_a_filter_that_leaves_one_patient_is_refused(self, canary_cohort):
        cohort, _ = canary_cohort
        one = FilterSpec(column="diagnosis", op="==", value="Angiosarcoma of canary")
        with pytest.raises(SpecError, match="Fewer than 5"):
            checked_set(cohort, filters=(one,), group=None, threshold=K)

    def test_two_filters_that_differ_by_one_patient_are_refused(self, canary_cohort):
        cohort, _ = canary_cohort
        arm = FilterSpec(column="arm", op="in", value=("A",))
        first = checked_set(cohort, filters=(arm,), group=None, threshold=K)
        other = np.array(first)
        other[np.flatnonzero(first)[0]] = False
        with pytest.raises(SpecError, match="differs by fewer than 5"):
            checked_set(cohort, filters=(arm,), group=None, threshold=K, seen=(other,))

    def test_a_filter_by_size_is_refused(self, canary_cohort):
        cohort, _ = canary_cohort
        with pytest.raises(SpecError, match="whole levels"):
            checked_set(cohort, filters=(FilterSpec(column="marker", op=">", value=500.0),), group=None, threshold=K)

    def test_a_small_group_is_refused(self, canary_cohort):
        cohort, _ = canary_cohort
        with pytest.raises(SpecError, match="A group has fewer"):
            checked_set(cohort, filters=(), group=GroupSpec(column="diagnosis"), threshold=K)

    def test_only_columns_of_whole_levels_are_offered(self, canary_cohort):
        cohort, _ = canary_cohort
        assert whole_levels(cohort, "arm", K)
        assert not whole_levels(cohort, "diagnosis", K)
        assert levels_of(cohort.patients, "arm")


def test_no_group_is_found_by_taking_the_others_from_all_patients(sample_answers, sample_whole):
    """By hand: where the page of all patients prints a total, no small group alone is withheld under it."""
    counts = linked(sample_answers, sample_whole)
    gone = withheld(counts, K)
    levels = next(one for one in sample_answers if one.kind == "baseline").baseline.levels
    checked = 0
    for key, count in counts.counts.items():
        if key[-1] == ALL and count.fixed and key[0] in ("any", "grade 3", "level", "missing", "response", "events"):
            hidden = [level for level in levels if (*key[:-1], level) in gone]
            small = [level for level in hidden if 0 < counts.counts[*key[:-1], level].value < K]
            assert not small or len(hidden) > 1, key
            checked += 1
    assert checked > 10
