"""Sentences about a regression: what could not be estimated and why, what to read with care.

Belongs here: wording. Does not belong here: deciding (``newton``, ``cox``, ``model``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.regression.design import Design
from core.regression.results import CoxFit

FEW_EVENTS_PER_VARIABLE = 10
FEW_CLUSTERS = 20
FIRTH = (
    "Firth's penalised likelihood: limits by profile penalised likelihood, p-values by penalised likelihood ratio (the "
    "statistic is its signed root)."
)
_CURE = "the hazard ratio cannot be estimated; Firth's penalty gives a finite one"


def no_event(n: int) -> str:
    """Of n patients none has the event: nothing can be fitted."""
    if n == 1:
        return "The only patient analysed has no event."
    return f"None of the {n} patients analysed has an event."


def constant(design: Design, column: int) -> str:
    """A covariate with one value."""
    value = float(design.matrix[0, column])
    return f"All {design.n} patients analysed have {design.names[column]} = {value:g}: it cannot be estimated."


def not_estimable(design: Design, column: int, determined_by: Sequence[int]) -> str:
    """A column without information of its own."""
    name = design.names[column]
    if not determined_by:
        return f"{name} does not vary among the patients at risk at any event time: it cannot be estimated."
    others = " and ".join(dict.fromkeys(design.names[j] for j in determined_by))
    return f"{name} is determined by {others} (collinear): it was left out of the model."


def no_events_in_level(term: str, level: str, n: int) -> str:
    """A level in which nobody has the event."""
    if n == 1:
        return f"The only patient with {term} = {level} had no event: {_CURE}."
    return f"No events among the {n} patients with {term} = {level}: {_CURE}."


def no_events_in_reference(term: str, reference: str, n: int) -> str:
    """A reference level in which nobody has the event."""
    if n == 1:
        return (
            f"The only patient with {term} = {reference}, the reference, had no event: "
            f"{_CURE}, or choose another reference."
        )
    return (
        f"No events among the {n} patients with {term} = {reference}, the reference: "
        f"{_CURE}, or choose another reference."
    )


def monotone(name: str, sign: float) -> str:
    """Separation that is not a level without events."""
    direction = "rises" if sign > 0 else "falls"
    return (
        f"{name} separates the patients with events from those still at risk: its hazard ratio {direction} without "
        f"limit as the likelihood grows; {_CURE}."
    )


def events_per_variable(n_events: int, n_columns: int) -> str | None:
    """The warning for a crowded model, or None."""
    if n_columns == 0 or n_events >= FEW_EVENTS_PER_VARIABLE * n_columns:
        return None
    per = n_events / n_columns
    return (
        f"{per:.1f} events per variable ({n_events} event{'' if n_events == 1 else 's'}, {n_columns} "
        f"coefficient{'' if n_columns == 1 else 's'}): fewer than {FEW_EVENTS_PER_VARIABLE}, read with care."
    )


def missing(n_missing: int, n: int, per_column: Mapping[str, int]) -> str | None:
    """Rows left out, in all and per column, or None."""
    if not n_missing:
        return None
    counted = ", ".join(f"{name} {count}" for name, count in per_column.items() if count)
    return f"{n_missing} of {n} patients left out for missing values ({counted})."


def partly_missing(n_rows: int, n_patients: int) -> str:
    """Rows left out of patients who stay."""
    rows = "row" if n_rows == 1 else "rows"
    return f"{n_rows} {rows} of {n_patients} patients who stay with their other rows left out for missing values."


def robust(n_clusters: int | None, *, weighted: bool) -> list[str]:
    """How the standard errors were computed."""
    why = " and ".join(
        part for part in ("case weights" if weighted else "", f"{n_clusters} clusters" if n_clusters else "") if part
    )
    said = [
        f"Robust (sandwich) standard errors{f' for {why}' if why else ''}; the Wald tests and intervals use them, the "
        "likelihood-ratio and score tests do not."
    ]
    if n_clusters is not None and n_clusters < FEW_CLUSTERS:
        said.append(f"Only {n_clusters} clusters: robust standard errors from fewer than {FEW_CLUSTERS} are too small.")
    return said


def profile(one_sided: Mapping[str, float]) -> list[str]:
    """How limits and p-values were computed, and which hazard ratios have one limit only (name to sign)."""
    said = ["Limits by profile likelihood, p-values by likelihood ratio (the statistic is its signed root)."]
    for name, sign in one_sided.items():
        side, other, where = ("lower", "upper", "rises") if sign > 0 else ("upper", "lower", "falls to 0")
        said.append(f"{name} has a {side} limit only: it has no {other} one, for its hazard ratio {where} without end.")
    return said


def subdistribution(n_competing: int) -> str:
    """What a subdistribution hazard ratio is of."""
    if not n_competing:
        return "Nobody had a competing event: this is Cox regression with Breslow's method for ties."
    return (
        f"Subdistribution hazard ratios (Fine-Gray): {n_competing} patient{'' if n_competing == 1 else 's'} with a "
        "competing event kept at risk, weighted by their chance not to be censored; above 1 the event is more frequent "
        "in the end, not faster among those still event-free."
    )


def interactions(n_tests: int) -> list[str]:
    """How subgroups are to be read."""
    if not n_tests:
        return []
    several = f"; of {n_tests} such tests some are below 0.05 by chance" if n_tests > 1 else ""
    return [
        "Whether the groups differ more in one level than in another is what the P for interaction says, not whether "
        f"one level's interval holds 1{several}."
    ]


def untested(infinite: Sequence[str], terms: Sequence[str]) -> str | None:
    """What has no test of proportional hazards, or None."""
    if not infinite and not terms:
        return None
    said = f"Hazard ratios without limit are left out: {', '.join(infinite)}." if infinite else ""
    no_test = f"Proportional hazards cannot be tested for {', '.join(terms)}." if terms else ""
    return " ".join(filter(None, (said, no_test)))


def changing(terms: Sequence[str], *, limit: float) -> str | None:
    """What to do where hazards are not proportional, or None."""
    if not terms:
        return None
    return (
        f"The hazard ratio of {' and '.join(terms)} changes over time (P < {limit:g}): one number is an average over "
        "the follow-up. Stratify by it, analyse early and late follow-up apart, or compare restricted mean survival."
    )


def not_converged(n_iterations: int) -> str:
    """The optimiser gave up."""
    return f"The fit did not converge in {n_iterations} iterations: do not rely on these numbers."


AFTER_SELECTION = "P-values after such a selection are too small, and intervals too narrow."
_METHODS = {
    "wald": "Wald test",
    "likelihood_ratio": "likelihood-ratio test",
    "robust_score": "robust score test",
}


def selection(
    entered: Sequence[str], covariates: Sequence[str], *, enter_below: float, methods: Mapping[str, Sequence[str]]
) -> list[str]:
    """Which covariates entered, by which P; nothing where all were to enter."""
    if enter_below >= 1:
        return []
    used = "; ".join(f"{_METHODS[method]} for {', '.join(names)}" for method, names in methods.items())
    said = [f"Covariates entered the multivariable model when their univariable P was below {enter_below:g} ({used})."]
    left = [name for name in covariates if name not in entered]
    if not entered:
        said.append(f"No covariate had a univariable P below {enter_below:g}: there is no multivariable model.")
    else:
        said.append(f"Entered: {', '.join(entered)}. Not entered: {', '.join(left) or 'none'}.")
        said.append(AFTER_SELECTION)
    return said


def forced(names: Sequence[str], p_values: Mapping[str, float], *, enter_below: float) -> list[str]:
    """Which covariates are in the model although their univariable P would have kept them out."""
    anyway = [name for name in names if not p_values.get(name, float("nan")) < enter_below]
    return [f"In the multivariable model whatever their univariable P: {', '.join(anyway)}."] if anyway else []


def interaction_left(a: str, b: str) -> str:
    """An interaction without both its covariates."""
    return f"The interaction of {a} and {b} is not in the model: it needs both of them."


INTERACTIONS_ALONE = "No interaction is fitted where each covariate is alone: it needs both of its covariates."


def backward(names: Sequence[str], kept: Sequence[str], *, forced: Sequence[str], n: int, could_use: int) -> list[str]:
    """How backward elimination went, and what it does to P-values."""
    left = [name for name in names if name not in kept]
    always = f" Always kept: {', '.join(forced)}." if forced else ""
    said = [
        f"Backward elimination by AIC from {', '.join(names)}, among the {n} patients with a value of each.{always}",
        f"Dropped: {', '.join(left)}." if left else "Nothing was dropped.",
    ]
    if not kept:
        said.append("No covariate stayed: there is no multivariable model.")
    if could_use > n:
        said.append(f"The chosen model was fitted on the same {n} patients; {could_use} have a value of what is in it.")
    if left:
        said.append(AFTER_SELECTION)
    return said


def univariable(fits: Mapping[str, CoxFit], n: int) -> list[str]:
    """Notes of several single-covariate fits: sample sizes and crowding in one sentence each, the rest as they are."""
    fewer = [f"{name} {fit.n}" for name, fit in fits.items() if fit.n < n]
    crowded = {name: events_per_variable(fit.n_events, _n_columns(fit)) for name, fit in fits.items()}
    said = []
    if fewer:
        said.append(f"Each covariate alone uses the patients who have a value: {', '.join(fewer)} of {n}.")
    names = [name for name, note in crowded.items() if note]
    if names:
        said.append(
            f"Fewer than {FEW_EVENTS_PER_VARIABLE} events per variable even alone: {', '.join(names)}; read with care."
        )
    for name, fit in fits.items():
        own = [note for note in fit.notes if note != crowded[name] and "left out for missing values" not in note]
        said += own if fit.converged else [f"{name}: {note}" for note in own]
    return said


def _n_columns(fit: CoxFit) -> int:
    return sum(test.df for test in fit.overall)
