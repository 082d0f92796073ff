"""The cohort's half of a specification: files, roles, kinds of columns, and how each endpoint is read.

Belongs here: the keys and which combinations make sense. Does not belong here: what is asked of the cohort
(``core.spec``), whether a column exists (``core.cohort``).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

Scalar: TypeAlias = bool | int | float | str
Unit: TypeAlias = Literal["days", "weeks", "months", "years"]
Kind: TypeAlias = Literal["number", "category", "text", "date"]


class Part(BaseModel):
    """A frozen part of the specification; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_is_text(value: object) -> object:
    """A list of one column is that column: there is one way to write it."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


class EndpointSpec(Part):
    """How one endpoint is read: a time and an event column, or dates.

    Attributes
    ----------
    time, event : str, optional
        Columns. ``event_is`` lists the values of ``event`` that mean the event occurred (any other value is censored);
        without it the values are recognised (1, TRUE, "dead", ...).
    competing : dict of name to values
        Values of ``event`` that mean a competing event; censored in Kaplan-Meier and Cox, said in the notes.
    entry : str, optional
        Column with the time of delayed entry.
    start, event_date, censor_date : str, optional
        Date columns: origin, event (empty = none) and last seen. ``event_date`` may be several columns: the earliest
        date among them counts (progression and death, for PFS).
    unit : str
        What ``time`` is in, or what dates are turned into.

    Notes
    -----
    Dates and a status: beside the dates ``event`` (with ``event_is``) may say whether the event occurred, and the dates
    only when. Where the file has one date for both, death or last seen, ``event_date`` and ``censor_date`` are the same
    column.
    """

    time: str | None = None
    event: str | None = None
    event_is: tuple[Scalar, ...] | None = None
    competing: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    entry: str | None = None
    start: str | None = None
    event_date: Annotated[str | tuple[str, ...] | None, BeforeValidator(_one_is_text)] = None
    censor_date: str | None = None
    unit: Unit = "months"

    @property
    def from_dates(self) -> bool:
        """Whether times are computed from dates."""
        return self.start is not None

    @property
    def event_dates(self) -> tuple[str, ...]:
        """The columns of ``event_date``, one or several."""
        if self.event_date is None:
            return ()
        return (self.event_date,) if isinstance(self.event_date, str) else self.event_date

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns this endpoint reads."""
        named = (self.time, self.event, self.entry, self.start, *self.event_dates, self.censor_date)
        return tuple(name for name in named if name is not None)

    @model_validator(mode="after")
    def _one_way(self) -> EndpointSpec:
        if self.from_dates:
            if self.time is not None:
                raise ValueError("give either 'time' and 'event' or 'start', 'event_date' and 'censor_date', not both")
            if not self.event_dates or self.censor_date is None:
                raise ValueError("an endpoint from dates needs 'start', 'event_date' and 'censor_date'")
            if len(set(self.event_dates)) != len(self.event_dates):
                raise ValueError("'event_date' names a column twice")
        elif self.time is None or self.event is None:
            raise ValueError("an endpoint needs 'time' and 'event', or 'start', 'event_date' and 'censor_date'")
        return self


_UNSAID = frozenset(
    ("kinds", "synthetic", "response", "time_to_event", "dictionary", "encoding", "keep_identifiers", "shift_dates")
)


class CohortSpec(Part):
    """Files, roles and endpoints.

    Attributes
    ----------
    patients, adverse_events, lesions, sessions : str
        Paths relative to the specification file. A sheet of a workbook is named after '#': ``study.xlsx#Patients``.
    response : str, optional
        Tumour response, one row per patient and assessment (ADaM's ADRS); the best is joined to each patient.
    time_to_event : str, optional
        ADaM's ADTTE: each PARAMCD becomes an endpoint.
    dictionary : str, optional
        A REDCap data dictionary: its choices stand in place of the codes.
    encoding : str, optional
        Encoding of the text files that are not Unicode, where the one found is wrong: ``cp1250``, ``euc_kr``.
    roles : dict of role to column
        What a column is, where recognition needs help.
    kinds : dict of column to kind
        How columns of the patients' table are read, where recognition needs help: a code as ``category`` or ``number``.
    endpoints : dict of name to EndpointSpec
    synthetic : bool
        Whether the data are made up; every result then says so.
    keep_identifiers : tuple of str
        Columns that are kept although they could name a person; others are left out, and such patient numbers replaced.
    shift_dates : int, optional
        Seed: all dates of a patient move by the same number of days, another number for each patient.
    """

    patients: str
    adverse_events: str | None = None
    lesions: str | None = None
    sessions: str | None = None
    response: str | None = None
    time_to_event: str | None = None
    dictionary: str | None = None
    encoding: str | None = None
    roles: dict[str, str] = Field(default_factory=dict)
    kinds: dict[str, Kind] = Field(default_factory=dict)
    endpoints: dict[str, EndpointSpec] = Field(default_factory=dict)
    synthetic: bool = False
    keep_identifiers: tuple[str, ...] = ()
    shift_dates: Annotated[int, Field(ge=1)] | None = None

    @model_serializer(mode="wrap")
    def _without_what_nobody_said(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {key: value for key, value in written.items() if value or key not in _UNSAID}
