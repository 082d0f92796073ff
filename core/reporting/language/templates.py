"""A sentence with places left open: how a template is written, and what an f-string of the source becomes.

``f"{n} of {total} had the event"`` is the template ``{0} of {1} had the event``. Places that stand side by side are one
place: nothing in finished text says where the first ends.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence

PLACE = re.compile(r"\{(\d+)\}")
OPEN = "\ue000"  # a place before it has its number
MOST_ALTERNATIVES, MOST_WHOLE = 8, 4
_NAMED = re.compile(r"\{[a-z_]\w*(?::[^{}]*)?\}")  # a place that is filled by name
_SIDE_BY_SIDE = re.compile(f"{OPEN}(?:[^\\S\\n]*{OPEN})+")


def numbered(text: str) -> str:
    """The template with its places numbered, those side by side joined, outer white space off."""
    text = _SIDE_BY_SIDE.sub(OPEN, _NAMED.sub(OPEN, text)).strip()
    count = itertools.count()
    return re.sub(OPEN, lambda _: f"{{{next(count)}}}", text)


def places(template: str) -> list[str]:
    """The numbers of the places, in the order they stand."""
    return PLACE.findall(template)


def alternatives(node: ast.expr) -> list[str] | None:
    """Every template a piece of the source may write, with ``OPEN`` places; None where it is no text.

    A choice between two texts inside an f-string (``{'s' if n > 1 else ''}``) gives a template for each, so that whole
    sentences are translated; where that would be too many, the choice is a place.
    """
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return _joined([_piece(value) for value in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = alternatives(node.left), alternatives(node.right)
        if left is None and right is None:
            return None
        return _joined([left or [OPEN], right or [OPEN]])
    return None


def _piece(node: ast.expr) -> list[str]:
    if isinstance(node, ast.FormattedValue):
        return choices(node.value) or [OPEN]
    return alternatives(node) or [OPEN]


def choices(node: ast.expr) -> list[str] | None:
    """The templates of a choice between texts, ``'a' if x else f'b {y}'``."""
    if not isinstance(node, ast.IfExp):
        return None
    both = [choices(branch) or alternatives(branch) for branch in (node.body, node.orelse)]
    return None if None in both else [text for branch in both for text in branch or ()]


def _joined(pieces: Sequence[list[str]]) -> list[str]:
    """All ways to put the pieces together; choices become places where there would be too many."""
    if _ways(pieces) > MOST_WHOLE:  # choices that hold places of their own are translated apart
        pieces = [[OPEN] if len(p) > 1 and any(OPEN in text for text in p) else p for p in pieces]
    if _ways(pieces) > MOST_ALTERNATIVES:
        pieces = [[OPEN] if len(p) > 1 else p for p in pieces]
    return ["".join(parts) for parts in itertools.product(*pieces)]


def _ways(pieces: Sequence[list[str]]) -> int:
    ways = 1
    for piece in pieces:
        ways *= len(piece)
    return ways


def left_apart(node: ast.JoinedStr) -> Iterator[ast.expr]:
    """The parts of an f-string whose texts its templates do not hold: they have templates of their own."""
    written = alternatives(node) or []
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            told = choices(value.value)
            if told is None or not all(any(text in whole for whole in written) for text in told):
                yield value.value
