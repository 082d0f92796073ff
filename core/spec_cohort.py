"""The cohort's half of a specification: files, roles, kinds of columns, endpoints.

Belongs here: the keys and which combinations make sense. Does not belong here: how one endpoint is read
(``core.spec_endpoint``), what is asked of the cohort (``core.spec``), whether a column exists (``core.cohort``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from core.spec_endpoint import EndpointSpec
from core.spec_part import Kind, Part
from core.spec_values import CleanSpec, CorrectionSpec, DerivedSpec

_UNSAID = frozenset(
    ("kinds", "clean", "derived", "synthetic", "labs", "response", "time_to_event", "dictionary", "encoding",
     "grade_columns", "event_columns", "lesion_columns", "keep_identifiers", "shift_dates", "corrections",
     "repeated_rows")
)  # fmt: skip


class CohortSpec(Part):
    """Files, roles and endpoints.

    Attributes
    ----------
    patients, adverse_events, lesions, sessions : str
        Paths relative to the specification file. A sheet of a workbook is named after '#': ``study.xlsx#Patients``.
    labs : str, optional
        Laboratory values over time: one row per value (patient, day or date, test, value) or per visit.
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
    clean : dict of column to CleanSpec or true
        Values of the patients' table that are to be written alike; true: as recognised.
    corrections : tuple of CorrectionSpec
        Cells of the patients' table put right, or counted as missing; before everything else.
    repeated_rows : {'keep-first'}, optional
        Rows of the patients' table with the same content as an earlier one are left out, and counted.
    derived : dict of new column to DerivedSpec
        Variables computed from others: ALBI grade, Child-Pugh class, age bands, ...
    endpoints : dict of name to EndpointSpec
    grade_columns : {'events', 'variables'}, optional
        Columns of the patients' table with the grade of one adverse event each: made a table of events, or left as they
        are; unless said they are made events where their names leave no doubt, and no table of events is given.
    event_columns : tuple of str
        Columns of the patients' table that say yes or no to one adverse event each: events whose grade is not known.
    lesion_columns : {'lesions', 'variables'}, optional
        Columns of the patients' table with the diameter of one lesion at one time each (``target1_month3``): made a
        table of lesions, or left as they are; unless said they are made lesions where their names leave no doubt.
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
    labs: str | None = None
    response: str | None = None
    time_to_event: str | None = None
    dictionary: str | None = None
    encoding: str | None = None
    roles: dict[str, str] = Field(default_factory=dict)
    kinds: dict[str, Kind] = Field(default_factory=dict)
    clean: dict[str, Literal[True] | CleanSpec] = Field(default_factory=dict)
    corrections: tuple[CorrectionSpec, ...] = ()
    repeated_rows: Literal["keep-first"] | None = None
    derived: dict[str, DerivedSpec] = Field(default_factory=dict)
    endpoints: dict[str, EndpointSpec] = Field(default_factory=dict)
    grade_columns: Literal["events", "variables"] | None = None
    event_columns: tuple[str, ...] = ()
    lesion_columns: Literal["lesions", "variables"] | None = None
    synthetic: bool = False
    keep_identifiers: tuple[str, ...] = ()
    shift_dates: Annotated[int, Field(ge=1)] | None = None

    @model_serializer(mode="wrap")
    def _without_what_nobody_said(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {key: value for key, value in written.items() if value or key not in _UNSAID}
