"""From the tables that were given to the tables of a cohort: labelled, made long, and joined by patient.

Belongs here: the order of these steps. Does not belong here: each format's own rules (``adam``, ``redcap``,
``wide_events``), which table is which (``sources``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.cohort import adam, redcap, wide_events, wide_lesions
from core.cohort.cohort import RawTable, Table
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog, listed
from core.cohort.persons import ROW, person_columns, with_row_numbers
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS, recognise
from core.cohort.response_words import look_like_responses, response_category
from core.errors import MissingColumnError
from core.spec import EndpointSpec

TIME_TO_EVENT, RESPONSE, DICTIONARY, LESIONS = "time_to_event", "response", "dictionary", "lesions"
BEST = "Best response"
READ_AS_EVENTS = "its grades were read as adverse events"
_ORDER = ("CR", "PR", "SD", "PD", "NE")
_LOOK_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assembled:
    """Tables as they are typed next, and endpoints that the files themselves define.

    Attributes
    ----------
    raws : dict of table to RawTable
    endpoints : dict of name to EndpointSpec
        Empty unless there is an ADaM table of times.
    """

    raws: dict[str, RawTable]
    endpoints: dict[str, EndpointSpec] = field(default_factory=dict)


def assemble(raws: Mapping[str, RawTable], *, roles: Mapping[str, str]) -> Assembled:
    """Label, make long and join the tables that were given.

    Parameters
    ----------
    raws : dict of table to RawTable
        ``patients`` and any of ``adverse_events``, ``lesions``, ``sessions``, ``response``, ``time_to_event``,
        ``dictionary``.
    roles : dict of role to column
        What the user said.
    """
    made = _labelled(raws)
    if adam.is_time_to_event(made[PATIENTS]):  # a table of times alone: its constant columns are the patients
        made.setdefault(TIME_TO_EVENT, made[PATIENTS])
        made[PATIENTS] = adam.one_row_each(made[PATIENTS])
    if ADVERSE_EVENTS in made:
        made[ADVERSE_EVENTS] = adam.treatment_emergent(_long(made[ADVERSE_EVENTS], roles))
    endpoints: dict[str, EndpointSpec] = {}
    if TIME_TO_EVENT in made and _names_subjects(made[PATIENTS]):
        log = IssueLog(TIME_TO_EVENT)
        made[PATIENTS], endpoints = adam.with_times(made[PATIENTS], made[TIME_TO_EVENT], log)
        made[TIME_TO_EVENT] = _with_issues(made[TIME_TO_EVENT], log)
    if RESPONSE in made:
        log = IssueLog(RESPONSE)
        if adam.is_response(made[RESPONSE]) and _names_subjects(made[PATIENTS]):
            made[PATIENTS] = adam.with_best_response(made[PATIENTS], made[RESPONSE], log)
        else:
            made[PATIENTS] = _with_best(made[PATIENTS], made[RESPONSE], roles, log)
        made[RESPONSE] = _with_issues(made[RESPONSE], log)
    return Assembled(raws=made, endpoints=endpoints)


def with_events_of_columns(
    raws: Mapping[str, RawTable], *, roles: Mapping[str, str], said: str | None, yes_no: Sequence[str] = ()
) -> dict[str, RawTable]:
    """The tables with the adverse events that stand in columns of the patients' table, and a name for every patient.

    Parameters
    ----------
    raws : dict of table to RawTable
    roles : dict of role to column
    said : {'events', 'variables'} or None
        What the user said of such columns (``CohortSpec.grade_columns``).
    yes_no : sequence of str
        Columns of yes and no that are adverse events, as the user says (``CohortSpec.event_columns``).
    """
    made = dict(raws)
    if ADVERSE_EVENTS in made and wide_events.is_from_patients(made[ADVERSE_EVENTS]):
        del made[ADVERSE_EVENTS]  # made anew as it is now said
    columns: list[str] = []
    if ADVERSE_EVENTS in made:
        yes_no = ()
    elif said != "variables":
        patients = made[PATIENTS]
        columns = wide_events.grade_columns(patients) if said == "events" else wide_events.event_columns(patients)
        columns = [name for name in columns if name not in yes_no]
    for name in yes_no:
        if name not in made[PATIENTS].columns:
            raise MissingColumnError.from_available(name, made[PATIENTS].columns, needed_for="'event_columns'")
    if not (columns or yes_no) and not person_columns(made[PATIENTS]):
        return made
    patient = patient_column(made[PATIENTS], roles, table=PATIENTS)
    if patient is None:
        made[PATIENTS], patient = with_row_numbers(made[PATIENTS]), ROW
    if columns or yes_no:
        made[ADVERSE_EVENTS] = wide_events.events_among(made[PATIENTS], columns, patient=patient, yes_no=yes_no)
    return made


def with_lesions_of_columns(
    raws: Mapping[str, RawTable], *, roles: Mapping[str, str], said: str | None
) -> dict[str, RawTable]:
    """The tables with the lesions that stand in columns of the patients' table.

    Parameters
    ----------
    raws : dict of table to RawTable
    roles : dict of role to column
    said : {'lesions', 'variables'} or None
        What the user said of such columns (``CohortSpec.lesion_columns``).
    """
    made = dict(raws)
    if LESIONS in made and wide_lesions.is_from_patients(made[LESIONS]):
        del made[LESIONS]  # made anew as it is now said
    columns = {} if LESIONS in made or said == "variables" else wide_lesions.lesion_columns(made[PATIENTS])
    if not columns:
        return made
    patient = patient_column(made[PATIENTS], roles, table=PATIENTS)
    if patient is None:
        made[PATIENTS], patient = with_row_numbers(made[PATIENTS]), ROW
    made[LESIONS] = wide_lesions.lesions_among(made[PATIENTS], columns, patient=patient)
    return made


def without_event_columns(patients: Table, events: RawTable) -> Table:
    """The patients with the columns that became adverse events set aside: neither covariates nor groups."""
    if not wide_events.is_from_patients(events) or patients.raw is None:
        return patients
    terms = set(events.frame[wide_events.TERM])
    return replace(
        patients,
        columns=tuple(
            replace(column, role="ignore", confidence=0.8, reason=READ_AS_EVENTS)
            if column.role in ("covariate", "group") and wide_events.term_of(column.name) in terms
            else column
            for column in patients.columns
        ),
    )


def patient_column(raw: RawTable, roles: Mapping[str, str], *, table: str) -> str | None:
    """The column that names the patient, as said or as recognised in the first rows."""
    for role in ("ae_patient_id", "patient_id") if table == ADVERSE_EVENTS else ("patient_id",):
        if roles.get(role) in raw.columns:
            return roles[role]
    role = "patient_id" if table == PATIENTS else "ae_patient_id"
    return recognise(raw.head(_LOOK_AT), table=PATIENTS if table == PATIENTS else ADVERSE_EVENTS).with_role(role)


def _labelled(raws: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """Labels of a data dictionary in place of codes, and checkboxes gathered, in every table."""
    dictionary = raws.get(DICTIONARY)
    made = {table: raw for table, raw in raws.items() if table != DICTIONARY}
    for table, raw in made.items():
        if dictionary is not None:
            made[table] = redcap.with_dictionary(raw, dictionary)
        elif redcap.is_export(raw):
            made[table] = redcap.gathered(raw)
    return made


def _long(raw: RawTable, roles: Mapping[str, str]) -> RawTable:
    """Adverse events one row each, where they stand one column each."""
    table = recognise(raw.head(_LOOK_AT), table=ADVERSE_EVENTS)
    patient = patient_column(raw, roles, table=ADVERSE_EVENTS)
    if patient is None or table.with_role("ae_term") is not None or not wide_events.is_wide(raw, named=True):
        return raw
    return wide_events.made_long(raw, patient=patient)


def _names_subjects(patients: RawTable) -> bool:
    return adam.PATIENT in {str(name).upper() for name in patients.columns}


def _with_best(patients: RawTable, responses: RawTable, roles: Mapping[str, str], log: IssueLog) -> RawTable:
    """The patients with the best of the responses that a table lists for each, in the order CR, PR, SD, PD, NE."""
    theirs, own = (patient_column(raw, roles, table=t) for raw, t in ((patients, PATIENTS), (responses, RESPONSE)))
    columns = [name for name in responses.columns if look_like_responses(responses.codes_of(name)[1])]
    if theirs is None or own is None or not columns or BEST in patients.columns:
        return patients
    best: dict[str | None, int] = {}
    for patient, text in zip(responses.frame[own], responses.frame[columns[0]], strict=True):
        category = None if text is None else response_category(text)
        if category is not None:
            key, rank = identifier_key(patient), _ORDER.index(category)
            best[key] = min(best.get(key, rank), rank)
    frame = patients.frame.copy(deep=False)
    values = np.empty(len(frame), dtype=object)
    keys = [identifier_key(text) for text in frame[theirs]]
    values[:] = [_ORDER[best[key]] if key in best and key is not None else None for key in keys]
    frame[BEST] = values
    log.add(
        "best-response", "info",
        f"'{BEST}' of each patient is the best in '{columns[0]}' ({listed(_ORDER)}, in this order), not confirmed.",
        column=str(columns[0]), remedy="Give the best response per patient as a column of the patients if it differs.",
    )  # fmt: skip
    return replace(patients, cells=frame)


def _with_issues(raw: RawTable, log: IssueLog) -> RawTable:
    return replace(raw, issues=(*raw.issues, *log.found))
