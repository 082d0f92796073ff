"""Which columns of dates may be time zero, and what each stands for: diagnosis, first ICI dose, first HIFU session."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.cohort.cohort import Table
from core.cohort.values import fold
from core.cohort.vocabulary import compact, name_words, vocabulary

_CHECKPOINT = re.compile(r"pd[\s_-]*l?[\s_-]*1")  # PD-1 is a drug here, PD alone is progression


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A column of dates that may be time zero.

    Attributes
    ----------
    column : str
    means : str
        In words: ``first ICI dose``.
    """

    column: str
    means: str


def origin_of(name: str, label: str = "") -> str | None:
    """What a column of dates marks the beginning of, by its name or its label in the file; None: nothing known."""
    return _origin_named(name) or (_origin_named(label) if label else None)


def origins(table: Table) -> tuple[Origin, ...]:
    """The columns of dates that may be time zero, in the order of the table."""
    labels = {} if table.raw is None else table.raw.labels
    found = ((column, origin_of(column.name, labels.get(column.name, ""))) for column in table.columns)
    return tuple(
        Origin(column=column.name, means=means)
        for column, means in found
        if means is not None and column.kind == "date"
    )


def _origin_named(name: str) -> str | None:
    name = _CHECKPOINT.sub("ici ", fold(name))
    words, text = set(name_words(name)), compact(name)
    if _any_of(vocabulary()["no_origin"], words, text):
        return None
    return next(
        (means for means, signs in vocabulary()["origins"].items() if _any_of(signs, words, text)),
        None,
    )


def _any_of(signs: list[str], words: set[str], text: str) -> bool:
    """Whether a word, or part of a Chinese name, is among the signs; a short Latin sign must be a whole word."""
    return any(sign in words or ((not sign.isascii() or len(sign) > 4) and sign in text) for sign in signs)
