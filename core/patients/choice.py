"""Which test a variable of Table 1 gets: the one named for it, or the one the stated rules choose.

Belongs here: matching a name to a test. Does not belong here: the tests (``association``, ``trend``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.contingency import fisher_exact
from core.errors import SpecError
from core.patients.association import (
    Association,
    NumberTest,
    compare_categories,
    compare_numbers,
    kruskal_wallis,
    one_way_anova,
    pearson_chi_squared,
    student_t,
    welch_anova,
    welch_t,
    wilcoxon_rank_sum,
)
from core.patients.trend import jonckheere_terpstra, trend_of_levels
from core.spec import BaselineTest
from core.timetoevent import FloatArray, IntArray

FOR_NUMBERS: tuple[BaselineTest, ...] = ("auto", "welch", "student", "wilcoxon", "trend", "none")
FOR_CATEGORIES: tuple[BaselineTest, ...] = ("auto", "pearson", "fisher", "trend", "none")
NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineOptions:
    """How Table 1 describes and compares.

    Attributes
    ----------
    multiple : mapping of heading to columns
        Columns of yes and no that stand under one heading, since a patient may have several; each becomes one row, at
        the place of the first of them.
    tests : mapping of column to test
        Tests named for single variables; ``trend`` takes levels and groups in their order.
    number_test : {'auto', 't', 'wilcoxon'}
        Rule for the other numbers, see ``association.compare_numbers``.
    percent_of : {'known', 'all'}
        What percentages are of: patients with a known value, or all of the group.
    percent : {'column', 'row'}
        Of the group, or of the row: how the patients of a level divide into the groups.
    """

    multiple: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tests: Mapping[str, BaselineTest] = field(default_factory=dict)
    number_test: NumberTest = "auto"
    percent_of: Literal["known", "all"] = "known"
    percent: Literal["column", "row"] = "column"


def compared_numbers(
    groups: Sequence[FloatArray], *, asked: BaselineTest, rule: NumberTest = "auto"
) -> Association | None:
    """Test numbers between groups as asked; ``auto`` follows ``rule``. None where nothing is or can be compared."""
    groups = [group for group in groups if len(group)]
    if asked == "none" or len(groups) < 2:
        return None
    if asked == "trend":
        return jonckheere_terpstra(groups)
    if asked == "auto":
        return compare_numbers(groups, number_test=rule)
    if len(groups) == 2:
        return {"welch": welch_t, "student": student_t, "wilcoxon": wilcoxon_rank_sum}[asked](*groups)
    return {"welch": welch_anova, "student": one_way_anova, "wilcoxon": kruskal_wallis}[asked](groups)


def compared_levels(counts: IntArray, *, asked: BaselineTest) -> Association | None:
    """Test a table of levels by groups (r, g) as asked. None where nothing is or can be compared."""
    if asked == "none":
        return None
    if asked == "trend":
        return trend_of_levels(counts)
    there = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if asked == "auto" or min(there.shape) < 2:
        return compare_categories(there)
    if asked == "fisher":
        fisher = fisher_exact(there)
        return Association(test="Fisher exact", statistic=NAN, p_value=fisher.p_value, note=fisher.note)
    return pearson_chi_squared(there)


def fitting(variable: str, asked: BaselineTest, *, number: bool) -> BaselineTest:
    """The test asked for; SpecError where it is of the other kind of variable."""
    if asked in (FOR_NUMBERS if number else FOR_CATEGORIES):
        return asked
    kind, instead = ("a number", FOR_NUMBERS) if number else ("a category", FOR_CATEGORIES)
    raise SpecError(f"'{variable}' is {kind}: it cannot be tested by '{asked}'.", hint=f"One of {', '.join(instead)}.")


def known_names(named: Sequence[str], variables: Sequence[str]) -> None:
    """SpecError where a choice is made for a variable that the table does not have."""
    strange = [name for name in named if name not in set(variables)]
    if strange:
        raise SpecError(f"'{strange[0]}' is not among the variables of Table 1.", hint="Name it under 'variables' too.")


def columns_in_order(variables: Sequence[str], multiple: Mapping[str, Sequence[str]]) -> list[tuple[str, str | None]]:
    """Each column of the table with the heading it stands under; a heading stands where its first column is."""
    heading_of = {name: heading for heading, names in multiple.items() for name in names}
    order: list[tuple[str, str | None]] = []
    placed: set[str] = set()
    for name in [*variables, *heading_of]:
        heading = heading_of.get(name)
        if name in placed:
            continue
        group = [name] if heading is None else multiple[heading]
        order += [(one, heading) for one in group]
        placed.update(group)
    return order
