"""A cohort's own words, which no language changes: columns as they are written and as they are spoken, their levels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.cohort.cohort import Cohort, Table
from core.reporting.labels import column_label, in_sentence

MOST_LEVELS = 400  # of one column: more are text that a person wrote, or identifiers
_KNOWN: dict[str, frozenset[str]] = {}
_MOST_KNOWN = 8


def words_of(cohort: Cohort) -> frozenset[str]:
    """Every name and level of a cohort; made once for each."""
    known = _KNOWN.get(cohort.digest)
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
        known = _KNOWN[cohort.digest] = frozenset(_words(cohort))
    return known


def _words(cohort: Cohort) -> Iterator[str]:
    yield from (cohort.name, cohort.name.replace("_", " "))
    for table in (cohort.patients, cohort.adverse_events, *cohort.other_tables.values()):
        if table is not None:
            yield from _of_table(table)


def _of_table(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield from spoken_as(column.name)
        if column.kind in ("category", "text"):
            values = table.frame[column.name].dropna().unique()
            if len(values) <= MOST_LEVELS:
                yield from (str(value).strip() for value in values)


@lru_cache(maxsize=4096)
def spoken_as(name: str) -> tuple[str, ...]:
    """A column's name in every way a page writes it."""
    label = column_label(name)
    return (name, name.replace("_", " "), label, in_sentence(label))
