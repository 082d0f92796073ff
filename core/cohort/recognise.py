"""From text to a typed table with roles and endpoints, each with a confidence and a reason the user can judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.cohort.cohort import Column, RawTable, Table
from core.cohort.column_reader import Asked
from core.cohort.endpoint_columns import find_endpoints
from core.cohort.endpoint_found import FoundEndpoint
from core.cohort.endpoint_names import read_name
from core.cohort.issues import IssueLog
from core.cohort.kinds import TypedColumns
from core.cohort.persons import ROW, naming_column
from core.cohort.roles import (
    AE_ROLES,
    DATE_ROLES,
    ROLES,
    SESSION_ROLES,
    Role,
    adverse_event_roles,
    looks_like_adverse_events,
    names_patients,
    patient_roles,
    table_of,
)
from core.cohort.session_roles import session_roles
from core.cohort.vocabulary import aliases, compact
from core.spec import CohortSpec, EndpointSpec, Kind

__all__ = ["ROLES", "found_endpoints", "is_adverse_events", "recognise", "suggest_spec"]

PATIENTS, ADVERSE_EVENTS, SESSIONS = "patients", "adverse_events", "sessions"
_FOUND = "found endpoints"
AS_SAID = "as specified"


def recognise(
    raw: RawTable,
    *,
    table: str,
    roles: Mapping[str, str] | None = None,
    endpoints: Mapping[str, EndpointSpec] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Table:
    """Type the columns of a table and say what each is for.

    Parameters
    ----------
    raw : RawTable
    table : {'patients', 'adverse_events', 'lesions', 'sessions', 'labs', 'response', 'time_to_event'}
        What the table holds; decides which roles are looked for.
    roles : dict of role to column, optional
        What the user said; wins over recognition.
    endpoints : dict of name to EndpointSpec, optional
        What the user said; without it endpoints are looked for.
    kinds : dict of column to kind, optional
        What the user said; wins over what the cells and the roles ask for.

    Returns
    -------
    Table
        Named ``table``; ``issues`` hold what reading, typing and recognising found.
    """
    columns = TypedColumns(raw, table=table, said=kinds)
    log = IssueLog(table)
    said = {column: role for role, column in _own_roles(roles or {}, table).items() if column in columns.kinds}
    if table == ADVERSE_EVENTS:
        found = _with_said(adverse_event_roles(columns) | _by_person(raw, columns, table), said)
    elif table == SESSIONS:
        general = patient_roles(columns, repeated=True) | _by_person(raw, columns, table)
        none = {role for role, column in (roles or {}).items() if not column}
        own = {name: one for name, one in session_roles(columns, taken=general).items() if one.role not in none}
        found = _with_said(general | own, said)
    else:
        found = _with_said(patient_roles(columns, repeated=table != PATIENTS) | _by_person(raw, columns, table), said)
    _retype(columns, found, (endpoints or {}).values())
    known: tuple[FoundEndpoint, ...] = ()
    if table == PATIENTS and not endpoints:
        known = _recognised_endpoints(_table(raw, columns, found, name=table), found, log)
        _retype(columns, {}, [endpoint.spec for endpoint in known])
    made = _with_endpoints(_table(raw, columns, found, name=table), known, endpoints or {})
    made.cache[_FOUND] = known
    return replace(made, issues=(*raw.issues, *columns.issues(), *log.found))


def _by_person(raw: RawTable, columns: TypedColumns, table: str) -> dict[str, Role]:
    """The column that names the persons, where no identifier names the patients."""
    repeated = table != PATIENTS
    if names_patients(columns, repeated=repeated):
        return {}
    name = naming_column(raw, columns, repeated=repeated)
    role = "ae_patient_id" if table == ADVERSE_EVENTS else "patient_id"
    if name == ROW:
        return {ROW: Role(role=role, confidence=0.5, reason="no column names the patients; their rows do")}
    reason = "it names persons, and no column has numbers of the study"
    return {} if name is None else {name: Role(role=role, confidence=0.6, reason=reason)}


def _own_roles(roles: Mapping[str, str], table: str) -> dict[str, str]:
    """The roles that speak of this table: both may call their patients' column the same."""
    if table == SESSIONS:
        named = {"patient_id": roles["patient_id"]} if "patient_id" in roles else {}
        return named | {role: column for role, column in roles.items() if role in SESSION_ROLES}
    if table != ADVERSE_EVENTS:
        return {role: column for role, column in roles.items() if table_of(role) == PATIENTS}
    own = {role: column for role, column in roles.items() if role in AE_ROLES}
    return {"ae_patient_id": roles["patient_id"], **own} if "patient_id" in roles else own


