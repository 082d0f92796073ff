"""What each column is for: identifier, dates, groups, covariates, and the columns of an adverse-event table.

Endpoints are found in ``endpoint_columns``. A role in the specification wins over recognition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import ColumnKind
from core.cohort.column_reader import Texts
from core.cohort.issues import counted
from core.cohort.kinds import TypedColumns
from core.cohort.origins import origin_of
from core.cohort.response_words import look_like_responses, mostly_responses
from core.cohort.vocabulary import aliases, compact, date_form, name_words
from core.errors import MissingColumnError, SpecError

DATE_ROLES = (
    "start_date", "death_date", "local_progression_date", "progression_date", "recurrence_date", "transplant_date",
    "response_date", "last_seen_date", "other_date",
)  # fmt: skip
AE_ROLES = (
    "ae_patient_id", "ae_term", "ae_grade", "ae_class", "ae_start", "ae_end", "ae_related", "ae_immune", "ae_serious",
    "ae_action",
)  # fmt: skip
SESSION_ROLES = (
    "session_patient", "session_day", "session_date", "session_treatment", "session_site", "session_energy",
    "session_power", "session_time", "session_volume",
)  # fmt: skip
ROLES: tuple[str, ...] = (
    "patient_id", "time", "event", "entry", *DATE_ROLES, "group", "covariate", "weight", "best_response",
    "safety_population", "ignore", *AE_ROLES,
    *SESSION_ROLES,
)  # fmt: skip
_BRACKETS = re.compile(r"[(（\[].*?[)）\]]")
_GROUP_LEVELS = 8
_ARMS, _ARM_WORDS = 4, frozenset(("arm", "arms"))  # not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role with how sure it is and why."""

    role: str
    confidence: float
    reason: str


def check_roles(roles: Mapping[str, str], columns: Mapping[str, Iterable[str]]) -> None:
    """Refuse roles that do not exist and columns that are in no table.

    Parameters
    ----------
    roles : dict of role to column
        A role of the table of sessions may have none, '': then no column has it.
    columns : dict of table name to its columns
        ``patients`` and, where loaded, ``adverse_events`` and ``sessions``.
    """
    for role, column in roles.items():
        if role in ("time", "event"):
            raise SpecError(f"The role '{role}' belongs to an endpoint.", hint="Name its columns in cohort.endpoints.")
        if role not in ROLES:
            raise SpecError.unknown_key(role, ROLES, where="cohort.roles")
        if role in SESSION_ROLES and not column:
            continue  # said of no column
        table = table_of(role)
        if table in columns and column not in columns[table]:
            raise MissingColumnError.from_available(column, list(columns[table]), needed_for=f"the role '{role}'")


def table_of(role: str) -> str:
    """The table whose column a role names."""
    return "adverse_events" if role in AE_ROLES else "sessions" if role in SESSION_ROLES else "patients"


def check_kinds(kinds: Mapping[str, str], roles: Mapping[str, str], columns: Iterable[str]) -> None:
    """Refuse kinds of columns that are not in the table of patients, and identifiers read as anything but text."""
    available = list(columns)
    for column, kind in kinds.items():
        if column not in available:
            raise MissingColumnError.from_available(column, available, needed_for=f"the kind '{kind}'")
    identifier = roles.get("patient_id")
    if identifier is not None and kinds.get(identifier, "text") != "text":
        raise SpecError(
            f"'{identifier}' names the patients and is read as text, not as a {kinds[identifier]}.",
            hint="Leave its kind as it is, or name the patients by another column.",
        )


