"""From a workbook (XLSX, XLSM, XLSB, XLS, ODS) to rows of cells as text."""

from __future__ import annotations

import datetime as dt
import io
import string
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import python_calamine as calamine

from core.cohort import workbook_xml as cells
from core.cohort.delimited import Rows
from core.cohort.guards import refuse_cells
from core.cohort.issues import IssueLog, counted
from core.cohort.separate_process import answer_of
from core.cohort.values import format_number
from core.errors import ReadError, nearest
from core.work.progress import go_on

_LETTERS = string.ascii_uppercase
_MOST_MERGED = 2_000_000


def workbook_rows(content: bytes, *, name: str, sheet: str | None, log: IssueLog) -> tuple[Rows, str]:
    """Rows of one sheet and its name; other sheets with content and cells that hold an error are reported.

    Parameters
    ----------
    sheet : str or None
        The sheet to read; None: the first visible one with content.

    Raises
    ------
    ReadError
        If the workbook is damaged or protected by a password, the sheet is not there, or all sheets are empty.
    """
    with _opened(content, name=name) as book:
        rows, used, others = _pick(book, name=name, sheet=sheet)
    if others and sheet is None:
        message = f"Sheet '{used}' was read; the workbook also holds: {', '.join(others)}."
        log.add("other-sheets", "info", message, remedy="Choose the sheet if it is another one.")
    report_errors(content, used, log)
    report_merged(rows, log)
    return rows, used


def workbook_sheets(content: bytes, *, name: str) -> Iterator[tuple[str, Rows | None]]:
    """Name and rows of one sheet after the other, in the order of the workbook; None instead of a hidden one's rows.

    Raises
    ------
    ReadError
        If the workbook is damaged or protected by a password.
    """
    with _opened(content, name=name) as book:
        for meta in book.sheets_metadata:
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:  # charts and macros have sheets too
                is_visible = meta.visible == calamine.SheetVisibleEnum.Visible
                yield meta.name, _rows(book.get_sheet_by_name(meta.name)) if is_visible else None


def report_errors(content: bytes, sheet: str, log: IssueLog) -> None:
    """Report the cells of a sheet that hold an error."""
    errors = cells.errors_in(content, sheet)
    if errors:
        shown = ", ".join(f"{cell} ({error})" for cell, error in errors[:5])
        log.add(
            "error-cell", "warning", f"{counted(len(errors), 'cell')} with an error, counted as missing: {shown}.",
            rows=sorted({int(cell.lstrip(_LETTERS)) for cell, _ in errors}), remedy="Correct the formulas.",
        )  # fmt: skip


@contextmanager
def _opened(content: bytes, *, name: str) -> Iterator[Any]:
    """The workbook; whatever goes wrong inside is a ReadError."""
    try:
        cells.refuse_stretched(content, name=name)
        if cells.is_binary(content):
            _try_elsewhere(content, name=name)
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            yield book
    except calamine.PasswordError:
        raise _protected(name) from None
    except (calamine.CalamineError, ValueError, *cells.UNREADABLE) as error:
        if isinstance(error, ReadError):
            raise
        raise _damaged(name) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own word for an index out of range; no Exception
            raise
        raise _damaged(name) from None


def _try_elsewhere(content: bytes, *, name: str) -> None:
    """Open a binary workbook (XLS, XLSB) in a process of its own first: a damaged one may end the process."""
    answer = answer_of(content, kind="workbook", program="Excel", name=name)
    if answer.get("error") == "cells":
        refuse_cells(answer["rows"], answer["columns"], name=name)


def _damaged(name: str) -> ReadError:
    return ReadError(
        f"'{name}' looks like a workbook, but cannot be opened.",
        hint="Open it in Excel, save it again as .xlsx, and load that file.",
    )


def _protected(name: str) -> ReadError:
    return ReadError(
        f"'{name}' is protected by a password.", hint="Remove the password in Excel (File, Info) and load it again."
    )


def _pick(book: Any, *, name: str, sheet: str | None) -> tuple[Rows, str, tuple[str, ...]]:
    names = [str(found) for found in book.sheet_names]
    if sheet is not None and sheet not in names:
        near = nearest(sheet, names)
        hint = f"Did you mean '{near}'?" if near else f"Sheets: {', '.join(names)}."
        raise ReadError(f"'{name}' has no sheet '{sheet}'.", hint=hint)
    visible = {
        str(meta.name)
        for meta in book.sheets_metadata
        if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet
    }
    filled = [found for found in names if book.get_sheet_by_name(found).height > 0] if len(names) > 1 else names
    order = [sheet] if sheet is not None else sorted(filled, key=lambda found: found not in visible)
    for found in order:
        rows = _rows(book.get_sheet_by_name(found))
        if any(any(row) for row in rows.cells):
            return rows, found, tuple(other for other in filled if other != found)
    raise ReadError(f"'{name}' has no sheet with data.", hint="Load a workbook whose first row names the columns.")


def _rows(sheet: Any) -> Rows:
    """Cells of a sheet; under the names a cell merged over several rows stands in each of them."""
    rows = _cells(sheet)
    header = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    merged: set[int] = set()
    looked_at = 0
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        last = min(bottom, len(rows) - 1)
        if top <= header or last <= top or not rows[top][left : left + 1] or not rows[top][left]:
            continue
        looked_at += last - top
        if looked_at > _MOST_MERGED:  # more than a sheet whose merged cells do not overlap has
            break
        for i in range(top + 1, last + 1):
            if any(rows[i]) and not rows[i][left]:
                rows[i][left] = rows[top][left]
                merged.add(i + 1)
    return Rows(cells=rows, merged=tuple(sorted(merged)))


def report_merged(rows: Rows, log: IssueLog) -> None:
    """Report the rows that were given the content of a cell merged over them."""
    if rows.merged:
        log.add(
            "merged-cells", "info",
            f"Merged cells: {counted(len(rows.merged), 'row')} under one got its content.",
            rows=rows.merged, remedy="Check that the merged cell was meant for all its rows.",
        )  # fmt: skip


def _cells(sheet: Any) -> list[list[str]]:
    """Cells as text; row 1 is the sheet's row 1 even where content starts further down."""
    go_on()
    return [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        hours, seconds = divmod(int(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02d}:{seconds % 60:02d}"
    return str(value)
