"""Endpoints that dates allow, or columns that count the days to each event: OS, PFS, RFS, TTP, TTR, LTP and DOR.

Belongs here: which dates make which endpoint. Does not belong here: endpoints with a time column of their own
(``endpoint_columns``), what a date column stands for (``roles``, ``origins``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.endpoint_found import FoundEndpoint
from core.cohort.issues import IssueLog
from core.cohort.origins import origins
from core.cohort.values import fold, numbers_of
from core.cohort.vocabulary import aliases, compact
from core.spec import EndpointSpec
from core.timetoevent import TimeUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """Roles an endpoint is made of; it needs ``needed``, all of ``events`` that are there count, ``competing`` too."""

    name: str
    needed: tuple[str, ...]
    events: tuple[str, ...]
    competing: tuple[tuple[str, str], ...] = ()
    start: str = "start_date"
    family: tuple[str, ...] = ()  # with a time column of one of these in the file, nothing is added


_DEATH, _TRANSPLANT = ("death", "death_date"), ("transplant", "transplant_date")
_RECIPES = (
    _Recipe(name="OS", needed=("death_date",), events=("death_date",)),
    _Recipe(
        name="PFS", needed=("progression_date", "death_date"), events=("progression_date", "death_date"),
        family=("TTP",),
    ),
    _Recipe(
        name="RFS", needed=("recurrence_date", "death_date"), events=("recurrence_date", "death_date"),
        family=("TTR", "DFS"),
    ),
    _Recipe(
        name="TTP", needed=("progression_date",), events=("progression_date",), competing=(_DEATH, _TRANSPLANT),
        family=("PFS",),
    ),
    _Recipe(
        name="TTR", needed=("recurrence_date",), events=("recurrence_date",), competing=(_DEATH, _TRANSPLANT),
        family=("RFS", "DFS", "TTP"),
    ),
    _Recipe(
        name="LTP", needed=("local_progression_date",), events=("local_progression_date",),
        competing=(_DEATH, _TRANSPLANT),
    ),
    _Recipe(
        name="DOR", needed=("response_date", "progression_date"), events=("progression_date", "death_date"),
        start="response_date",
    ),
)  # fmt: skip
_COUNT = re.compile(r"(days?|weeks?|months?|years?|time)[\s_.-]*(?:to|until|till)[\s_.-]*(.+)")
_ENDS = ("death_date", "progression_date", "recurrence_date", "local_progression_date", "transplant_date",
         "last_seen_date")  # fmt: skip
_PLAIN = {"death_date": ("death",), "progression_date": ("progression", "pd"),
          "recurrence_date": ("recurrence", "relapse", "newtumorevent", "newtumoreventafterinitialtreatment"),
          "local_progression_date": ("ltp", "localprogression", "localrecurrence"),
          "transplant_date": ("transplant", "transplantation"), "last_seen_date": ("censoring", "censor")}  # fmt: skip


def endpoints_of_dates(
    table: Table, roles: Mapping[str, str], have: Collection[str], log: IssueLog
) -> list[FoundEndpoint]:
    """Every endpoint that the dates allow and the file has no time column for.

    Parameters
    ----------
    table : Table
    roles : dict of role to column
        ``start_date``, ``death_date``, ``progression_date``, ...; a start that is not among them may be found by its
        name.
    have : collection of str
        Endpoints with a time column.
    log : IssueLog
        Which start was taken is said here where there are several.
    """
    possible = origins(table)
    roles = dict(roles)
    if "start_date" not in roles and possible:
        roles["start_date"] = possible[0].column
    found = _made(roles, have, unit="months", dated=True)
    start = roles.get("start_date")
    others = [origin for origin in possible if origin.column not in (start, roles.get("response_date"))]
    if found and others and start is not None:
        means = next((origin.means for origin in possible if origin.column == start), "time zero")
        named = ", ".join(f"'{origin.column}' ({origin.means})" for origin in others)
        log.add(
            "confirm-start", "info", f"Times run from '{start}' ({means}); they could also run from {named}.",
            column=start, remedy="Choose the date that is time zero for the question.",
        )  # fmt: skip
    return found


def endpoints_of_counts(table: Table, have: Collection[str]) -> list[FoundEndpoint]:
    """Endpoints of columns such as 'days to death' beside 'days to last follow-up', empty where it did not happen."""
    counted: dict[str, str] = {}
    units: set[TimeUnit] = set()
    for column in table.columns:
        read = _count_of(column.name)
        if read is None or column.kind in ("date", "text") or numbers_of(table, column.name) is None:
            continue
        counted.setdefault(read[0], column.name)
        units.add(_unit_of(table, column.name, read[1]))
    death = counted.get("death_date")
    if "last_seen_date" not in counted or len(units) != 1 or (death and _always_filled(table, death)):
        return []
    return _made(counted, have, unit=units.pop(), dated=False)


def _made(roles: Mapping[str, str], have: Collection[str], *, unit: TimeUnit, dated: bool) -> list[FoundEndpoint]:
    seen = roles.get("last_seen_date")
    found: list[FoundEndpoint] = []
    for recipe in _RECIPES:
        start = roles.get(recipe.start) if dated else None
        begins = start is not None if dated else recipe.start == "start_date"
        is_new = not {recipe.name, *recipe.family} & set(have)
        if seen is None or not (begins and is_new and set(recipe.needed) <= set(roles)):
            continue
        occurred = tuple(roles[role] for role in recipe.events if role in roles)
        competing = {cause: roles[role] for cause, role in recipe.competing if role in roles}
        spec = EndpointSpec(start=start, event_date=occurred, censor_date=seen, competing_date=competing, unit=unit)
        reasons = dict.fromkeys(competing.values(), f"competes with {recipe.name}")
        reasons |= dict.fromkeys(occurred, f"{'date of' if dated else 'time to'} the {recipe.name} event")
        reasons |= {seen: "censored here"} | ({} if start is None else {start: f"{recipe.name} starts here"})
        found.append(FoundEndpoint(name=recipe.name, spec=spec, confidence=0.8, reasons=reasons))
    return found


def _count_of(name: str) -> tuple[str, str] | None:
    """The role whose day a column counts to, and the word of its unit: 'days_to_death' is (death_date, days)."""
    match = _COUNT.fullmatch(fold(name))
    if match is None:
        return None
    what = compact(match[2])
    role = next((role for role in _ENDS if what in _PLAIN[role] or what in aliases(role)), None)
    return None if role is None else (role, match[1])


def _unit_of(table: Table, column: str, word: str) -> TimeUnit:
    units: dict[str, TimeUnit] = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
    if word != "time":
        return units[word[0]]
    numbers = numbers_of(table, column)
    longest = 0.0 if numbers is None or np.isnan(numbers).all() else float(np.nanmax(numbers))
    return "days" if longest > 300 else "months"


def _always_filled(table: Table, column: str) -> bool:
    numbers = numbers_of(table, column)
    return numbers is not None and not bool(np.isnan(numbers).any())
