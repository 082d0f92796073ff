"""What every part of a specification is made of: a frozen model that refuses unknown keys, and the kinds of values."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict

Scalar: TypeAlias = bool | int | float | str
Unit: TypeAlias = Literal["days", "weeks", "months", "years"]
Kind: TypeAlias = Literal["number", "category", "text", "date"]


class Part(BaseModel):
    """A frozen part of the specification; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_is_text(value: object) -> object:
    """A list of one column is that column: there is one way to write it."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


OneOrMore: TypeAlias = Annotated[str | tuple[str, ...], BeforeValidator(_one_is_text)]


def as_columns(named: OneOrMore | None) -> tuple[str, ...]:
    """One or several columns as several."""
    if named is None:
        return ()
    return (named,) if isinstance(named, str) else named
