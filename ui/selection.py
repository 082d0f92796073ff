"""What we look at (cohort, endpoint, group, filters) as one value, and how it is written in the URL.

Belongs here: the value and its text form. Does not belong here: widgets (``ui.sidebar``) and where the value is kept
(``ui.state``). The URL carries column names and level values, never patients.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from core.errors import SpecError
from core.spec import AnalysisSpec, CohortSpec, FilterSpec, GroupSpec

UPLOAD = "upload"
SAVED = "v-"
"""Begins the name of a cohort of the project: the identifier of its version follows."""
Part = TypeVar("Part", GroupSpec, FilterSpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What every page looks at.

    Attributes
    ----------
    cohort : str
        Name of a sample, ``upload``, or that of a saved cohort's version.
    endpoint : str or None
        None where the cohort has no endpoint.
    group : GroupSpec or None
        None: all patients together.
    filters : tuple of FilterSpec
    """

    cohort: str
    endpoint: str | None = None
    group: GroupSpec | None = None
    filters: tuple[FilterSpec, ...] = ()

    def spec(self, cohort: CohortSpec, *analyses: Mapping[str, Any]) -> AnalysisSpec:
        """The specification that asks for ``analyses`` of this selection."""
        asked = {"cohort": cohort, "filters": self.filters, "group": self.group, "analyses": analyses}
        try:
            return AnalysisSpec.model_validate(asked)
        except ValidationError as error:
            first = error.errors()[0]
            if first["type"] == "too_short":  # a list of columns or factors that is empty
                raise SpecError("Nothing is chosen for this.", hint="Choose at least one column.") from None
            what = str(first["msg"]).removeprefix("Value error, ")
            raise SpecError(f"This cannot be asked: {what}.", hint="Check the numbers under Options.") from None


def to_query(selection: Selection) -> dict[str, list[str]]:
    """The selection as query parameters; a plain grouping is just the column's name."""
    query = {"cohort": [selection.cohort]}
    if selection.endpoint is not None:
        query["endpoint"] = [selection.endpoint]
    if selection.group is not None:
        plain = selection.group.model_dump(mode="json", exclude_defaults=True)
        query["group"] = [plain["column"] if len(plain) == 1 else _compact(plain)]
    if selection.filters:
        query["filter"] = [_compact(f.model_dump(mode="json", exclude_defaults=True)) for f in selection.filters]
    return query


def from_query(query: Mapping[str, Sequence[str]], *, default: Selection) -> tuple[Selection, tuple[str, ...]]:
    """The selection that query parameters ask for, and what in them was not understood."""
    if not query.get("cohort"):
        return default, ()
    problems: list[str] = []
    group = default.group if query["cohort"][0] == default.cohort and not query.get("endpoint") else None
    if query.get("group"):
        group = _read(query["group"][0], GroupSpec, problems)
    filters = [_read(text, FilterSpec, problems) for text in query.get("filter", ())]
    endpoint = query["endpoint"][0] if query.get("endpoint") else None
    kept = tuple(one for one in filters if one is not None)
    return Selection(cohort=query["cohort"][0], endpoint=endpoint, group=group, filters=kept), tuple(problems)


def _read(text: str, part: type[Part], problems: list[str]) -> Part | None:
    try:
        raw = json.loads(text) if text.startswith("{") else {"column": text}
        return part.model_validate(raw)
    except (json.JSONDecodeError, ValidationError):
        what = "grouping" if part is GroupSpec else "filter"
        problems.append(f"The link holds a {what} that cannot be read; it was left out.")
        return None


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
