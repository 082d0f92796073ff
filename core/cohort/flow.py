"""The flow of patients into an analysis: in the file, eligible, analysed, by group; everybody left out with a reason.

Belongs here: counting by stage. Does not belong here: who is left out and why (``select``), the diagram.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.corrections import rows_left_out
from core.cohort.endpoints import Exclusion, Stage
from core.cohort.select import AnalysisSet

_SELECTED: tuple[Stage, ...] = ("filter",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """A box of the diagram.

    Attributes
    ----------
    name : {'in the file', 'once each', 'eligible', 'analysed'}
    n : int
        Patients.
    left_out : tuple of Exclusion
        Who does not come from the step before, by reason.
    """

    name: str
    n: int
    left_out: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGroup:
    """One compared group among those analysed; ``events`` is None without an endpoint.

    Attributes
    ----------
    level : str
    n : int
    events : int or None
    competing : dict of event name to int
        Patients in whom another event came first.
    """

    level: str
    n: int
    events: int | None
    competing: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFlow:
    """From the file to the groups.

    Attributes
    ----------
    steps : tuple of FlowStep
        ``in the file``, ``once each`` (where rows were entered twice), ``eligible`` (where filters are set),
        ``analysed``; the number of each is the one before
        less those left out.
    groups : tuple of FlowGroup
        The single level ``all`` where nothing is compared.
    endpoint : str or None
    notes : tuple of str
    """

    steps: tuple[FlowStep, ...]
    groups: tuple[FlowGroup, ...]
    endpoint: str | None
    notes: tuple[str, ...] = ()


def cohort_flow(subset: AnalysisSet) -> CohortFlow:
    """Count the patients of an analysis set by stage.

    Parameters
    ----------
    subset : AnalysisSet

    Returns
    -------
    CohortFlow
        ``steps[-1].n == subset.n == sum(group.n for group in groups)``.
    """
    filtered = tuple(item for item in subset.exclusions if item.stage in _SELECTED)
    later = tuple(item for item in subset.exclusions if item.stage not in _SELECTED)
    twice = rows_left_out(subset.cohort.issues)
    steps = [FlowStep(name="in the file", n=subset.n_cohort + len(twice))]
    if twice:
        again = Exclusion(reason="the same content as an earlier row", n=len(twice), rows=twice)
        steps.append(FlowStep(name="once each", n=subset.n_cohort, left_out=(again,)))
    if filtered:
        steps.append(FlowStep(name="eligible", n=subset.n_cohort - _total(filtered), left_out=filtered))
    steps.append(FlowStep(name="analysed", n=steps[-1].n - _total(later), left_out=later))
    return CohortFlow(steps=tuple(steps), groups=_groups(subset), endpoint=subset.endpoint)


def _groups(subset: AnalysisSet) -> tuple[FlowGroup, ...]:
    codes, data = subset.groups.codes, subset.data
    found = []
    for position, level in enumerate(subset.groups.levels):
        inside = codes == position
        found.append(
            FlowGroup(
                level=level,
                n=int(np.count_nonzero(inside)),
                events=None if data is None else int(np.count_nonzero(data.event & inside)),
                competing={name: int(np.count_nonzero(flags & inside)) for name, flags in subset.competing.items()},
            )
        )
    return tuple(found)


def _total(exclusions: tuple[Exclusion, ...]) -> int:
    return sum(item.n for item in exclusions)
