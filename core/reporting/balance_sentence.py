"""Two groups made alike, in sentences: the answer, how alike they became, and what no method can do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.balance_words import NAMES, WAYS, both_groups, covariate_names, whom
from core.reporting.sentences import confidence_words

if TYPE_CHECKING:
    from core.bias.crude_against_adjusted import Balance
    from core.bias.later_treatment import MethodRatio
    from core.result import AnalysisResult

SMALL_CHANGE = 0.1  # of the log hazard ratio, below which balancing hardly moves it
ALIKE = 0.1  # standardised difference
FEW_EFFECTIVE = 0.5  # effective over actual size of a group
FAR_APART = 1.35  # largest over smallest ratio of the methods


def balance_headline(result: AnalysisResult) -> str:
    """The crude ratio, and what it becomes once the groups are alike."""
    return " ".join(balance_parts(result))


def balance_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`balance_headline`, the finding first."""
    value, ci = result.balance, confidence_words(result.analysis.conf_level)
    crude = value.by("crude")
    assert crude is not None, "always there"
    reference, other = both_groups(result)
    text = f"As the patients are, the hazard ratio of {other} against {reference} is {_said(crude.ratio.ratio, ci)}"
    main = value.main
    if main is None:
        return (f"{text}.", f"{NAMES[value.method]} could not be computed: the notes below say why.")
    text += f"; with the groups made alike, {WAYS[value.method]}, it is {_said(main.ratio.ratio, ci)}."
    more = (_imputed(value, ci), _reading(crude.ratio.ratio, main.ratio.ratio), _others(value))
    return tuple(part for part in (text, *more) if part)


def balance_achieved(result: AnalysisResult) -> str:
    """How many covariates differed before and after, and what the weights cost."""
    value = result.balance
    main = value.main
    apart = [one.covariate for one in value.covariates if not one.before.difference < ALIKE]
    total = len(value.covariates)
    text = f"{len(apart)} of {fmt.several(total, 'covariate')} differed by a standardised difference of 0.1 or more"
    if main is None:
        return f"{text}."
    after = [one.covariate for one in value.covariates if not one.after[value.method].difference < ALIKE]
    text += f" before, {len(after) or 'none'} after." if apart or after else "; none after."
    effective = main.ratio.effective
    ratio = main.ratio.ratio
    sizes = ratio.n - ratio.n_treated, ratio.n_treated
    reference, other = both_groups(result)
    text += (
        f" Effective sample size: {fmt.number(effective[0])} of {sizes[0]} in {reference}, {fmt.number(effective[1])} "
        f"of {sizes[1]} in {other}."
    )
    return f"{text} The ratio speaks for {whom(result, value.method)}."


def still_unlike(value: Balance) -> str:
    """Where weights or matching did not make the groups alike, or leave few patients to speak; else empty."""
    main = value.main
    if main is None or main.sample is None:
        return ""
    total = len(value.covariates)
    after = sum(not one.after[value.method].difference < ALIKE for one in value.covariates)
    if after:
        return (
            f"Even so {after} of {fmt.several(total, 'covariate')} still differ by a standardised difference of 0.1 or "
            "more, so the groups are not alike."
        )
    ratio = main.ratio.ratio
    sizes = ratio.n - ratio.n_treated, ratio.n_treated
    share, effective, n = min(
        (part / size, part, size) for part, size in zip(main.ratio.effective, sizes, strict=True) if size
    )
    if share >= FEW_EFFECTIVE:
        return ""
    return (
        f"Of {n} patients of one group the weights leave as much information as {fmt.number(effective, 0)} would give: "
        "a part of the group decides."
    )


def balance_caveat(value: Balance) -> str:
    """What none of the methods can do."""
    return (
        f"Only {covariate_names(value)} can be made alike: whatever else decided the treatment, measured or not, may "
        "still be behind the difference, and none of these methods replaces a trial."
    )


def overlap_sentence(result: AnalysisResult) -> str:
    """How the scores overlap, and what the score is not for."""
    value, (reference, other) = result.balance, both_groups(result)
    score = value.propensity
    outside = sum(score.n_outside)
    text = (
        f"Filled: patients by their chance of {other}, given the factors; lines: {NAMES[value.method]}. "
        if value.main is not None
        else f"Patients by their chance of {other}, given the factors. "
    )
    text += (
        f"{outside} of {fmt.patients(value.study.n)} have a score that nobody of the other group reaches "
        f"({score.n_outside[0]} {reference}, {score.n_outside[1]} {other}). "
        if outside
        else "Every score lies in the range that both groups have. "
    )
    return (
        f"{text}The score tells the groups apart with a c-statistic of {fmt.number(score.c_statistic, 2)}; a high one "
        "is no merit: it means little overlap."
    )


def curves_annotation(result: AnalysisResult) -> tuple[str, ...]:
    """Ratio and weighted log-rank P of the method shown."""
    main = result.balance.main
    if main is None:
        return ()
    ratio = main.ratio.ratio
    said = fmt.ratio_estimate(ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return (f"Hazard ratio {said}", f"Weighted log-rank {fmt.p_phrase(main.ratio.score_p_value)}")


def _said(ratio: MethodRatio, ci: str) -> str:
    span = fmt.limits_of_ratio(ratio.conf_low, ratio.conf_high)
    if not math.isfinite(ratio.hazard_ratio):
        return fmt.NOT_ESTIMABLE
    return fmt.ratio(ratio.hazard_ratio) + (f" ({ci} {span}; {fmt.p_phrase(ratio.p_value)})" if span else "")


def _reading(crude: MethodRatio, after: MethodRatio) -> str:
    before, then = crude.log_hazard_ratio, after.log_hazard_ratio
    if not (math.isfinite(before) and math.isfinite(then)):
        return ""
    if abs(then - before) < SMALL_CHANGE:
        text = "So the measured differences between the groups explain little of it"
    elif then * before < 0:
        text = "So making the groups alike turns the direction of the difference"
    else:
        way = "smaller" if abs(then) < abs(before) else "larger"
        text = f"So the difference is {way} once the groups are alike"
    level = 1 - crude.conf_level
    if crude.p_value < level <= after.p_value:
        text += ", and chance can explain what is left"
    elif min(crude.p_value, after.p_value) >= level:
        text += "; chance can explain either"
    return f"{text}."


def _imputed(value: Balance, ci: str) -> str:
    """The ratio of all patients; the finding is of those without missing values."""
    found = None if value.checks is None or value.checks.imputed is None else value.checks.imputed.ratios
    if found is None or value.method not in found:
        return ""
    ratio = found[value.method]
    return (
        f"That is of the patients without missing values; with covariates imputed, of {fmt.patients(ratio.n)}, it is "
        f"{_said(ratio, ci)}."
    )


def _others(value: Balance) -> str:
    """What the other methods say."""
    known = sorted(
        one.ratio.ratio.hazard_ratio
        for one in value.comparisons
        if one.method not in ("crude", value.method) and math.isfinite(one.ratio.ratio.hazard_ratio)
    )
    if len(known) < 2:
        return ""
    low, high = fmt.ratio(known[0]), fmt.ratio(known[-1])
    apart = " They do not say the same: each speaks for other patients." if known[-1] > FAR_APART * known[0] else ""
    if low == high:
        return f"By the {len(known)} other methods it is {low}."
    return f"By the {len(known)} other methods it lies between {low} and {high}.{apart}"
