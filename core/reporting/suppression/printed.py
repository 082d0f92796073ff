"""Cells of protected tables: a count, its share, or the word that it is withheld."""

from __future__ import annotations

from dataclasses import dataclass

from core.reporting import format as fmt
from core.reporting.suppression.linked_counts import ALL, Key, LinkedCounts
from core.reporting.survival_tables import group_label
from core.reporting.tables import Cell, TableColumn, count_column

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class PrintedCounts:
    """Counts of which some are withheld."""

    counts: LinkedCounts
    gone: frozenset[Key]

    def value(self, key: Key) -> int | None:
        """The count; None where it is withheld or was never meant to be printed."""
        count = self.counts.counts[key]
        return count.value if count.printed and key not in self.gone else None

    def text(self, key: Key) -> str:
        """The count as printed."""
        value = self.value(key)
        return WITHHELD if value is None else fmt.counted(value)

    def share(self, key: Key, of: Key, *, without: Key | None = None) -> Cell:
        """A count and its percentage of another one (less those ``without``).

        Where one of them is withheld the percentage is too: it would give it away.
        """
        value, whole = self.value(key), self.value(of)
        missing = 0 if without is None else self.value(without)
        if value is None:
            return Cell(WITHHELD, (None, None))
        if whole is None or missing is None or whole == missing:
            return Cell(fmt.counted(value), (value, None))
        return Cell(fmt.count_percent(value, whole - missing), (value, value / (whole - missing)))

    def column(self, key: str, level: str) -> TableColumn:
        """A column of counts of one group, its size in the heading where that may be said."""
        name = "All patients" if level == ALL else group_label(level)
        size = self.value(("patients", level))
        return count_column(key, name if size is None else f"{name} (N = {size})", name=name)
