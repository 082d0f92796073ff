"""How a Cox model was built, in words and as R writes it: selection, curves, interactions."""

from __future__ import annotations

from collections.abc import Iterator

from core.reporting import format as fmt
from core.reporting.method import r_name
from core.spec import CoxSpec, HazardModelSpec

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
        yield f"always with {fmt.in_words(spec.forced)}"
    yield from shape_words(spec)
    if spec.diagnostics:
        yield "generalised variance inflation; influence by dfbeta and by fitting again without each patient named"


def shape_words(spec: HazardModelSpec) -> Iterator[str]:
    """Curves and interactions."""
    for name, knots in spec.splines.items():
        named = "" if isinstance(knots, int) else fmt.in_words(f"{knot:g}" for knot in knots)
        where = f"knots at {named}" if named else f"{knots} knots at quantiles"
        yield f"{name} as a restricted cubic spline with {where}"
    for a, b in spec.interactions:
        yield f"interaction of {a} and {b} by likelihood ratio"


def right_side(spec: HazardModelSpec) -> str:
    """The right side of R's formula."""
    terms = [_r_term(name, spec) for name in spec.covariates]
    terms += [f"{r_name(a)}:{r_name(b)}" for a, b in spec.interactions]
    return " + ".join([*terms, *(f"strata({r_name(name)})" for name in getattr(spec, "strata", ()))])


def r_around(call: str, spec: CoxSpec) -> str:
    """The call with what R needs around it to choose the covariates."""
    if spec.mode != "backward":
        return call
    scope = f", scope = list(lower = ~ {' + '.join(map(r_name, spec.forced))})" if spec.forced else ""
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


def _r_term(name: str, spec: HazardModelSpec) -> str:
    knots = spec.splines.get(name)
    if knots is None:
        return f"{r_name(name)}:period" if name in getattr(spec, "time_splits", {}) else r_name(name)
    listed = knots if isinstance(knots, int) else f"c({', '.join(f'{knot:g}' for knot in knots)})"
    return f"rms::rcs({r_name(name)}, {listed})"
