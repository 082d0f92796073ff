"""A saved analysis (SPEC.json) opened again: the cohort's roles and endpoints, and what the pages look at."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import SpecError
from core.spec import AnalysisSpec
from ui import cohorts
from ui.selection import UPLOAD, Selection


def told_apart(files: Sequence[tuple[str, bytes]]) -> tuple[AnalysisSpec | None, list[tuple[str, bytes]]]:
    """The saved analysis among dropped files, if any, and the files with data.

    Raises
    ------
    SpecError
        If a ``.json`` file is not a specification, or there are two.
    """
    saved = [(name, content) for name, content in files if name.casefold().endswith(".json")]
    data = [(name, content) for name, content in files if not name.casefold().endswith(".json")]
    if len(saved) > 1:
        raise SpecError("Two saved analyses were dropped.", hint="Open one at a time.")
    if not saved:
        return None, data
    try:
        text = saved[0][1].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError(f"'{saved[0][0]}' is not text.", hint="Save the analysis again.") from None
    return AnalysisSpec.from_json(text), data


def selection_of(spec: AnalysisSpec, name: str) -> Selection:
    """What a saved analysis looks at: its first endpoint, its group and filters."""
    asked = (getattr(analysis, "endpoint", None) for analysis in spec.analyses)
    endpoint = next((one for one in asked if one is not None), next(iter(spec.cohort.endpoints), None))
    return Selection(cohort=name, endpoint=endpoint, group=spec.group, filters=spec.filters)


def cohort_that_fits(spec: AnalysisSpec, now: str) -> str:
    """The loaded cohort or sample whose columns a saved analysis names, the current one first.

    Raises
    ------
    SpecError
        If none does: the analysis needs its data.
    """
    needed = {column for endpoint in spec.cohort.endpoints.values() for column in endpoint.columns}
    where = spec.group.where if spec.group else None
    needed |= {one.column for one in (*spec.filters, *(where or ())) if one.is_of_column}
    needed |= {spec.group.column} if spec.group and where is None else set()
    for name in dict.fromkeys([now, UPLOAD, *cohorts.SAMPLES]):
        cohort = cohorts.load(name)
        if cohort is not None and needed <= set(cohort.patients.frame):
            return name
    raise SpecError(
        f"The saved analysis is of '{spec.cohort.patients}', which is not loaded.",
        hint="Drop that file together with the saved analysis.",
    )
