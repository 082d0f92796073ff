"""Which adverse events are shown, as the analysis says: the terms of the tables, those of a picture, and what is not.

Belongs here: choosing among terms that are there. Does not belong here: their order (``adverse_event_report.arrange``),
drawing.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from core.errors import SpecError, nearest
from core.reporting.adverse_event_report import arrange
from core.safety.pairs import pairs_of
from core.safety.results import AdverseEventTable
from core.spec import AdverseEventsShow


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvents:
    """The terms shown, and of them those that a picture draws.

    Attributes
    ----------
    table : AdverseEventTable
        Terms of the tables, in order.
    drawn : AdverseEventTable
        Terms of a picture, in the same order.
    pairs : tuple of AdverseEventTable
        Every other group against the reference, with the terms of ``table``.
    said : str
        What the picture leaves out of the table; empty where it draws all.
    """

    table: AdverseEventTable
    drawn: AdverseEventTable
    pairs: tuple[AdverseEventTable, ...]
    said: str

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the terms drawn."""
        return tuple(dict.fromkeys(row.term for row in self.drawn.rows if row.term))

    def pair(self, level: str | None) -> AdverseEventTable | None:
        """One group against the reference; the first where none is named.

        Raises
        ------
        SpecError
            If there is no such group to compare.
        """
        others = {other_level(pair): pair for pair in self.pairs}
        if not others or level is None:
            return next(iter(others.values()), None)
        if level not in others:
            near = nearest(level, others)
            hint = f"Did you mean '{near}'?" if near else f"Groups: {', '.join(others)}."
            raise SpecError(f"'{level}' is no group to compare with the reference.", hint=hint)
        return others[level]


def shown_events(table: AdverseEventTable, show: AdverseEventsShow) -> ShownEvents:
    """The terms that ``show`` asks for, of a table as it was computed."""
    kept = arrange(
        table,
        sort_by=show.sort,
        min_percent=show.min_percent,
        min_difference=show.min_difference,
        search=show.search,
    )
    pairs = tuple(_in_order(pair, kept) for pair in (table.pairs or pairs_of(table)))
    if len(kept.rows) <= show.most_terms:
        return ShownEvents(table=kept, drawn=kept, pairs=pairs, said="")
    n = f"{len(kept.rows):,} terms; the table has them all"
    if show.sort in ("class", "name"):
        often = sorted(kept.rows, key=lambda row: -int(row.any.sum()))[: show.most_terms]
        rows = tuple(row for row in kept.rows if any(row is one for one in often))
        said = f"Drawn: the {show.most_terms} most frequent of {n}."
    else:
        rows, said = kept.rows[: show.most_terms], f"Drawn: the first {show.most_terms} of {n}."
    classes = {row.event_class for row in rows}
    drawn = dataclasses.replace(
        kept, rows=rows, class_rows=tuple(row for row in kept.class_rows if row.event_class in classes)
    )
    return ShownEvents(table=kept, drawn=drawn, pairs=pairs, said=said)


def other_level(pair: AdverseEventTable) -> str:
    """The group of a pair that is not the reference."""
    return next(level for level in pair.levels if level != pair.reference)


def _in_order(pair: AdverseEventTable, kept: AdverseEventTable) -> AdverseEventTable:
    """The pair with the same terms in the same order."""
    rows = {(row.event_class, row.term): row for row in pair.rows}
    return dataclasses.replace(pair, rows=tuple(rows[row.event_class, row.term] for row in kept.rows))
