"""Two regressions of one event in words: what each ratio means, and where they are far apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, event_label
from core.reporting.sentences import NOTABLE

if TYPE_CHECKING:
    from core.regression.results import CoxTerm
    from core.result import AnalysisResult

FAR_APART = 1.2  # one ratio over the other


def two_hazards_meaning(event: str) -> tuple[str, str]:
    """One sentence on each ratio."""
    what = event_label(event)
    return (
        f"Cause-specific hazard ratio: how fast {what} comes among patients who are still free of every event. It "
        "tells what drives the event.",
        f"Subdistribution hazard ratio (Fine-Gray): whether {what} happens to more patients in the end, the other "
        "events taking patients away. It tells what to expect.",
    )


def two_hazards_agreement(cause_specific: AnalysisResult, subdistribution: AnalysisResult) -> str:
    """Which factors have ratios far apart in the two models, and where P < 0.05 in one only.

    Parameters
    ----------
    cause_specific : AnalysisResult
        Of kind ``cox``, one model.
    subdistribution : AnalysisResult
        Of kind ``fine_gray``, the same factors.
    """
    pairs = list(_pairs(cause_specific, subdistribution))
    if not pairs:
        return ""
    apart = [pair for pair in pairs if abs(pair[0].log_hazard_ratio - pair[1].log_hazard_ratio) > math.log(FAR_APART)]
    share = fmt.percent(FAR_APART - 1, 0)
    if apart:
        told = fmt.in_words(
            f"{_name(a)} ({fmt.ratio(a.hazard_ratio)} and {fmt.ratio(b.hazard_ratio)})" for a, b in apart
        )
        text = f"The two ratios are more than {share} apart for {told}. A factor that goes with the other events too "
        text += "does this, because it changes who is left to have this one; with few events chance does it as well."
    else:
        text = f"The two ratios are within {share} of each other for every factor."
    one_only = [pair[0] for pair in pairs if (pair[0].p_value < NOTABLE) != (pair[1].p_value < NOTABLE)]
    if one_only:
        names = fmt.in_words(_name(term) for term in one_only)
        text += f" P < {NOTABLE:g} in only one of the two for {names}; that alone is no disagreement."
    return text


def _pairs(cause_specific: AnalysisResult, subdistribution: AnalysisResult) -> Iterator[tuple[CoxTerm, CoxTerm]]:
    """The same term in both models, where both could estimate it."""
    first, second = cause_specific.cox.multivariable, subdistribution.fine_gray.multivariable
    if first is None or second is None:
        return
    others = {(term.term, term.level): term for term in second.terms}
    for term in first.terms:
        other = others.get((term.term, term.level))
        if other is not None and all(
            math.isfinite(x) for one in (term, other) for x in (one.log_hazard_ratio, one.p_value)
        ):
            yield term, other


def _name(term: CoxTerm) -> str:
    label = column_label(term.term)
    return label if term.level is None else f"{label}, {term.level} against {term.reference}"
