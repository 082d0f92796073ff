"""A table pasted from the clipboard: what Excel, Word, a web page or a text document puts there."""

from __future__ import annotations

import re

from core.cohort.guards import MAX_BYTES
from core.errors import ReadError

NAME = "pasted table.txt"
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_GAPS = re.compile(r" {2,}|\u3000+")
_BLANKS = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u200b": None, "\ufeff": None})


def pasted_file(text: str) -> tuple[str, bytes]:
    """A pasted table as a file that the intake reads: its name and its bytes.

    Tabs are kept (Excel, Word, web pages); the frame of a Markdown table is taken off; columns set apart by two or more
    blanks, as in a text document, are set apart by tabs.

    Raises
    ------
    ReadError
        If nothing was pasted, no more than one line, or more than the intake reads.
    """
    text = text.translate(_BLANKS)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ReadError("Nothing was pasted.", hint="Select the table with its names in Excel, copy it, and paste it.")
    if len(lines) == 1:
        raise ReadError(
            "The pasted table has one line only.", hint="Select the names of the columns together with their rows."
        )
    if "\t" not in text:
        text = _without_frame(lines) if all("|" in line for line in lines) else _with_tabs(lines, text)
    content = text.encode("utf-8-sig", errors="replace")
    if len(content) > MAX_BYTES:
        raise ReadError("The pasted table is larger than what is read.", hint="Save it as a file and load the file.")
    return NAME, content


def _without_frame(lines: list[str]) -> str:
    """A table written with bars, without the bars at its sides and the rule under its names."""
    kept = [line.strip().strip("|") for line in lines if not _RULE.fullmatch(line)]
    return "\n".join("\t".join(cell.strip() for cell in line.split("|")) for line in kept)


def _with_tabs(lines: list[str], text: str) -> str:
    """Columns set apart by gaps, where every line has the same number of them; otherwise the text as it is."""
    cut = [_GAPS.split(line.strip()) for line in lines]
    if len(cut[0]) < 2 or len({len(cells) for cells in cut}) != 1:
        return text
    return "\n".join("\t".join(cells) for cells in cut)
