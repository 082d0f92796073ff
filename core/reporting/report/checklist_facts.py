"""What an analysis knows of the items of a reporting checklist, in words: endpoints, patients, follow-up, events.

Only what the data and the results state; what they do not is left to the authors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.reporting import format as fmt
from core.reporting.endpoint_sentence import endpoint_sentence
from core.reporting.figure_caption import events_line
from core.reporting.flow_words import flow_sentence
from core.reporting.labels import endpoint_label
from core.reporting.ledger import ledger, ledger_sentence

if TYPE_CHECKING:
    from core.cohort.cohort import Cohort
    from core.result import AnalysisResult
    from core.spec import LookSpec

Fact: TypeAlias = Literal["endpoints", "patients", "size", "groups", "follow-up", "events", "looks"]


def checklist_facts(
    cohort: Cohort, results: Sequence[AnalysisResult], looks: Sequence[LookSpec] = ()
) -> dict[Fact, str]:
    """Each fact that is known, as sentences; none for one that the data do not state."""
    found: dict[Fact, str] = {
        "endpoints": _each(_endpoints(results)),
        "patients": _each(flow_sentence(result) for result in results if result.kind == "flow"),
        "size": f"{fmt.patients(cohort.n)} in the file; why so many is not stated by the data.",
        "groups": _each(_groups(results)),
        "follow-up": _each(_follow_up(results)),
        "events": _each(line for result in results for line in events_line(result)),
        "looks": ledger_sentence(ledger(looks)) if looks else "",
    }
    return {fact: words for fact, words in found.items() if words}


def _each(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))


def _endpoints(results: Sequence[AnalysisResult]) -> Iterator[str]:
    for result in results:
        name = getattr(result.analysis, "endpoint", None)
        if name is not None:
            yield endpoint_sentence(name, result.subset.cohort.spec.endpoints[name])


def _groups(results: Sequence[AnalysisResult]) -> Iterator[str]:
    """The groups of the first result that has some: others leave out other patients."""
    for result in results:
        groups = result.subset.groups
        if groups.column is not None:
            counts = (int((groups.codes == i).sum()) for i in range(len(groups.levels)))
            yield f"{fmt.in_words([f'{n:,} in {level}' for n, level in zip(counts, groups.levels, strict=True)])}."
            return


def _follow_up(results: Sequence[AnalysisResult]) -> Iterator[str]:
    for result in results:
        if result.kind == "kaplan_meier" and math.isfinite(result.survival.median_follow_up_overall.value):
            median = result.survival.median_follow_up_overall.value
            label = endpoint_label(getattr(result.analysis, "endpoint", ""))
            yield f"Median follow-up {fmt.quantity(median, result.survival.unit)} ({label}, reverse Kaplan-Meier)."
