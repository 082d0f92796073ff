"""GraphPad Prism files (.pzfx): survival tables to one row per patient, other tables as they stand.

In a survival table X is the time and each Y column a group that holds 1 (event) or 0 (censored); one row may hold a
patient of every group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from xml.etree import ElementTree

from core.cohort.endpoint_names import read_name
from core.cohort.guards import refuse_cells, refuse_entities
from core.cohort.issues import IssueLog, counted
from core.cohort.vocabulary import name_words, part_words
from core.errors import ReadError

EVENT, GROUP = "event", "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrismTable:
    """One data table of a Prism file: name, rows of cells with the header first, and the Prism row of each.

    Attributes
    ----------
    left_out : int
        Values that were excluded in Prism (written with an asterisk there).
    """

    title: str
    cells: list[list[str]]
    left_out: int


def prism_tables(content: bytes, *, name: str) -> list[PrismTable]:
    """The data tables of a Prism file, in its order.

    Raises
    ------
    ReadError
        If the file is damaged, declares entities, or holds no table.
    """
    refuse_entities(content, name=name)
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise ReadError(
            f"'{name}' is a damaged Prism file.", hint="Open it in Prism and save it again as .pzfx."
        ) from None
    found: list[PrismTable] = []
    for i, element in enumerate(_children(root, "Table", "HugeTable"), start=1):
        title = _text(next(_children(element, "Title"), None)) or f"Table {i}"
        taken = {table.title for table in found}
        while title in taken:
            title += " (2)"
        found.append(_table(element, title, name=name))
    if not any(len(table.cells) > 1 for table in found):
        raise ReadError(f"'{name}' has no data table with content.", hint="Enter the data in a survival table.")
    return found


def report_excluded(table: PrismTable, log: IssueLog) -> None:
    """Say how many values were left out because Prism excludes them."""
    if table.left_out:
        message = f"{counted(table.left_out, 'value')} excluded in Prism and left out here."
        log.add("excluded-in-prism", "warning", message, remedy="Include them in Prism if they should count.")


def _table(element: ElementTree.Element, title: str, *, name: str) -> PrismTable:
    times = next((column for kind in ("XColumn", "XAdvancedColumn") for column in _children(element, kind)), None)
    names = next(_children(element, "RowTitlesColumn"), None)
    groups = list(_children(element, "YColumn"))
    left_out = sum(cell.get("Excluded") == "1" for cell in element.iter() if _tag(cell) == "d")
    columns = [column for column in (names, times) if column is not None]
    rows = max((len(_cells(column)) for column in [*columns, *groups]), default=0)
    refuse_cells(rows, len(columns) + len(groups), name=name)
    is_survival = element.get("TableType", "").casefold() == "survival" and times is not None and bool(groups)
    made = _survival(columns, groups) if is_survival else _as_it_stands([*columns, *groups])
    return PrismTable(title=title, cells=made, left_out=left_out)


def _survival(before: list[ElementTree.Element], groups: list[ElementTree.Element]) -> list[list[str]]:
    """One row per patient: row title, time, event, group; rows that repeat a time hold a patient of every group."""
    header = [_title(column, "Row") for column in before[:-1]] + [_time_title(before[-1]), EVENT, GROUP]
    made = [header]
    said = [_cells(column) for column in before]
    for i, group in enumerate(groups, start=1):
        label = _title(group, f"Group {i}")
        for row in zip_longest(*said, _cells(group), fillvalue=""):
            if row[-1]:
                made.append([*row[:-1], row[-1], label])
    return made


def _time_title(column: ElementTree.Element) -> str:
    """The title of X where it says that it is a time ('OS months'); otherwise 'Time', with the unit it names."""
    title = _title(column, "Time")
    if read_name(title) is not None:
        return title
    unit = next((word for word in name_words(title) if part_words().get(word, ("",))[0] == "unit"), None)
    return "Time" if unit is None else f"Time ({unit})"


def _as_it_stands(columns: list[ElementTree.Element]) -> list[list[str]]:
    header: list[str] = []
    cells: list[list[str]] = []
    for i, column in enumerate(columns, start=1):
        parts = list(_children(column, "Subcolumn"))
        for k, part in enumerate(parts, start=1):
            header.append(_title(column, f"Column {i}") + (f" {k}" if len(parts) > 1 else ""))
            cells.append([_value(cell) for cell in _children(part, "d")])
    return [header, *map(list, zip_longest(*cells, fillvalue=""))]


def _title(column: ElementTree.Element, otherwise: str) -> str:
    return _text(next(_children(column, "Title"), None)) or otherwise


def _cells(column: ElementTree.Element) -> list[str]:
    """Cells of the first subcolumn."""
    part = next(_children(column, "Subcolumn"), None)
    return [] if part is None else [_value(cell) for cell in _children(part, "d")]


def _value(cell: ElementTree.Element) -> str:
    return "" if cell.get("Excluded") == "1" else _text(cell)


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _children(element: ElementTree.Element, *tags: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _tag(child) in tags)


def _tag(element: ElementTree.Element) -> str:
    """The name of an element, whatever namespace it is in."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
