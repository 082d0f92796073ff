"""What else was asked of groups made alike, in sentences and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.balance_words import NAMES, both_groups
from core.reporting.comparison_tables import p_cell
from core.reporting.e_value_table import e_value_reading
from core.reporting.footnotes import footnotes
from core.reporting.imputation_table import SOURCE, variable_rows, variables_columns
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.bias.balance_checks import BalanceChecks
    from core.bias.later_treatment import MethodRatio
    from core.bias.negative_control import ControlEstimate, NegativeControl
    from core.result import AnalysisResult


def checks_of(result: AnalysisResult) -> BalanceChecks:
    """Of every answered comparison."""
    checks = result.balance.checks
    assert checks is not None, "always there"
    return checks


def hidden_factor_sentence(result: AnalysisResult) -> str:
    """What the E-value of the method shown says; empty where it has no ratio."""
    found = checks_of(result).e_values.get(result.balance.method)
    reference, other = both_groups(result)
    return "" if found is None else e_value_reading(found, what=f"{other} against {reference}, {_named(result)}")


def doubly_robust_sentence(result: AnalysisResult) -> str:
    """The doubly robust difference of restricted means beside the crude one; empty where there is none."""
    found = checks_of(result).doubly_robust
    if found is None:
        return ""
    value, (reference, other) = result.balance, both_groups(result)
    unit, level = value.unit, confidence_words(result.analysis.conf_level)
    end = f"{fmt.time_label(round(found.difference.time, 2))} {unit}"
    shown, crude = found.difference, found.crude
    limits = f"{level} {fmt.number(shown.conf_low, 1)} to {fmt.number(shown.conf_high, 1)}"
    who = f"patients like those in {other}" if found.estimand == "att" else "all patients"
    return (
        f"Doubly robust: up to {end}, {who} would live {fmt.number(found.means[1], 1)} {unit} on average with {other} "
        f"and {fmt.number(found.means[0], 1)} with {reference}, a difference of {fmt.number(shown.estimate, 1)} "
        f"({limits}; {fmt.p_phrase(shown.p_value)}); as the patients are it is {fmt.number(crude.estimate, 1)}. It is "
        "right if either the model of the treatment or the model of the outcome is."
    )


def control_sentence(result: AnalysisResult) -> str:
    """What the negative control says, in plain words; empty where none was asked for or computed."""
    found = checks_of(result).control
    if found is None:
        return ""
    reference, other = both_groups(result)
    level = 1 - result.analysis.conf_level
    text = (
        f"Negative control, {found.name}: the treatment cannot have changed it, so {other} and {reference} made alike "
        f"should not differ. {_what(found)}: {_said(found, found.adjusted, result)} (as the patients are "
        f"{_said(found, found.crude, result, short=True)})."
    )
    if not math.isfinite(found.adjusted.p_value):
        return f"{text} With so few events it says nothing."
    if found.adjusted.p_value < level:
        return (
            f"{text} They do differ: something else than the treatment still sets them apart, and may be behind the "
            "difference above as well."
        )
    return (
        f"{text} No sign that something else sets them apart; the interval says how large a difference could still be "
        "hidden."
    )


def imputed_table(result: AnalysisResult) -> ReportTable | None:
    """Every method with imputed covariates beside the complete patients; None where nothing was imputed."""
    found, value = checks_of(result).imputed, result.balance
    if found is None:
        return None
    level = confidence_words(result.analysis.conf_level)
    columns = (
        text_column("method", "Method"),
        number_column("n", "Patients, imputed"),
        interval_column("hr_0", f"Imputed, HR ({level})", name="Imputed", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
        number_column("n_1", "Complete patients"),
        interval_column("hr_1", f"Complete, HR ({level})", name="Complete", number_format="0.00", level=level),
        number_column("fmi", "Missing information", "0%"),
    )
    rows = []
    for method, ratio in found.ratios.items():
        before = next(one.ratio.ratio for one in value.comparisons if one.method == method)
        share = found.missing_information[method]
        rows.append(
            TableRow(
                cells=(
                    words(NAMES[method]),
                    Cell(fmt.counted(ratio.n), (ratio.n,)),
                    _ratio(ratio),
                    p_cell(ratio.p_value),
                    Cell(fmt.counted(before.n), (before.n,)),
                    _ratio(before),
                    Cell(fmt.percent(share, 0) if math.isfinite(share) else fmt.EN_DASH, (share,)),
                )
            )
        )
    asked = found.imputed.asked
    return ReportTable(
        title=f"Imputed beside left out, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"Missing values of {fmt.patients(found.imputed.n_incomplete)} imputed in {asked.sets} tables (chained "
            f"equations, {asked.iterations} rounds, seed {asked.seed}; the group, the event and its cumulative hazard "
            "among the predictors); score and weights made anew in each, ratios pooled by Rubin's rules. Patients who "
            "found a match: mean over the tables.",
            f"{SOURCE}.",
        ),
    )


def imputed_variables_table(result: AnalysisResult) -> ReportTable | None:
    """Known and imputed values of each covariate; None where nothing was imputed."""
    found = checks_of(result).imputed
    if found is None:
        return None
    return ReportTable(
        title="Known and imputed values",
        columns=variables_columns(),
        rows=tuple(row for one in found.imputed.variables for row in variable_rows(one)),
        footnotes=footnotes(result, "Numbers: mean ± standard deviation."),
    )


def _named(result: AnalysisResult) -> str:
    return NAMES[result.balance.method]


def _ratio(ratio: MethodRatio) -> Cell:
    values = (ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return Cell(fmt.ratio_estimate(*values), values)


def _what(found: NegativeControl) -> str:
    if found.scale == "hazard_ratio":
        return "Hazard ratio"
    return "Difference of shares" if found.is_share else "Difference of means"


def _said(found: NegativeControl, one: ControlEstimate, result: AnalysisResult, *, short: bool = False) -> str:
    """An estimate with its limits and P; the estimate alone where short."""
    if not math.isfinite(one.estimate):
        return fmt.NOT_ESTIMABLE
    if found.scale == "hazard_ratio":
        estimate, limits = fmt.ratio(one.estimate), fmt.limits_of_ratio(one.conf_low, one.conf_high)
    elif found.is_share:
        estimate = f"{fmt.number(100 * one.estimate)} percentage points"
        limits = f"{fmt.number(100 * one.conf_low)} to {fmt.number(100 * one.conf_high)}"
    else:
        estimate = fmt.number(one.estimate, 2)
        limits = f"{fmt.number(one.conf_low, 2)} to {fmt.number(one.conf_high, 2)}"
    if short or not limits:
        return estimate
    return f"{estimate}, {confidence_words(result.analysis.conf_level)} {limits}; {fmt.p_phrase(one.p_value)}"
