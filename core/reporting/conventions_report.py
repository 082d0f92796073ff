"""One cohort in the conventions of R, SAS, Prism and SPSS: what each prints by default, and why it differs.

Belongs here: tables and the sentence that explains them. Does not belong here: the formulas
(``core.survival.programs``, ``core.survival.conventions``, ``core.regression``), which are the same on every page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import __version__
from core.reporting import format as fmt
from core.reporting.comparison_tables import CONVENTION_WORDS
from core.reporting.footnotes import NOT_REACHED, SYNTHETIC
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method
from core.reporting.sentences import exclusion_sentence
from core.reporting.survival_tables import group_label
from core.reporting.tables import Cell, Part, ReportTable, TableColumn, TableRow, interval_column, text_column, words
from core.survival.programs import ProgramNumbers, program_numbers
from core.survival.quantiles import IntervalEstimate

if TYPE_CHECKING:
    from core.result import AnalysisResult

VERSION = f"Cohortscope {__version__}"
PROGRAMS = {"R": "R", "SAS": "SAS", "Prism": "Prism 10", "SPSS": "SPSS 26"}
MEDIAN_WHY = {
    "R": "The middle where the curve is flat at one half; limits from the log band.",
    "SAS": "The same median; limits from the log-log band.",
    "Prism": "The same median, printed without limits.",
    "SPSS": "The first time at or below one half, never the middle; limits are 1.96 standard errors to either side.",
}
MEAN_WHY = {
    "R": "The area up to the longest time of all groups, when asked for it; groups are comparable.",
    "SAS": "The area up to the group's last event; its standard error allows for the number of events.",
    "Prism": "Prints no mean.",
    "SPSS": "The area up to the group's own longest time; groups followed for unequal times are not comparable.",
}
RATIO_WHY = {
    "efron": ("R", "Cox regression, tied events averaged over their possible orders: the ratio to report."),
    "breslow": (
        "SAS, SPSS 26",
        "Cox regression, every tied event taken before the others; nearer to 1 with ties.",
    ),
    "logrank_hazard_ratio": ("Prism 10", "Observed over expected events of the log-rank test; drawn towards 1."),
    "mantel_haenszel_hazard_ratio": (
        "Prism 10",
        "One step from no difference, so it strays from Cox's ratio where the difference is large.",
    ),
    "median_ratio": ("Prism 10", "Two points of the curves only; a longer median makes it larger, not smaller."),
}
RATIO_WORDS = {
    "efron": "Hazard ratio, Cox (Efron)",
    "breslow": "Hazard ratio, Cox (Breslow)",
    **CONVENTION_WORDS,
}
TWO_GROUPS_ONLY = "Hazard ratios and the ratio of medians need two groups: choose a grouping with two levels."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conventions:
    """The analyses that the page of conventions shows side by side.

    Attributes
    ----------
    curves : AnalysisResult
        Of kind ``kaplan_meier`` with R's band, ``log``.
    comparison, efron, breslow : AnalysisResult or None
        Log-rank test and Cox regression of exactly two groups.
    """

    curves: AnalysisResult
    comparison: AnalysisResult | None = None
    efron: AnalysisResult | None = None
    breslow: AnalysisResult | None = None

    @property
    def results(self) -> tuple[AnalysisResult, ...]:
        """Those that there are, the curves first."""
        return tuple(one for one in (self.curves, self.comparison, self.efron, self.breslow) if one is not None)


def median_table(shown: Conventions) -> ReportTable:
    """The median of each group as each program prints it, and why."""
    unit = shown.curves.survival.unit
    made = _table(shown, "Median", MEDIAN_WHY, _median_cell)
    gaps = any(fmt.NOT_REACHED in cell.text for row in made.rows for cell in row.cells)
    said = (NOT_REACHED if gaps else "", f"SE: standard error, {unit}; of a median only SPSS prints it.")
    return made.with_footnotes(*said, *_footnotes(shown))


def mean_table(shown: Conventions) -> ReportTable:
    """The mean of each group as each program prints it, where its area ends, and why."""
    made = _table(shown, "Mean", MEAN_WHY, _mean_cell)
    said = f"SE: standard error; to: the time where the area that is the mean ends, {shown.curves.survival.unit}."
    return made.with_footnotes(said, *_footnotes(shown))


def _table(
    shown: Conventions, measure: str, why: dict[str, str], cell: Callable[[ProgramNumbers, int], Cell]
) -> ReportTable:
    summary = shown.curves.survival
    digits = fmt.unit_digits(summary.unit)
    numbers = program_numbers(summary.table)
    columns = (
        text_column("program", f"{measure}, {summary.unit} (95 % CI)"),
        *(_group_column(name, measure, digits) for name in _names(summary.table.levels)),
        text_column("why", "Why it differs"),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(name),
                *(cell(one, digits) for one in numbers if one.program == program),
                words(why[program]),
            )
        )
        for program, name in PROGRAMS.items()
    )
    title = f"{measure} of {endpoint_label(shown.curves.subset.endpoint or 'survival')} by program"
    return ReportTable(title=title, columns=columns, rows=rows)


def _names(levels: Sequence[str]) -> list[str]:
    """The groups as they are called; only a level that stands alone means everybody."""
    return [group_label(levels[0])] if len(levels) == 1 else list(levels)


def _group_column(group: str, measure: str, digits: int) -> TableColumn:
    name = f"{group}, {measure.lower()}"
    number_format = "0.0" if digits else "0"
    suffixes = ("", ", 95 % CI low", ", 95 % CI high", ", SE", *((", area ends at",) if measure == "Mean" else ()))
    parts = tuple(Part(label=f"{name}{suffix}", number_format=number_format) for suffix in suffixes)
    return TableColumn(key=f"group_{group}", label=group, parts=parts)


def _median_cell(numbers: ProgramNumbers, digits: int) -> Cell:
    median = numbers.median
    values = (median.value, median.conf_low, median.conf_high)
    by_band = numbers.program in ("R", "SAS")
    text = fmt.estimate(*values, digits=digits) if by_band or _has_limits(median) else _plain(median.value, digits)
    return Cell(text + _error(median, digits, printed=numbers.program == "SPSS"), (*values, median.std_error))


def _mean_cell(numbers: ProgramNumbers, digits: int) -> Cell:
    mean = numbers.mean
    values = (mean.value, mean.conf_low, mean.conf_high, mean.std_error, numbers.mean_until)
    if not math.isfinite(mean.value):
        return Cell(fmt.EN_DASH, values)
    text = fmt.estimate(*values[:3], digits=digits) if _has_limits(mean) else _plain(mean.value, digits)
    return Cell(f"{text}{_error(mean, digits)}; to {fmt.number(numbers.mean_until, digits)}", values)


def _has_limits(estimate: IntervalEstimate) -> bool:
    return math.isfinite(estimate.conf_low) or math.isfinite(estimate.conf_high)


def _plain(value: float, digits: int) -> str:
    return fmt.number(value, digits, missing=fmt.NOT_REACHED)


def _error(estimate: IntervalEstimate, digits: int, *, printed: bool = True) -> str:
    known = printed and math.isfinite(estimate.std_error)
    return f"; SE {fmt.number(estimate.std_error, digits + 1)}" if known else ""


def ratio_table(shown: Conventions) -> ReportTable | None:
    """Two-group ratios by formula, with the program that prints each by default; None without exactly two groups."""
    ratios = _ratios(shown)
    if not ratios:
        return None
    groups = shown.curves.subset.groups
    other = next(level for level in groups.levels if level != groups.reference)
    columns = (
        text_column("formula", f"{other} over {groups.reference}"),
        interval_column("ratio", "Ratio (95 % CI)", name="Ratio", number_format="0.00"),
        text_column("program", "Default of"),
        text_column("why", "Why it differs"),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(RATIO_WORDS[name]),
                Cell(
                    fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high),
                    (ratio.value, ratio.conf_low, ratio.conf_high),
                ),
                *map(words, RATIO_WHY[name]),
            )
        )
        for name, ratio in ratios.items()
    )
    title = f"Ratios of two groups by formula, {endpoint_label(shown.curves.subset.endpoint or 'survival')}"
    return ReportTable(title=title, columns=columns, rows=rows, footnotes=_footnotes(shown))


def _ratios(shown: Conventions) -> dict[str, IntervalEstimate]:
    """Ratio by formula, those that could be computed."""
    found: dict[str, IntervalEstimate] = {}
    for name, result in (("efron", shown.efron), ("breslow", shown.breslow)):
        model = None if result is None else result.cox.multivariable
        if model is not None and len(model.terms) == 1:
            (term,) = model.terms
            found[name] = IntervalEstimate(
                value=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high, std_error=term.std_error
            )
    if shown.comparison is not None and shown.comparison.comparison.conventions is not None:
        found.update(shown.comparison.comparison.conventions)
    return found


def conventions_headline(shown: Conventions) -> str:
    """What differs between the programs for these patients, in a sentence."""
    estimates = [group.estimate for group in shown.curves.survival.groups]
    if not any(float(estimate.n_events_total) for estimate in estimates):
        patients = fmt.patients(sum(estimate.n for estimate in estimates))
        return f"Nobody of {patients} had the event: no program prints a median."
    numbers = program_numbers(shown.curves.survival.table)
    parts = [_medians_said(numbers, shown.curves.survival.unit), _means_said(numbers, shown.curves.survival.unit)]
    return f"{'; '.join([*parts, *_ratios_said(_ratios(shown))])}."


def _medians_said(numbers: Sequence[ProgramNumbers], unit: str) -> str:
    """Only SPSS has a median of its own: the others all take the middle of a plateau."""
    digits = fmt.unit_digits(unit)
    printed = {(one.group, one.program): _plain(one.median.value, digits) for one in numbers}
    groups = list(dict.fromkeys(one.group for one in numbers))
    apart = [group for group in groups if printed[group, "SPSS"] != printed[group, "R"]]
    if not apart:
        several = "s" if len(groups) > 1 else ""
        return f"All four programs print the same median{several}, with different limits"
    alone = groups == ["all"]
    told = [
        f"{printed[group, 'SPSS']} instead of {printed[group, 'R']} {unit}{'' if alone else f' for {group}'}"
        for group in apart[:2]
    ]
    more = f" and other values for {fmt.several(len(apart) - 2, 'more group')}" if len(apart) > 2 else ""
    return f"SPSS prints a median of {fmt.in_words(told)}{more}, where the curve is flat at one half"


def _means_said(numbers: Sequence[ProgramNumbers], unit: str) -> str:
    digits = fmt.unit_digits(unit)
    by_group: dict[str, set[str]] = {}
    for one in numbers:
        if math.isfinite(one.mean.value):
            by_group.setdefault(one.group, set()).add(_plain(one.mean.value, digits))
    if any(len(found) > 1 for found in by_group.values()):
        return "the means differ because each program ends the area at another time"
    return "the means agree"


def _ratios_said(ratios: dict[str, IntervalEstimate]) -> list[str]:
    cox = ratios.get("efron")
    prism = [
        ratios[name].value
        for name in ("logrank_hazard_ratio", "mantel_haenszel_hazard_ratio")
        if name in ratios and math.isfinite(ratios[name].value)
    ]
    if cox is None or not math.isfinite(cox.value) or not prism:
        return []
    told = fmt.in_words(dict.fromkeys(fmt.ratio(value) for value in sorted(prism)))
    return [f"the hazard ratio is {fmt.ratio(cox.value)} by Cox regression and {told} by Prism's formulas"]


def conventions_method(shown: Conventions) -> tuple[str, ...]:
    """How the numbers were made, line by line."""
    call = method(shown.curves).r_call
    results = [result for result in (shown.efron, shown.breslow, shown.comparison) if result is not None]
    return (
        _WHAT,
        "Formula: one Kaplan-Meier curve per group, read by each program's documented default; limits of 95 % use 1.96 "
        "in Prism and SPSS, the normal quantile in R and SAS.",
        f'In R: `print({call}, rmean = "common")`',
        *(f"In R: `{method(result).r_call}`" for result in results),
        "Source: manuals of R's survival, SAS PROC LIFETEST and PHREG, IBM SPSS Statistics Algorithms (KM, COXREG), "
        "GraphPad FAQ 718 and 1226; Machin, Cheung and Parmar, Survival Analysis, 2nd ed. 2006, chapter 3.",
        f"{VERSION}.",
    )


_WHAT = "Median, mean and two-group ratios by the formulas of R, SAS, Prism 10 and SPSS 26; no program was run."


def _footnotes(shown: Conventions) -> tuple[str, ...]:
    subset = shown.curves.subset
    lines = [f"{_WHAT} {VERSION}.", *map(exclusion_sentence, subset.exclusions)]
    return (*lines, SYNTHETIC) if subset.cohort.synthetic else tuple(lines)
