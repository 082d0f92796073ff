"""States over time in tables and as JSON: shares at chosen times, mean times, differences, and who went where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.json_parts import AREA, CONTRAST, Json, pick
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import at, group_column, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    heading,
    interval_column,
    number_column,
    text_column,
    words,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.rmst import RestrictedMean
    from core.survival.state_occupancy import GroupOccupancy, StateOccupancy


def occupancy_table(result: AnalysisResult) -> ReportTable:
    """A row per state and group: who came to it, shares at the chosen times, mean time in it."""
    value, level = result.state_occupancy, confidence_words(result.analysis.conf_level)
    columns = [group_column(result), number_column("n", "Patients"), number_column("entered", "Came to it")]
    columns += [
        interval_column(f"at_{i}", f"{at(time, value.unit)} ({level})", name=at(time, value.unit),
                        number_format="0.0%", level=level)
        for i, time in enumerate(value.groups[0].at.time.tolist())
    ]  # fmt: skip
    if value.tau is not None:
        name = f"Mean time to {at(value.tau, value.unit)}"
        columns.append(interval_column("mean", f"{name} ({level})", name=name, number_format="0.0", level=level))
    rows: list[TableRow] = []
    for state, title in enumerate(value.states):
        rows.append(heading(title, tuple(columns)))
        rows += [
            TableRow(cells=_cells(group, state, fmt.unit_digits(value.unit), first=not state), indent=1)
            for group in value.groups
        ]
    return ReportTable(
        title=f"States over time, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result, "At every time the shares of a group add up to 100 %, and its mean times to the horizon."
        ),
    )


def _cells(group: GroupOccupancy, state: int, digits: int, *, first: bool) -> tuple[Cell, ...]:
    entered = int(group.estimate.transitions[:, state].sum())
    count = Cell("", (None,)) if first else Cell(fmt.counted(entered), (entered,))
    cells = [words(group_label(group.level)), Cell(fmt.counted(group.n), (group.n,)), count]
    chosen = group.at
    for row in zip(*(line[state].tolist() for line in (chosen.probability, chosen.conf_low, chosen.conf_high)),
                   strict=True):  # fmt: skip
        cells.append(Cell(fmt.percent_estimate(*row), row))
    if group.mean_time:
        cells.append(_mean_cell(group.mean_time[state], digits))
    return tuple(cells)


def _mean_cell(mean: RestrictedMean, digits: int) -> Cell:
    values = (mean.value, mean.conf_low, mean.conf_high)
    flat = mean.conf_low == mean.conf_high  # nobody came to the state: a certainty that nobody has
    return Cell(fmt.number(mean.value, digits) if flat else fmt.estimate(*values, digits=digits), values)


def transition_table(result: AnalysisResult) -> ReportTable:
    """How many went from each state to each other one, by group."""
    value = result.state_occupancy
    columns = (
        group_column(result),
        number_column("patients", "Were in it"),
        *(number_column(f"to_{i}", f"To: {state}") for i, state in enumerate(value.states[1:], start=1)),
        number_column("stayed", "Still in it when last seen"),
    )
    rows: list[TableRow] = []
    for state, title in enumerate(value.states[:-1]):
        rows.append(heading(f"From: {title}", columns))
        for group in value.groups:
            moves = group.estimate.transitions
            there = group.n if state == 0 else int(moves[:, state].sum())
            left = moves[state, 1:].tolist()
            cells = [there, *left, there - sum(left)]
            rows.append(
                TableRow(cells=(words(group_label(group.level)), *(Cell(fmt.counted(n), (n,)) for n in cells)),
                         indent=1)
            )  # fmt: skip
    return ReportTable(
        title=f"Who went where, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result),
    )


def occupancy_difference_table(result: AnalysisResult) -> ReportTable | None:
    """Differences of two groups; None without two groups, or without times and horizon."""
    value, level = result.state_occupancy, confidence_words(result.analysis.conf_level)
    rows = []
    for one in value.contrasts:
        for found in one.probability:
            numbers = (found.estimate, found.conf_low, found.conf_high)
            flat = found.std_error == 0  # nobody was in the state in either group: no certainty
            text = fmt.percent(found.estimate, sign=False) if flat else fmt.percentage_points(*numbers)
            rows.append((f"{one.state}, {at(found.time, value.unit)}", text, numbers, found.p_value))
        if one.mean_time is not None:
            mean = one.mean_time
            numbers = (mean.estimate, mean.conf_low, mean.conf_high)
            name = f"{one.state}, mean time to {at(mean.time, value.unit)} ({value.unit})"
            rows.append((name, fmt.estimate(*numbers, digits=fmt.unit_digits(value.unit)), numbers, mean.p_value))
    if not rows:
        return None
    first = value.contrasts[0]
    columns = (
        text_column("measure", f"{group_label(first.level)} against {group_label(first.reference)}"),
        interval_column("estimate", f"Difference ({level})", name="Difference", number_format="0.000", level=level),
        number_column("p", "P", "0.000"),
    )
    return ReportTable(
        title=f"Differences in states, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(TableRow(cells=(words(name), Cell(text, cell), p_cell(p))) for name, text, cell, p in rows),
        footnotes=footnotes(result, "Two-sided z tests; shares in percentage points."),
    )


def state_occupancy_json(value: StateOccupancy) -> Json:
    """Shares by group and state, mean times, moves and differences."""
    written: Json = {
        **pick(value, ("unit", "reference", "tau")),
        "states": list(value.states),
        "groups": {group.level: _group_json(group, value.states) for group in value.groups},
    }
    if value.contrasts:
        written["contrasts"] = {
            one.state: {
                **pick(one, ("level", "reference")),
                "probability": [{"time": found.time, **pick(found, CONTRAST)} for found in one.probability],
                "mean_time": None
                if one.mean_time is None
                else {"tau": one.mean_time.time, **pick(one.mean_time, CONTRAST)},
            }
            for one in value.contrasts
        }
    return written


def _group_json(group: GroupOccupancy, states: tuple[str, ...]) -> Json:
    found, chosen = group.estimate, group.at
    moves = [
        {"from": a, "to": b, "n": int(found.transitions[i, j])}
        for i, a in enumerate(states)
        for j, b in enumerate(states)
        if found.transitions[i, j]
    ]
    names = ("probability", "std_error", "conf_low", "conf_high")
    return {
        "n": group.n,
        "time": found.time,
        "transitions": moves,
        "states": {
            name: {
                "n_at_risk": found.n_at_risk[s],
                "probability": found.probability[s],
                "std_error": found.std_error[s],
                "conf_low": group.conf_low[s],
                "conf_high": group.conf_high[s],
                "at": [
                    {"time": time, **{key: float(getattr(chosen, key)[s, i]) for key in names}}
                    for i, time in enumerate(chosen.time.tolist())
                ],
                "mean_time": pick(group.mean_time[s], AREA) if group.mean_time else None,
            }
            for s, name in enumerate(states)
        },
    }
