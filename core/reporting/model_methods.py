"""How a Cox model was built, in words and as R writes it: selection, curves, interactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence
from core.reporting.method import r_name
from core.reporting.r_terms import r_period_term, r_term
from core.spec import CoxSpec, HazardModelSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult

MODE_WORDS = {
    "univariable": "each factor alone",
    "multivariable": "all factors together, patients with complete values",
    "univariable-then-multivariable": "each factor alone, then together those with P < {enter_below}",
    "backward": "each factor alone, then backward elimination by AIC from all factors, patients with complete values",
}


def building_words(spec: CoxSpec) -> Iterator[str]:
    """Which covariates are in the model, and as what."""
    everything = spec.mode == "univariable-then-multivariable" and spec.enter_below >= 1
    yield (
        "each factor alone, then all together"
        if everything
        else MODE_WORDS[spec.mode].format(enter_below=f"{spec.enter_below:g}")
    )
    selects = spec.mode == "backward" or (spec.mode == "univariable-then-multivariable" and not everything)
    if spec.forced and selects:
        yield f"always with {named_in_words(spec.forced)}"
    yield from shape_words(spec)
    if spec.diagnostics:
        yield "generalised variance inflation; influence by dfbeta and by fitting again without each patient named"


def shape_words(spec: HazardModelSpec) -> Iterator[str]:
    """Curves and interactions."""
    for name, knots in spec.splines.items():
        named = "" if isinstance(knots, int) else fmt.in_words(f"{knot:g}" for knot in knots)
        where = f"knots at {named}" if named else f"{knots} knots at quantiles"
        yield f"{in_sentence(column_label(name))} as a restricted cubic spline with {where}"
    for a, b in spec.interactions:
        yield f"interaction of {named_in_words((a, b))} by likelihood ratio"


def named_in_words(columns: Iterable[str]) -> str:
    """Columns as a sentence names them."""
    return fmt.in_words(in_sentence(column_label(name)) for name in columns)


def right_side(result: AnalysisResult, spec: HazardModelSpec, covariates: Sequence[str]) -> str:
    """The right side of R's formula with these of the covariates."""
    written = {name: _r_term(result, spec, name) for name in covariates}
    terms = [*written.values(), *(f"{written[a]}:{written[b]}" for a, b in spec.interactions if {a, b} <= {*written})]
    return " + ".join([*terms, *(f"strata({r_name(name)})" for name in getattr(spec, "strata", ()))])


def in_model(result: AnalysisResult, spec: CoxSpec) -> tuple[str, ...]:
    """The covariates that R's formula names: those that entered, of a model that R did not choose."""
    if spec.mode == "univariable-then-multivariable" and result.cox.entered:
        return result.cox.entered
    return spec.covariates


def r_around(call: str, result: AnalysisResult, spec: CoxSpec) -> str:
    """The call with what R needs around it to choose the covariates, or to fit each alone."""
    if spec.mode == "univariable" or (spec.mode == "univariable-then-multivariable" and not result.cox.entered):
        return f"{call} with each factor alone" if len(spec.covariates) > 1 else call
    if spec.mode != "backward":
        return call
    lower = " + ".join(_r_term(result, spec, name) for name in spec.forced)
    scope = f", scope = list(lower = ~ {lower})" if spec.forced else ""
    return f'MASS::stepAIC({call}{scope}, direction = "backward")'


def building_sources(spec: CoxSpec) -> Iterator[str]:
    """Where selection, curves and diagnostics are described."""
    if spec.mode == "backward":
        yield "Venables and Ripley, Modern applied statistics with S, 4th ed., Springer 2002 (stepAIC)"
    if spec.splines:
        yield "Harrell, Regression modeling strategies, 2nd ed., Springer 2015 (splines)"
    if spec.diagnostics:
        yield "Fox and Monette, J Am Stat Assoc 1992;87:178-183 (variance inflation)"
        yield "Therneau and Grambsch, Modeling survival data, Springer 2000 (dfbeta)"


def _r_term(result: AnalysisResult, spec: HazardModelSpec, name: str) -> str:
    knots = spec.splines.get(name)
    if knots is None:
        split = name in getattr(spec, "time_splits", {})
        return r_period_term(result, spec, name) if split else r_term(result, spec, name)
    listed = knots if isinstance(knots, int) else f"c({', '.join(f'{knot:g}' for knot in knots)})"
    return f"rms::rcs({r_name(name)}, {listed})"
