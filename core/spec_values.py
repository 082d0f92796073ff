"""How values of the patients' table are put right and written alike, and which variables are derived from them.

Belongs here: the keys and which combinations make sense. Does not belong here: doing it (``core.cohort.corrections``,
``core.cohort.cleaning``, ``core.cohort.derived``), whether a column exists.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from core.spec_part import Part, Scalar


class _Brief(Part):
    """A part that writes only what was said."""

    @model_serializer(mode="wrap")
    def _without_what_nobody_said(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {key: value for key, value in written.items() if value not in (None, False, [], {}, ())}


class CleanSpec(_Brief):
    """How the values of one column are written alike.

    Attributes
    ----------
    merge : dict of level to values
        These values are the level; matched without regard to case, width and blanks.
    missing : tuple of values
        Codes that mean that the value is not known.
    numbers : bool
        '<0.5' is 0.5, '>1000' is 1000, '12 ng/mL' is 12.
    split : bool or str
        Cells hold several answers ('lung; bone'): one yes/no column for each, cut at this sign or the recognised one.
    order : tuple of levels
        Levels in this order; others follow.
    """

    merge: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    missing: tuple[Scalar, ...] = ()
    numbers: bool = False
    split: bool | Annotated[str, Field(min_length=1)] = False
    order: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_purpose(self) -> CleanSpec:
        if self.numbers and (self.merge or self.split or self.order):
            raise ValueError("'numbers' goes with 'missing' only: numbers have no levels")
        return self


class CorrectionSpec(_Brief):
    """One cell of the patients' table put right by hand.

    Attributes
    ----------
    column : str
    row : int
        Row of the file, as the spreadsheet shows it (the header is row 1).
    was : str
        What the file holds, '' where the cell is empty; where it holds something else nothing is changed, and said.
    becomes : str, optional
        What is read instead, written as in a file; unless given the value counts as missing.
    """

    column: str
    row: Annotated[int, Field(ge=1)]
    was: str
    becomes: Annotated[str, Field(min_length=1)] | None = None

    @field_validator("was", "becomes", mode="before")
    @classmethod
    def _as_written(cls, value: object) -> object:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    @property
    def cell(self) -> tuple[str, int]:
        """Column and row."""
        return self.column, self.row


class DerivedSpec(_Brief):
    """A variable computed from others by a published rule.

    Attributes
    ----------
    rule : str
        One of ``core.cohort.derived_rules.RULES``: ``albi-grade``, ``child-pugh-class``, ``who-grade``, ...
    inputs : dict of input to column
        Which column holds what the rule needs.
    units : dict of input to unit
        What a column is in; unless given it is read from the column's name or its range, and said.
    assume : dict of input to value
        The same value for every patient, for an input that no column holds.
    cut : tuple of float, optional
        Cut-points, for a rule that has them (``age-bands``).
    """

    rule: str
    inputs: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    assume: dict[str, Scalar] = Field(default_factory=dict)
    cut: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _said_once(self) -> DerivedSpec:
        if twice := sorted(set(self.inputs) & set(self.assume)):
            raise ValueError(f"'{twice[0]}' is both read from a column and assumed")
        if self.cut is not None and (not self.cut or list(self.cut) != sorted(set(self.cut))):
            raise ValueError("'cut' needs cut-points in increasing order")
        return self
