"""Parts of the report as text of a link, and their names: questions and options, never patients.

Belongs here: writing and reading that text. Does not belong here: where parts are kept (``ui.report_kept``).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from core.spec import ReportPartSpec

MOST_LETTERS = 4_000  # servers refuse much longer addresses
_MOST_READ = 400_000  # letters of what a short text may unpack to
_FREE_TEXT = "merge_terms"  # written by hands in the file: it stands in a saved analysis, never in a link
_ID = re.compile(r"report_(\d+)_")
_PARTS = TypeAdapter(tuple[ReportPartSpec, ...])


def text_of(parts: Sequence[ReportPartSpec]) -> str | None:
    """The parts as text; None where they are too many, or hold what must not stand in a link."""
    plain = [part.model_dump(mode="json", by_alias=True, exclude_defaults=True) for part in parts]
    if any(_FREE_TEXT in analysis for part in plain for analysis in part["analyses"]):
        return None
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MOST_LETTERS else None


def parts_of(text: str) -> tuple[tuple[ReportPartSpec, ...], str]:
    """The parts that a text holds, and what is wrong with it; no part where anything is."""
    problem = "The link holds blocks of the report that cannot be read; they were left out."
    if len(text) > MOST_LETTERS:
        return (), problem
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = zlib.decompressobj().decompress(packed, _MOST_READ)
        parts = _PARTS.validate_python(json.loads(plain))
    except (binascii.Error, zlib.error, ValueError, RecursionError, ValidationError):
        return (), problem
    ids = [analysis.id for part in parts for analysis in part.analyses]
    return (parts, "") if len(set(ids)) == len(ids) else ((), problem)


def id_of(number: int, position: int, kind: str) -> str:
    """The id of an analysis of a part: ``report_3_cox``, ``report_3_cox_2`` where there may be others."""
    return f"report_{number}_{kind}" if position == 0 else f"report_{number}_{kind}_{position + 1}"


def number_of(part: ReportPartSpec) -> int:
    """The number in a part's ids; 0 where somebody else named them."""
    found = [_ID.match(analysis.id) for analysis in part.analyses]
    return max((int(one[1]) for one in found if one is not None), default=0)
