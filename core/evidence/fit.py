"""One published figure beside the same figure of a cohort, and the rule by which they agree.

Belongs here: the rules, and printing a number the way the paper printed its own. Does not belong here: which figures a
study has (``hifu_ici``, ``ablation_tace_net``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

Figure: TypeAlias = int | Decimal | str
LIMIT = 0.05  # of a p-value
NOT_REACHED = "not reached"
NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRow:
    """A published figure, the cohort's, and whether they agree.

    Attributes
    ----------
    quantity, group : str
        What, and of whom; figures of several groups are written "28 / 66" in the order of ``group``.
    published, computed : str
        ``computed`` is rounded as ``published`` is printed.
    rule : str
        What counts as agreement.
    agrees : bool
        Judged on the unrounded figure.
    required : bool
        Whether a sample cohort must agree; False where the figure is shown for information.
    """

    quantity: str
    group: str
    published: str
    computed: str
    rule: str
    agrees: bool
    required: bool = True


def exactly(
    quantity: str, group: str, published: Sequence[Figure], computed: Sequence[int | str], *, required: bool = True
) -> FitRow:
    """Counts and words that must be the same."""
    return FitRow(
        quantity=quantity,
        group=group,
        published=_joined(published),
        computed=_joined(computed),
        rule="the same",
        agrees=[str(figure) for figure in published] == [str(figure) for figure in computed],
        required=required,
    )


def as_printed(
    quantity: str,
    group: str,
    published: Sequence[Figure],
    computed: Sequence[float],
    *,
    rule: str = "the same as printed",
    required: bool = True,
) -> FitRow:
    """Numbers that must be the same once rounded to the decimals that were printed."""
    rounded = [rounded_like(value, figure) for value, figure in zip(computed, published, strict=True)]
    return FitRow(
        quantity=quantity,
        group=group,
        published=_joined(published),
        computed=_joined(rounded),
        rule=rule,
        agrees=rounded == [str(figure) for figure in published],
        required=required,
    )


def within_percent(
    quantity: str,
    group: str,
    published: Sequence[Figure],
    computed: Sequence[float],
    *,
    percent: float,
    required: bool = True,
) -> FitRow:
    """Numbers that must be within so many per cent of the printed ones."""
    pairs = list(zip(computed, published, strict=True))
    return FitRow(
        quantity=quantity,
        group=group,
        published=_joined(published),
        computed=_joined(rounded_like(value, figure) for value, figure in pairs),
        rule=f"within {percent:g} %",
        agrees=all(abs(value / float(figure) - 1) <= percent / 100 for value, figure in pairs),
        required=required,
    )


def within_one(quantity: str, group: str, published: Figure, computed: float, *, unit: str) -> FitRow:
    """A number that must be within one unit of the printed one."""
    return FitRow(
        quantity=quantity,
        group=group,
        published=str(published),
        computed=rounded_like(computed, published),
        rule=f"within one {unit}",
        agrees=abs(computed - float(published)) <= 1,
    )


def same_side(quantity: str, group: str, published: str, computed: float, *, required: bool = True) -> FitRow:
    """A p-value that must be on the printed side of 0.05; "<0.030" counts as below."""
    below = float(published.split()[0].lstrip("<")) < LIMIT
    return FitRow(
        quantity=quantity,
        group=group,
        published=published,
        computed=p_text(computed),
        rule="same side of 0.05",
        agrees=not math.isnan(computed) and (computed < LIMIT) == below,
        required=required,
    )


def rounded_like(value: float, figure: Figure) -> str:
    """A number with the decimals of a printed one, halves away from zero."""
    if math.isnan(value):
        return NOT_REACHED
    # Estimates carry noise in the last bits; twelve decimals take it off before a half is rounded.
    return str(Decimal(f"{value:.12f}").quantize(Decimal(1).scaleb(-decimals(figure)), rounding=ROUND_HALF_UP))


def decimals(figure: Figure) -> int:
    """Decimals a figure was printed with."""
    _, _, after = str(figure).partition(".")
    return len(after)


def p_text(p_value: float) -> str:
    """A p-value with three or four decimals, or "<0.0001"; NaN is of a factor that no model could test."""
    if math.isnan(p_value):
        return NOT_TESTED
    return "<0.0001" if p_value < 0.0001 else f"{p_value:.4f}" if p_value < 0.1 else f"{p_value:.3f}"


def _joined(figures: object) -> str:
    return " / ".join(str(figure) for figure in figures)  # type: ignore[attr-defined]
