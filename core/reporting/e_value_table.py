"""E-values as a table and in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import contrast_words
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.regression.e_value import EValue, TermEValue
    from core.result import AnalysisResult

SOURCE = "VanderWeele and Ding, Ann Intern Med 2017;167:268-274"


def e_value_table(result: AnalysisResult) -> ReportTable | None:
    """One row per hazard ratio; None where none was asked for or there is none."""
    found = result.cox.e_values
    if not found:
        return None
    level = confidence_words(result.analysis.conf_level)
    columns = (
        text_column("factor", "Compared"),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("e", "E-value", "0.00"),
        number_column("e_limit", f"E-value of the {level} limit nearer to 1", "0.00"),
    )
    return ReportTable(
        title=f"How strong a hidden factor would have to be, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(_row(one) for one in found),
        footnotes=footnotes(result, *_scale_lines(found), f"E-values: {SOURCE}."),
    )


def e_values_sentence(result: AnalysisResult) -> str:
    """What the E-value of the compared groups says; without them what E-values are."""
    group = result.subset.groups.column
    found = [one for one in result.cox.e_values if one.term == group and math.isfinite(one.e_value.value)]
    if not found:
        return (
            "An E-value is how many times as frequent in one level as in the other, and how many times as likely to "
            "make the event, a factor that was not adjusted for would have to be to explain the hazard ratio away; a "
            "weaker one could not. 1: there is nothing to explain."
        )
    one = max(found, key=lambda one: one.e_value.value)
    return e_value_reading(one.e_value, what=contrast_words(one.term, one.level, one.reference))


def e_value_reading(value: EValue, *, what: str) -> str:
    """What an E-value says, in a sentence; empty where there is none."""
    if not math.isfinite(value.value):
        return ""
    strong = e_text(value.value)
    text = (
        f"To explain the difference away ({what}), a factor that was not adjusted for would have to be {strong} times "
        f"as frequent in one group as in the other and also make the event {strong} times as likely, or more; a weaker "
        "one could not."
    )
    if value.of_limit == 1:
        return f"{text} The confidence interval holds 1 already: it takes no hidden factor to leave no difference."
    return f"{text} To make the confidence interval hold 1, {e_text(value.of_limit)} times would be enough."


def e_text(value: float) -> str:
    """An E-value as printed; dash where there is none."""
    return fmt.number(value, 2) if math.isfinite(value) else fmt.EN_DASH


def _row(one: TermEValue) -> TableRow:
    ratio = (one.hazard_ratio, one.conf_low, one.conf_high)
    return TableRow(
        cells=(
            words(contrast_words(one.term, one.level, one.reference)),
            Cell(fmt.ratio_estimate(*ratio), ratio),
            Cell(e_text(one.e_value.value), (one.e_value.value,)),
            Cell(e_text(one.e_value.of_limit), (one.e_value.of_limit,)),
        )
    )


def _scale_lines(found: tuple[TermEValue, ...]) -> list[str]:
    """How hazard ratios became risk ratios."""
    common = [one for one in found if one.e_value.is_common]
    lines = []
    if common:
        shares = sorted({fmt.percent(one.share, 0) for one in common})
        lines.append(
            f"The event is common ({fmt.in_words(shares)} of patients): hazard ratios are brought to the scale of "
            "risks first."
        )
    if len(common) < len(found):
        lines.append("Where fewer than 15 % have the event, a hazard ratio stands for the ratio of risks.")
    return lines
