"""The difference of two curves in a sentence and in a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words, group_names
from core.reporting.survival_extra_tables import alive
from core.reporting.survival_tables import at, count_cell, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    text_column,
    words,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.difference_curve import DifferenceCurve


def difference_curve_sentence(result: AnalysisResult) -> str:
    """How many more are alive at one time, and when the interval includes no difference; empty where nobody asked.

    The time is the last chosen one at which ten patients of each group were at risk, else the last chosen one that both
    were followed to; without one, the last at which ten of each were at risk.
    """
    made = result.survival.extras.difference
    if made is None:
        return ""
    if not made.time.size:
        return made.notes[0]
    when = shown_time(result, made)
    found = made.at(when)
    first, second = group_names([made.level, made.reference], otherwise="in")
    if found.estimate < 0:
        first, second = second, first
    size, low, high = _turned(found.estimate, found.conf_low, found.conf_high)
    level = confidence_words(made.conf_level)
    ends = f"{fmt.percent(low, sign=False)} to {fmt.percent(high, sign=False)}"
    limits = f"{level} {ends if math.isfinite(low) else fmt.NOT_ESTIMABLE}"
    points = f"{fmt.percent(size, sign=False)} percentage points"
    told = f"At {at(when, made.unit)} {points} more patients are {alive(result)} {first} than {second}"
    return " ".join(filter(None, (f"{told} ({limits}); {_apart_words(made)}.", band_sentence(result))))


def band_sentence(result: AnalysisResult) -> str:
    """What the limits for all times together say, with their range; empty where nobody asked."""
    made = result.survival.extras.difference
    if made is None or made.band is None:
        return ""
    band, digits = made.band, fmt.unit_digits(made.unit)
    if not band.n_times:
        return band.note
    span = f"{fmt.number(band.start, digits)} to {fmt.quantity(band.until, made.unit, digits)}"
    low, high = band.conf_low, band.conf_high
    if bool(((low > 0) | (high < 0)).any()):
        return f"Taken together over {span} the curves differ ({fmt.p_phrase(band.p_value)})."
    return (
        f"Taken together over {span} the data do not show that the curves differ ({fmt.p_phrase(band.p_value)}), which "
        "does not show that they are the same."
    )


def shown_time(result: AnalysisResult, made: DifferenceCurve) -> float:
    """The time that speaks for the whole curve."""
    chosen = [float(time) for time in result.survival.groups[0].at.time if 0 < time <= made.until]
    enough = [time for time in chosen if time <= made.few_from]
    return max(enough or chosen, default=made.few_from or made.until)


def _turned(value: float, low: float, high: float) -> tuple[float, float, float]:
    """The difference the other way round where it is negative: "more" is said of who has more."""
    return (-value, -high, -low) if value < 0 else (value, low, high)


def _apart_words(made: DifferenceCurve) -> str:
    if not made.apart:
        return "the interval includes no difference at all times"
    digits = fmt.unit_digits(made.unit)
    start, end = made.apart[0]
    if len(made.apart) == 1 and end == made.until:
        return f"the interval includes no difference before {fmt.quantity(start, made.unit, digits)}"
    spans = fmt.in_words([f"{fmt.number(a, digits)} to {fmt.quantity(b, made.unit, digits)}" for a, b in made.apart])
    return f"the interval excludes no difference only from {spans}"


def difference_curve_table(result: AnalysisResult) -> ReportTable | None:
    """Both curves and their difference at the chosen times, or the ticks of the figure; None where nobody asked."""
    summary = result.survival
    made = summary.extras.difference
    if made is None or not made.time.size:
        return None
    level = confidence_words(made.conf_level)
    columns = (
        text_column("time", "At"),
        *(
            column
            for position, name in enumerate((made.level, made.reference))
            for column in (
                number_column(f"survival_{position}", f"{group_label(name)}, {_share(result)}", "0.0%"),
                number_column(f"risk_{position}", f"{group_label(name)}, at risk"),
            )
        ),
        interval_column(
            "difference",
            f"Difference, percentage points ({level})",
            name="Difference",
            number_format="0.0%",
            level=level,
        ),
        *([] if made.band is None or not made.band.n_times else [_together_column(level)]),
    )
    rows = tuple(TableRow(cells=_cells(result, made, time)) for time in _times(result, made))
    stretches = _apart_words(made)
    said = (
        f"{group_label(made.level)} minus {group_label(made.reference)}. Limits hold at each time by itself.",
        f"{stretches[:1].upper()}{stretches[1:]}; with every time looked at this is no test.",
        *([] if made.band is None or not made.band.n_times else [band_sentence(result)]),
        *made.notes,
    )
    title = f"Difference of the curves, {endpoint_label(result.subset.endpoint or 'survival')}"
    return ReportTable(title=title, columns=columns, rows=rows, footnotes=footnotes(result, *said))


def _together_column(level: str) -> TableColumn:
    return interval_column(
        "together",
        f"Limits for all times together ({level})",
        name="For all times together",
        number_format="0.0%",
        level=level,
    )


def _share(result: AnalysisResult) -> str:
    return f"{alive(result)}, %"


def _times(result: AnalysisResult, made: DifferenceCurve) -> list[float]:
    """Chosen times; without any the ticks of the figure, or the time that speaks for all."""
    chosen = [float(time) for time in result.survival.groups[0].at.time]
    figure = result.survival.extras.figure
    if not chosen and figure is not None:
        chosen = list(figure.axis.ticks)
    return [time for time in chosen if 0 < time <= made.until] or [shown_time(result, made)]


def _cells(result: AnalysisResult, made: DifferenceCurve, time: float) -> tuple[Cell, ...]:
    found = made.at(time)
    cells = [words(at(time, made.unit))]
    for name in (made.level, made.reference):
        here = result.survival.group(name).estimate.at([time])
        share = float(here.survival[0])
        cells += [Cell(fmt.percent(share, sign=False), (share,)), count_cell(float(here.n_at_risk[0]))]
    values = (found.estimate, found.conf_low, found.conf_high)
    cells.append(Cell(fmt.percentage_points(*values), values))
    if made.band is not None and made.band.n_times:
        row = made.row_of(time) if made.band.start <= time <= made.band.until else None
        low, high = (
            math.nan if row is None else float(ends[row]) for ends in (made.band.conf_low, made.band.conf_high)
        )
        ends = (found.estimate, low, high)
        cells.append(Cell(fmt.percentage_points(*ends) if math.isfinite(low) else fmt.NOT_ESTIMABLE, ends))
    return tuple(cells)
