"""How a Cox model was chosen, its curves, and who and what drives it, each in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.cox_sentence import bend_words, curve_p
from core.reporting.hazard_cells import contrast_words
from core.reporting.labels import column_label, in_sentence
from core.reporting.model_tables import factor_words
from core.reporting.sentences import NOTABLE

if TYPE_CHECKING:
    from core.regression.collinearity import Collinearity
    from core.regression.curve import Curve
    from core.regression.influence import Influence, LeftOut
    from core.regression.selection import Selection

COLLINEAR = 5.0  # variance inflation per coefficient above which factors are usually called collinear
NOTHING, SOMEWHAT = 1.05, 1.5  # times as wide
MUCH = 0.1  # of a hazard ratio, on the log scale: a change that is worth a word


def selection_sentence(selection: Selection) -> str:
    """What backward elimination dropped and kept, and how the result is to be read."""
    dropped = fmt.in_words(factor_words(name) for name in selection.dropped)
    kept = fmt.in_words(factor_words(name) for name in selection.steps[-1].kept)
    first, last = selection.steps[0].aic, selection.steps[-1].aic
    if not dropped:
        return f"Nothing was dropped: without any of them the model would be worse (AIC {fmt.number(first, 1)})."
    what = f"{kept} {'stays' if len(selection.steps[-1].kept) == 1 else 'stay'}" if kept else "no factor stays"
    return (
        f"Dropped one after the other: {dropped}; {what} (AIC {fmt.number(first, 1)} to {fmt.number(last, 1)}). "
        "P-values and intervals of a model that was searched for are too optimistic."
    )


def curve_sentence(curve: Curve) -> str:
    """Whether the hazard goes with the number, whether along a straight line, and where it is lowest and highest."""
    return " ".join(curve_parts(curve))


def curve_parts(curve: Curve) -> tuple[str, ...]:
    """The sentences of :func:`curve_sentence`, the finding first."""
    label = column_label(curve.covariate)
    p_value = curve_p(curve)
    if not math.isfinite(p_value) or not curve.is_estimated:
        return (f"The curve of {in_sentence(label)} could not be estimated.",)
    goes = "goes with" if p_value < NOTABLE else "shows no clear relation to"
    low, high = np.quantile(curve.observed, [0.1, 0.9])
    inside = np.flatnonzero((curve.value >= low) & (curve.value <= high))
    span = ""
    if inside.size > 1:
        ratios = [fmt.ratio(float(curve.hazard_ratio[at])) for at in (inside[0], inside[-1])]
        span = (
            f"Against {in_sentence(label)} {curve.reference:g}, the hazard ratio is {ratios[0]} at "
            f"{curve.value[inside[0]]:.3g} and {ratios[1]} at {curve.value[inside[-1]]:.3g}, between which 8 of 10 "
            "patients lie."
        )
    finding = f"{label} {goes} the hazard ({fmt.p_phrase(p_value)}; {bend_words(curve)})."
    return tuple(filter(None, (finding, span)))


def overlap_sentence(found: Collinearity) -> str:
    """Whether factors say the same thing."""
    if len(found.factors) < 2:
        return "There is only one factor in the model: nothing to overlap with."
    strong = [factor for factor in found.factors if factor.widening**2 > COLLINEAR]
    widest = max(found.factors, key=lambda factor: factor.widening)
    name = column_label(widest.covariate)
    wide = f"{fmt.number(widest.widening, 1)} times as wide"
    if widest.widening < NOTHING:
        return "Factors do not overlap: no interval is wider because of the others."
    if not strong:
        much = "hardly" if widest.widening < SOMEWHAT else "somewhat"
        return f"Factors {much} overlap: intervals are at most {wide} as without the others ({in_sentence(name)})."
    listed = fmt.in_words(column_label(factor.covariate) for factor in strong)
    partner = "" if widest.partner is None else f", most with {in_sentence(column_label(widest.partner))}"
    return (
        f"{listed} overlap{'s' if len(strong) == 1 else ''} strongly with the other factors: the interval of "
        f"{in_sentence(name)} is {wide} as without them{partner}. Their hazard ratios cannot be told apart well."
    )


def influence_sentence(found: Influence) -> str:
    """The patient without whom a hazard ratio would change most, and whose P would cross 0.05."""
    if not found.most:
        return "No hazard ratio could be checked."
    first = max(found.most, key=_change)
    crossing = [left for left in found.most if _crosses(left) and left is not first]
    said = [_without(first)] if _change(first) >= MUCH or _crosses(first) else []
    said += [_without(left) for left in crossing[:2]]
    if said:
        return " ".join(said)
    return f"No single patient changes a hazard ratio by more than a tenth. {_without(first)}"


def _without(left: LeftOut) -> str:
    what = in_sentence(contrast_words(left.term, left.level, left.reference))
    if not math.isfinite(left.hazard_ratio_without):
        return f"Without row {left.row} the hazard ratio of {what} could not be estimated."
    p = f" (P {_bare(left.p_value_without)} instead of {_bare(left.p_value)})" if _crosses(left) else ""
    return (
        f"Without row {left.row} the hazard ratio of {what} would be {fmt.ratio(left.hazard_ratio_without)} instead of "
        f"{fmt.ratio(left.hazard_ratio)}{p}."
    )


def _bare(p_value: float) -> str:
    return fmt.p_phrase(p_value).removeprefix("P ").removeprefix("= ")


def _change(left: LeftOut) -> float:
    if not math.isfinite(left.hazard_ratio_without):
        return math.inf
    return abs(math.log(left.hazard_ratio_without / left.hazard_ratio))


def _crosses(left: LeftOut) -> bool:
    """Whether P is on the other side of 0.05 without the patient."""
    both = (left.p_value, left.p_value_without)
    return all(map(math.isfinite, both)) and (both[0] < NOTABLE) != (both[1] < NOTABLE)
