"""The hazard ratio of two groups that a sentence on their curves tells, and against whom it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.survival.quantiles import IntervalEstimate

if TYPE_CHECKING:
    from core.result import AnalysisResult


def group_ratio(cox: AnalysisResult | None) -> tuple[IntervalEstimate | None, str, str]:
    """The ratio from a model of the group alone, what it is called, and the group it is against.

    Parameters
    ----------
    cox : AnalysisResult or None
        Of kind ``cox``.

    Returns
    -------
    tuple of IntervalEstimate or None, and two str
        None where there is no such model, or of more than two groups, of which no one ratio speaks; then for example
        "stratified hazard ratio", and "No HIFU".
    """
    fit = None if cox is None else cox.cox.multivariable
    terms = [term for term in (fit.terms if fit is not None else ()) if math.isfinite(term.hazard_ratio)]
    if cox is None or len(terms) != 1:
        return None, "hazard ratio", ""
    (term,) = terms
    name = "stratified hazard ratio" if getattr(cox.analysis, "strata", ()) else "hazard ratio"
    ratio = IntervalEstimate(value=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high)
    return ratio, name, term.reference or ""
