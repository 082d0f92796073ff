"""A report table on screen, as a journal would print it, and text that Markdown prints as it is."""

from __future__ import annotations

import re

import pandas as pd

from core.reporting.tables import ReportTable
from ui.screen import st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$:])|(?<![\s\S])([-+])|(?<=\A\d)([.)])")
_ADDRESS = re.compile(r"[a-z]:(?=//)|www(?=\.)|@", re.IGNORECASE)  # where Markdown would see a link
_NUMBERS = re.compile(r"(?:[\d.,<>≥≤–−±()\[\]%+ ]|NR|to)+")
_SHORT = 16  # letters
_BREAKS = re.compile(r" (?![(\[])")  # in a long cell only an interval as a whole may stand on the next line
_SIZE = re.compile(r"\(N = [\d,]+\)")
_JOINER = "\u2060"  # invisible, and no part of an address
_KEEP_TOGETHER = re.compile(
    r"(?<=\bP) (?=[=<>])|(?<=[=<>]) (?=\d)|(?<=\d) (?=%|days\b|weeks\b|months\b|years\b)|(?<=%) (?=CI)"
)


def show(table: ReportTable, *, footnotes: bool = True) -> None:
    """Draw the table: hairlines, headings in bold, footnotes small below."""
    printed = zip(table.to_frame().to_numpy(dtype=object).tolist(), table.rows, strict=True)
    cells = [
        [_cell(_whole(text) if c else text, bold=row.is_bold(c)) for c, text in enumerate(texts)]
        for texts, row in printed
    ]
    labels = [escaped(_SIZE.sub(_unbroken, column.label)) for column in table.columns]
    frame = pd.DataFrame(cells, columns=labels, dtype="str")
    st.table(frame, border="horizontal", hide_index=True, alt=table.title)
    if footnotes:
        st.caption("  \n".join(escaped(note) for note in table.footnotes))


def prose(text: str) -> str:
    """A sentence for the screen: safe, and numbers stay with their units at the end of a line."""
    return escaped(_KEEP_TOGETHER.sub("\u00a0", text))


def escaped(text: str) -> str:
    """Text that Markdown prints as it is: a cohort's strings are data, never links, images or HTML."""
    return _MARKDOWN.sub(lambda match: "\\" + match[0], _ADDRESS.sub(lambda match: match[0] + _JOINER, text))


def _whole(text: str) -> str:
    """A short cell of numbers stays on one line, ``67 (71.3)``: a narrow screen then scrolls the table instead. In a
    longer one the interval stays whole.
    """
    if not _NUMBERS.fullmatch(text):
        return text
    together = text.replace(" ", "\u00a0") if len(text) <= _SHORT else _BREAKS.sub("\u00a0", text)
    return together.replace("–", f"–{_JOINER}")


def _unbroken(match: re.Match[str]) -> str:
    return match[0].replace(" ", "\u00a0")


def _cell(text: str, *, bold: bool) -> str:
    safe = escaped(text)
    return f"**{safe.strip()}**" if bold and safe.strip() else safe
