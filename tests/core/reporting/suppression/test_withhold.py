"""Small counts and their partners: nobody who adds and subtracts finds a withheld one."""

from __future__ import annotations

import itertools
import random

import pytest

from core.errors import SpecError
from core.reporting.suppression.derivable import Attacker
from core.reporting.suppression.linked_counts import LinkedCounts
from core.reporting.suppression.withhold import withheld


def crossed(cells):
    """A table with the sums of its rows, of its columns, and of all."""
    counts = LinkedCounts()
    rows, columns = range(len(cells)), range(len(cells[0]))
    for r, c in itertools.product(rows, columns):
        counts.show((f"r{r}", f"c{c}"), cells[r][c])
    for r in rows:
        counts.show((f"r{r}", "sum"), sum(cells[r]), rank=1)
        counts.add_up((f"r{r}", "sum"), [(f"r{r}", f"c{c}") for c in columns])
    for c in columns:
        counts.show(("sum", f"c{c}"), sum(row[c] for row in cells), rank=2)
        counts.add_up(("sum", f"c{c}"), [(f"r{r}", f"c{c}") for r in rows])
    counts.show(("sum", "sum"), sum(map(sum, cells)), rank=3)
    counts.add_up(("sum", "sum"), [(f"r{r}", "sum") for r in rows])
    return counts


def tables_that_fit(counts, gone, most, shape):
    """Every table of whole numbers that agrees with what is printed: an attacker with patience and no solver."""
    cells = [(f"r{r}", f"c{c}") for r in range(shape[0]) for c in range(shape[1])]
    free = [key for key in cells if key in gone]
    for values in itertools.product(range(most + 1), repeat=len(free)):
        found = {key: count.value for key, count in counts.counts.items() if key in cells}
        found.update(zip(free, values, strict=True))
        table = [[found[f"r{r}", f"c{c}"] for c in range(shape[1])] for r in range(shape[0])]
        made = crossed(table)
        if all(made.counts[key].value == count.value for key, count in counts.counts.items() if key not in gone):
            yield made


@pytest.mark.parametrize("seed", range(12))
def test_no_small_cell_can_be_pinned_by_trying_every_table(seed):
    draw = random.Random(seed)
    cells = [[draw.choice([0, 1, 2, 3, 4, 6, 9]) for _ in range(2)] for _ in range(2)]
    counts = crossed(cells)
    gone = withheld(counts, 3)
    fitting = list(tables_that_fit(counts, gone, 12, (2, 2)))
    for key, count in counts.counts.items():
        if 0 < count.value < 3:
            assert key in gone
            assert len({made.counts[key].value for made in fitting}) >= 3, (cells, key)


def test_the_partner_is_the_smallest_that_hides_it():
    counts = LinkedCounts()
    for name, n in (("a", 3), ("b", 20), ("c", 50)):
        counts.show((name,), n)
    counts.show(("all",), 73, rank=1)
    counts.add_up(("all",), [("a",), ("b",), ("c",)])
    assert withheld(counts, 5) == {("a",), ("b",)}


def test_two_small_ones_whose_sum_is_small_need_a_third():
    counts = LinkedCounts()
    for name, n in (("a", 1), ("b", 2), ("c", 50)):
        counts.show((name,), n)
    counts.show(("all",), 53, rank=1)
    counts.add_up(("all",), [("a",), ("b",), ("c",)])
    assert withheld(counts, 5) == {("a",), ("b",), ("c",)}


def test_a_small_number_that_only_follows_is_protected_too():
    """19 of 20 responded: one did not."""
    counts = LinkedCounts()
    counts.show(("responders",), 19)
    counts.show(("all",), 20, rank=2)
    counts.imply(("others",), 1)
    counts.add_up(("all",), [("responders",), ("others",)])
    assert withheld(counts, 5) == {("responders",)}


def test_events_are_not_found_from_those_censored():
    counts = LinkedCounts()
    counts.show(("events",), 26, rank=1)
    counts.show(("censored",), 2)
    counts.show(("patients",), 28, rank=2)
    counts.add_up(("patients",), [("events",), ("censored",)])
    assert withheld(counts, 5) == {("censored",), ("events",)}


def test_zero_is_printed_and_large_tables_lose_nothing():
    assert not withheld(crossed([[0, 30], [12, 7]]), 5)


def test_a_lone_small_count_hangs_on_nothing():
    counts = LinkedCounts()
    counts.show(("a",), 2)
    assert withheld(counts, 5) == {("a",)}


def test_what_cannot_be_protected_is_refused():
    counts = LinkedCounts()
    counts.fix(("early",), 20)
    counts.imply(("late",), 2)
    counts.fix(("all",), 22)
    counts.add_up(("all",), [("early",), ("late",)])
    with pytest.raises(SpecError, match="Too few patients"):
        withheld(counts, 5)


@pytest.mark.parametrize("threshold", [0, 1, 2])
def test_a_threshold_that_protects_nobody_is_refused(threshold):
    with pytest.raises(SpecError, match="protects nobody"):
        withheld(LinkedCounts(), threshold)


def test_sums_that_do_not_add_up_are_a_defect():
    counts = LinkedCounts()
    counts.show(("a",), 2)
    counts.show(("b",), 3)
    with pytest.raises(ValueError, match="not the sum"):
        counts.add_up(("b",), [("a",)])
    with pytest.raises(ValueError, match="two different"):
        counts.show(("a",), 4)


def test_the_attacker_finds_what_is_left_open():
    counts = crossed([[2, 8], [9, 30]])
    alone = {("r0", "c0")}
    assert Attacker(counts).possible(("r0", "c0"), alone) == (2, 2)
    square = {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}
    assert Attacker(counts).possible(("r0", "c0"), square) == (0, 10)