def found_endpoints(table: Table) -> tuple[FoundEndpoint, ...]:
    """The endpoints recognised in a table of patients."""
    found: tuple[FoundEndpoint, ...] = table.cache.get(_FOUND, ())
    return found


def is_adverse_events(raw: RawTable) -> bool:
    """Whether a table looks like one row per adverse event."""
    terms = aliases("ae_term")
    if not any(compact(called) in terms for name in raw.columns for called in (name, raw.labels.get(name, ""))):
        return False
    columns = TypedColumns(raw, table=ADVERSE_EVENTS)
    return looks_like_adverse_events(columns, named=bool(_by_person(raw, columns, ADVERSE_EVENTS)))


def suggest_spec(
    patients: Table,
    adverse_events: Table | None,
    paths: Mapping[str, str],
    *,
    roles: Mapping[str, str] | None = None,
) -> CohortSpec:
    """The specification that says what was recognised.

    Parameters
    ----------
    paths : dict of table to path
        ``patients`` and, where loaded, ``adverse_events``, ``lesions``, ``sessions``, ``response``, ``time_to_event``,
        ``dictionary``.
    """
    suggested: dict[str, str] = {}
    if (identifier := patients.with_role("patient_id")) is not None:
        suggested["patient_id"] = identifier
    if adverse_events is not None:
        suggested |= {c.role: c.name for c in adverse_events.columns if c.role is not None and c.role.startswith("ae_")}
    return CohortSpec(
        patients=paths[PATIENTS],
        adverse_events=paths.get(ADVERSE_EVENTS),
        lesions=paths.get("lesions"),
        sessions=paths.get("sessions"),
        labs=paths.get("labs"),
        response=paths.get("response"),
        time_to_event=paths.get("time_to_event"),
        dictionary=paths.get("dictionary"),
        roles={**suggested, **(roles or {})},
        endpoints={found.name: found.spec for found in found_endpoints(patients)},
    )


def _with_said(found: dict[str, Role], said: Mapping[str, str]) -> dict[str, Role]:
    """Recognised roles, overruled by what the user said."""
    kept = {name: role for name, role in found.items() if role.role not in said.values() or role.role in _MANY}
    return kept | {column: Role(role=role, confidence=1.0, reason=AS_SAID) for column, role in said.items()}


_MANY = frozenset(("group", "covariate", "ignore", "other_date"))
_KIND_OF_ROLE: dict[str, Asked] = {
    "patient_id": "text",
    "ae_patient_id": "text",
    "ae_grade": "grade",
    "entry": "number",
    "weight": "number",
    "session_patient": "text",
    "session_date": "date",
    **dict.fromkeys(("session_day", "session_energy", "session_power", "session_time", "session_volume"), "number"),
    **dict.fromkeys(DATE_ROLES, "date"),
}


def _retype(columns: TypedColumns, found: Mapping[str, Role], endpoints: Iterable[EndpointSpec]) -> None:
    """Give columns the kind their role needs: a time is a number even where it looks like a code."""
    for name, role in found.items():
        if role.role in _KIND_OF_ROLE:
            columns.type(name, _KIND_OF_ROLE[role.role])
    for spec in endpoints:
        for column in spec.columns:
            if column in columns.kinds and column not in spec.status_columns:
                columns.type(column, "number" if column in spec.number_columns else "date")