def patient_roles(columns: TypedColumns, *, repeated: bool = False) -> dict[str, Role]:
    """Roles of a table with one row per patient, or ``repeated`` ones (endpoints aside)."""
    found: dict[str, Role] = {}
    identifier = _identifier(columns, repeated=repeated)
    if identifier is not None:
        found[identifier[0]] = identifier[1]
    for role in DATE_ROLES:
        taken: dict[str, Role] = found | (_of_some(columns) if role == "start_date" else {})
        named = _named(columns, role, kinds=("date",), taken=taken)
        if named is not None:
            found[named] = Role(role=role, confidence=0.9, reason="by its name, and it holds dates")
    for role in ("entry", "weight"):
        named = _named(columns, role, kinds=("number",), taken=found)
        if named is not None:
            found[named] = Role(role=role, confidence=0.8, reason="by its name")
    safety = _named(columns, "safety_population", kinds=("category", "text", "number"), taken=found)
    if safety is not None and not repeated:
        found[safety] = Role(role="safety_population", confidence=0.9, reason="by its name")
    response = _best_response(columns, taken=found)
    if response is not None:
        found[response[0]] = response[1]
    for name, kind in columns.kinds.items():
        if name not in found:
            found[name] = _descriptive(columns, name, kind)
    return found


def _of_some(columns: TypedColumns) -> dict[str, Role]:
    """Dates that most patients lack: of a treatment that some had, so not the time zero of all."""
    some = Role(role="other_date", confidence=0.6, reason="most patients have no date here")
    dates = [name for name, kind in columns.kinds.items() if kind == "date"]
    filled = {name: columns.texts(name).n for name in dates}
    most = max(filled.values(), default=0)
    return {name: some for name, n in filled.items() if 2 * n < most}


def _best_response(columns: TypedColumns, *, taken: Mapping[str, Role]) -> tuple[str, Role] | None:
    """The column of best responses: by its name where its values are responses, else the only one that holds such."""
    kinds: tuple[ColumnKind, ...] = ("category", "text")
    free = [name for name, kind in columns.kinds.items() if kind in kinds and name not in taken]
    holding = [name for name in free if look_like_responses(columns.texts(name).texts)]
    known = aliases("best_response")
    rank = {name: min((known[form] for form in _forms(name) if form in known), default=None) for name in free}
    called = [name for name in free if rank[name] is not None and (name in holding or _mostly(columns.texts(name)))]
    named = min(called, key=lambda name: rank[name] or 0, default=None)
    if named is not None:
        return named, Role(role="best_response", confidence=0.95, reason="by its name, and it holds responses")
    if len(holding) == 1:
        return holding[0], Role(role="best_response", confidence=0.8, reason="it holds responses")
    return None


def _mostly(texts: Texts) -> bool:
    return mostly_responses(texts.texts, texts.counts.tolist())


def adverse_event_roles(columns: TypedColumns) -> dict[str, Role]:
    """Roles of a table with one row per adverse event."""
    found: dict[str, Role] = {}
    identifier = _identifier(columns, repeated=True)
    if identifier is not None:
        found[identifier[0]] = Role(
            role="ae_patient_id", confidence=identifier[1].confidence, reason=identifier[1].reason
        )
    wanted: tuple[tuple[str, tuple[ColumnKind, ...]], ...] = (
        ("ae_term", ("category", "text")),
        ("ae_grade", ("category", "number", "text")),
        ("ae_class", ("category", "text")),
        ("ae_related", ("category", "text", "number")),
        ("ae_immune", ("category", "text", "number")),
        ("ae_serious", ("category", "text", "number")),
        ("ae_action", ("category", "text", "number")),
        ("ae_start", ("date", "number", "category", "text")),
        ("ae_end", ("date", "number", "category", "text")),
    )
    for role, kinds in wanted:
        named = _named(columns, role, kinds=kinds, taken=found)
        if named is not None:
            found[named] = Role(role=role, confidence=0.9, reason="by its name")
    return found


def looks_like_adverse_events(columns: TypedColumns, *, named: bool = False) -> bool:
    """Whether a table has a term and a grade or class, and patients that may repeat (``named``: by their names)."""
    roles = {role.role for role in adverse_event_roles(columns).values()}
    return "ae_term" in roles and bool(roles & {"ae_grade", "ae_class"}) and (named or "ae_patient_id" in roles)


def names_patients(columns: TypedColumns, *, repeated: bool = False) -> bool:
    """Whether a column holds the study's own identifiers."""
    return _identifier(columns, repeated=repeated) is not None


