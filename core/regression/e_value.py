"""E-values: how strong a factor that nobody measured would have to be to explain a ratio away.

Belongs here: the bound, and ratios brought to the scale of risks. Does not belong here: which ratios of a model get one
(``cox_e_values`` says it for a model, ``bias`` for groups).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.regression.results import CoxAnalysis, CoxTerm
from core.spec import Outcome

RatioKind: TypeAlias = Literal["hazard", "risk", "odds"]
RARE_BELOW = 0.15  # share with the event by the end of follow-up, as the source has it


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """The E-value of one ratio.

    Attributes
    ----------
    risk_ratio : float
        The ratio on the scale of risks.
    value : float
        How many times, as a risk ratio, an unmeasured factor would have to go along both with the group and with the
        event, beyond what was adjusted for, to explain the ratio away; 1: nothing to explain.
    of_limit : float
        The same for the confidence limit nearer to 1; 1 where the interval holds 1.
    is_common : bool
        Whether the ratio was brought to the scale of risks as that of a common outcome.
    """

    risk_ratio: float
    value: float
    of_limit: float
    is_common: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEValue:
    """The E-value of one hazard ratio of a model, and which it is."""

    term: str
    level: str | None
    reference: str | None
    hazard_ratio: float
    conf_low: float
    conf_high: float
    share: float
    e_value: EValue


def e_value(ratio: float, conf_low: float, conf_high: float, *, kind: RatioKind = "risk", common: bool) -> EValue:
    r"""The E-value of a ratio and of its confidence limit.

    Parameters
    ----------
    ratio, conf_low, conf_high : float
        NaN gives NaN.
    kind : {'hazard', 'risk', 'odds'}
    common : bool
        Whether the outcome is common (15 % and more by the end of follow-up); of no matter to a risk ratio.

    Returns
    -------
    EValue

    Notes
    -----
    With RR the ratio on the scale of risks, or its inverse if below 1, :math:`E = RR + \sqrt{RR (RR - 1)}`. A rare
    outcome's hazard or odds ratio stands for the risk ratio; of a common one
    :math:`RR = (1 - 0.5^{\sqrt{HR}}) / (1 - 0.5^{\sqrt{1/HR}})` and :math:`RR = \sqrt{OR}`.
    Same as ``EValue::evalues.HR(est, lo, hi, rare)``, ``evalues.OR``, ``evalues.RR``.

    References
    ----------
    .. [1] VanderWeele TJ, Ding P. Ann Intern Med 2017;167:268-274.
    """
    low, middle, high = (_as_risk_ratio(value, kind=kind, common=common) for value in (conf_low, ratio, conf_high))
    nearer = low if middle > 1 else high
    crosses = not (low > 1 or high < 1)
    known = not (math.isnan(low) or math.isnan(high))
    of_limit = (1.0 if crosses else _bound(nearer)) if known else math.nan
    return EValue(risk_ratio=middle, value=_bound(middle), of_limit=of_limit, is_common=common)


def _as_risk_ratio(ratio: float, *, kind: RatioKind, common: bool) -> float:
    if not ratio > 0 or kind == "risk" or not common:
        return ratio
    if kind == "odds":
        return math.sqrt(ratio)
    if math.isinf(ratio):
        return ratio
    # expm1 keeps the small differences of ratios far from 1
    above, below = (-math.expm1(-math.log(2) * math.sqrt(value)) for value in (ratio, 1 / ratio))
    return above / below


def _bound(risk_ratio: float) -> float:
    if math.isnan(risk_ratio) or risk_ratio < 0:
        return math.nan
    if risk_ratio < 1:
        risk_ratio = 1 / risk_ratio if risk_ratio > 0 else math.inf
    return risk_ratio + math.sqrt(risk_ratio * (risk_ratio - 1)) if math.isfinite(risk_ratio) else math.inf


def is_common(n: int, n_events: int, outcome: Outcome = "auto") -> bool:
    """Whether the outcome counts as common: as said, or by the share of patients with the event."""
    if outcome != "auto":
        return outcome == "common"
    return n > 0 and n_events / n >= RARE_BELOW


def cox_e_values(analysis: CoxAnalysis, outcome: Outcome) -> tuple[TermEValue, ...]:
    """Of each level against its reference, in the multivariable model or, without one, in each factor's own.

    A hazard ratio of a number is per unit, and has no E-value until one says which difference is meant.
    """
    fit = analysis.multivariable
    terms: Iterable[CoxTerm] = fit.terms if fit is not None else ()
    if fit is None and analysis.univariable is not None:
        terms = analysis.univariable.terms
    return tuple(
        _of_term(term, outcome)
        for term in terms
        if term.level is not None and term.role == "main" and math.isfinite(term.hazard_ratio)
    )


def _of_term(term: CoxTerm, outcome: Outcome) -> TermEValue:
    common = is_common(term.n_fit, term.n_events_fit, outcome)
    return TermEValue(
        term=term.term,
        level=term.level,
        reference=term.reference,
        hazard_ratio=term.hazard_ratio,
        conf_low=term.conf_low,
        conf_high=term.conf_high,
        share=term.n_events_fit / term.n_fit if term.n_fit else math.nan,
        e_value=e_value(term.hazard_ratio, term.conf_low, term.conf_high, kind="hazard", common=common),
    )