def _table(raw: RawTable, columns: TypedColumns, found: Mapping[str, Role], *, name: str) -> Table:
    described = []
    for column, kind in columns.kinds.items():
        role = found.get(column)
        described.append(
            Column(
                name=column,
                kind=kind,
                role=None if role is None else role.role,
                confidence=0.0 if role is None else role.confidence,
                reason="not used" if role is None else role.reason,
            )
        )
    made = Table(name=name, frame=columns.frame(), row_numbers=raw.row_numbers, columns=tuple(described), raw=raw)
    columns.keep(made)
    return made


def _recognised_endpoints(table: Table, found: Mapping[str, Role], log: IssueLog) -> tuple[FoundEndpoint, ...]:
    dates = {role.role: name for name, role in found.items() if role.role in DATE_ROLES and role.role != "other_date"}
    endpoints = find_endpoints(table, dates, log)
    entry = next((name for name, role in found.items() if role.role == "entry"), None)
    if entry is None:
        return endpoints
    return tuple(
        replace(e, spec=e.spec.model_copy(update={"entry": entry})) if e.spec.time is not None else e for e in endpoints
    )


def _with_endpoints(table: Table, known: tuple[FoundEndpoint, ...], said: Mapping[str, EndpointSpec]) -> Table:
    """Columns of endpoints get their roles."""
    columns = {column.name: column for column in table.columns}
    for found in known:
        for role, name in _endpoint_columns(found.spec):
            if name in found.spec.shared_columns and columns[name].role in ("time", "event"):
                continue  # it is another endpoint's too
            reason = found.reasons.get(name, f"{found.name} {role}")
            columns[name] = replace(
                columns[name], role=role, endpoint=found.name, confidence=found.confidence, reason=reason
            )
    for name, reason in _spare(table, {found.name: found.spec for found in known} | dict(said)).items():
        if columns[name].reason != AS_SAID:
            columns[name] = replace(columns[name], role="ignore", confidence=0.5, reason=reason)
    for endpoint, spec in said.items():
        for role, name in _endpoint_columns(spec):
            if name in columns and not (name in spec.shared_columns and columns[name].role in ("time", "event")):
                columns[name] = replace(
                    columns[name],
                    role=role,
                    endpoint=endpoint,
                    confidence=1.0,
                    reason=f"{endpoint} {role} as specified",
                )
    return replace(table, columns=tuple(columns.values()))


def _spare(table: Table, known: Mapping[str, EndpointSpec]) -> dict[str, str]:
    """Further columns that are a time or event of an endpoint: not covariates; column -> reason."""
    used = {column for endpoint in known.values() for column in endpoint.columns}
    parts = {column.name: read_name(column.name) for column in table.columns if column.kind in ("number", "category")}
    named: set[str | None] = set(known)
    named |= {part.endpoint for column in used if (part := parts.get(column)) is not None}
    spare: dict[str, str] = {}
    for name, part in parts.items():
        if part is None or name in used or part.own_event:
            continue
        if part.endpoint in named:
            what = part.part if part.part != "either" else "time"
            spare[name] = f"may also be {part.endpoint or 'a'} {what}; another was taken"
        elif part.endpoint is not None and part.part != "either":
            spare[name] = f"{part.endpoint} {part.part} of an endpoint that is not used"
    return spare


def _endpoint_columns(spec: EndpointSpec) -> list[tuple[str, str]]:
    named = [("time", spec.time), ("event", spec.event), ("entry", spec.entry)]
    named += [one for pair in spec.also for one in (("time", pair.time), ("event", pair.event))]
    if spec.from_counts:
        named += [("time", name) for name in spec.number_columns if name != spec.entry]
    return [(role, name) for role, name in named if name is not None]