def _named(columns: TypedColumns, role: str, *, kinds: tuple[ColumnKind, ...], taken: Mapping[str, Role]) -> str | None:
    """The column whose name is the most telling alias of a role."""
    known = aliases(role)
    ranked = [
        (known[called], is_label, position, name)
        for position, (name, kind) in enumerate(columns.kinds.items())
        for is_label, called in enumerate(called for text in (name, columns.label(name)) for called in _forms(text))
        if called in known and kind in kinds and name not in taken
    ]
    return min(ranked)[3] if ranked else None


def _forms(text: str) -> tuple[str, str, str]:
    """A name as aliases are written, with 'date' at its end, and without what stands in brackets: (dd.mm.yyyy)."""
    return compact(text), date_form(text), compact(_BRACKETS.sub(" ", text))


def _identifier(columns: TypedColumns, *, repeated: bool = False) -> tuple[str, Role] | None:
    """The column that names the patient."""
    named = _named(columns, "patient_id", kinds=("number", "text", "category"), taken={})
    if named is not None and columns.can_be(named, "text") and _can_identify(columns.texts(named), repeated=repeated):
        unique = _is_unique(columns.texts(named))
        reason = "by its name, and every value is different" if unique else "by its name; some values repeat"
        return named, Role(role="patient_id", confidence=0.95 if unique or repeated else 0.7, reason=reason)
    for name, kind in columns.kinds.items():
        words = name_words(name)
        if (
            kind in ("number", "text", "category")
            and columns.can_be(name, "text")
            and ({"id", "编号", "号"} & set(words) or name.endswith(("号", "ID")))
        ):
            texts = columns.texts(name)
            if repeated or (_is_unique(texts) and not _has_fractions(texts)):
                return name, Role(role="patient_id", confidence=0.7, reason="its name ends like an identifier")
    return None


def _can_identify(texts: Texts, *, repeated: bool) -> bool:
    """Whether the values may be identifiers: no fractions, and not a few values for many patients."""
    if not texts.texts or _has_fractions(texts):
        return False
    return repeated or len(texts.texts) >= 0.5 * texts.n


def _is_unique(texts: Texts) -> bool:
    return bool(texts.texts) and bool(np.all(texts.counts == 1))


def _has_fractions(texts: Texts) -> bool:
    return any(
        "." in text and not text.endswith(".0") and text.replace(".", "", 1).isdigit() for text in texts.texts[:200]
    )


def _descriptive(columns: TypedColumns, name: str, kind: ColumnKind) -> Role:
    """Group candidate, covariate, or nothing to analyse."""
    n_levels = len(columns.texts(name).texts)
    if kind == "empty":
        return Role(role="ignore", confidence=1.0, reason="it is empty")
    if kind == "date":
        began = origin_of(name, columns.label(name))
        reason = "it holds dates" if began is None else f"it holds dates; may be time zero: {began}"
        return Role(role="other_date", confidence=0.6, reason=reason)
    if kind == "text":
        return Role(role="ignore", confidence=0.6, reason="it is free text")
    if kind == "category":
        called = {compact(name), compact(columns.label(name))}
        treated = bool(called & aliases("group").keys() or (n_levels <= _ARMS and _ARM_WORDS & set(name_words(name))))
        if treated or any(called & aliases(role).keys() for role in ("grade", "primary_site")):
            sure = 0.4 if n_levels < 2 else 0.9 if treated else 0.85  # what was given is compared first
            return Role(role="group", confidence=sure, reason=f"by its name; {counted(n_levels, 'level')}")
        if n_levels == 1:
            return Role(role="ignore", confidence=0.8, reason="every value is the same")
        if n_levels <= _GROUP_LEVELS:
            return Role(role="covariate", confidence=0.7, reason=f"{n_levels} levels; can also be compared as groups")
        return Role(role="covariate", confidence=0.6, reason=f"{n_levels} levels")
    return Role(role="covariate", confidence=0.7, reason="a number; can be cut into groups")
