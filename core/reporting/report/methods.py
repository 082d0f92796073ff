"""The methods paragraph: every method used, once, with sources and the versions that computed the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.reporting.endpoint_sentence import endpoint_sentence
from core.reporting.figure_caption import software
from core.reporting.format import in_words
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method

if TYPE_CHECKING:
    from core.result import AnalysisResult


def methods_paragraph(results: Iterable[AnalysisResult]) -> tuple[str, ...]:
    """Sentences of a methods section in the order of the results: endpoints, methods, sources, software.

    What the same method was asked of several endpoints is said once, with the endpoints.
    """
    used: dict[str, list[str]] = {}
    sources: dict[str, None] = {}
    defined: dict[str, None] = {}
    for result in results:
        found = method(result)
        endpoint = getattr(result.analysis, "endpoint", None)
        if endpoint is not None:
            defined[endpoint_sentence(endpoint, result.subset.cohort.spec.endpoints[endpoint])] = None
        names = used.setdefault(found.what, [])
        if endpoint is not None and endpoint_label(endpoint) not in names:
            names.append(endpoint_label(endpoint))
        sources |= dict.fromkeys(part.strip() for part in found.source.split(";"))
    lines = [f"{what}{f' (of {in_words(names)})' if names else ''}." for what, names in used.items()]
    return (
        *defined,
        *lines,
        "P values are two-sided and, unless said otherwise, not corrected for the number of comparisons.",
        f"Computed with {software()}.",
        *([f"Sources: {'; '.join(name for name in sources if name)}."] if sources else []),
    )
