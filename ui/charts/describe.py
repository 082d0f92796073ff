"""Charts in words, for those who hear them: the alternative text of each figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.patients.baseline import BaselineTable
from core.patients.response import ResponseTable
from core.reporting.format import (
    count_percent,
    counted,
    in_words,
    number,
    patients,
    percent,
    quantity,
    unit_digits,
)
from core.reporting.labels import column_label
from core.safety.results import AdverseEventRow, AdverseEventTable
from core.survival.incidence_summary import GroupIncidence, IncidenceSummary
from ui.charts.forest_table import ForestTable, p_said

MOST_NAMED = 5


def describe_incidence(summary: IncidenceSummary, *, event: str, title: str) -> str:
    """Incidence curves in words: patients, events and last incidence of each group.

    Parameters
    ----------
    summary : IncidenceSummary
    event : str
        One of its events.
    title : str
        What the event is called in a sentence.
    """
    groups = [group for group in summary.groups if group.event_free.n]
    of = f" by group ({in_words([group.level for group in groups])})" if len(groups) > 1 else ""
    told = " ".join(_incidence(group, event, summary.unit) for group in groups)
    return f"Cumulative incidence of {title}{of}, the other events competing, with numbers at risk. {told}"


def _incidence(group: GroupIncidence, event: str, unit: str) -> str:
    curve = group.cause(event).estimate
    name, n = "All patients" if group.level == "all" else group.level, counted(curve.n_events_total)
    last = percent(float(curve.incidence[-1]), 0)
    end = quantity(curve.last_time, unit, unit_digits(unit))
    return f"{name}: {patients(curve.n)}, {n} {'event' if n == '1' else 'events'}, {last} at {end}."


def describe_stacked(group: GroupIncidence, *, states: Sequence[str], unit: str) -> str:
    """The last shares of one stacked panel; ``states`` are the events in order, then the event-free."""
    name = "All patients" if group.level == "all" else group.level
    if not group.event_free.n:
        return f"{name}: no patients."
    shares = [float(cause.estimate.incidence[-1]) for cause in group.causes] + [float(group.event_free.survival[-1])]
    told = in_words(f"{state} {percent(share, 0)}" for state, share in zip(states, shares, strict=True))
    end = quantity(group.event_free.last_time, unit, unit_digits(unit))
    return f"All events stacked to 100 %, {name}, {patients(group.event_free.n)}. At {end}: {told}."


def describe_forest(table: ForestTable) -> str:
    """Hazard ratios in words, one sentence per estimate of the last model."""
    factor = ""
    told = []
    for row in table.rows:
        factor = row.label if not row.indent else factor
        if row.kind == "estimate" and row.estimates and math.isfinite(row.estimates[-1].value):
            name = f"{factor}, {row.label}" if row.indent else row.label
            p = row.estimates[-1].p_text
            told.append(f"{name}: {row.estimates[-1].text}{f', {p_said(p)}' if p else ''}.")
    model = f"{table.models[-1].lower()} model, " if table.models and table.models[-1] else ""
    return f"Forest plot, {model}{table.ratio_head}. {' '.join(told)}".strip()


def describe_adverse_events(table: AdverseEventTable) -> str:
    """Patients with any event and the first terms, by group."""
    shown = [_event(table, table.overall, "any")] + [
        _event(table, row, row.term or "") for row in table.rows[:MOST_NAMED]
    ]
    more = f"; {len(table.rows) - MOST_NAMED} more terms" if len(table.rows) > MOST_NAMED else ""
    return f"Adverse events, n (%) in {in_words(table.levels)}: {'; '.join(shown)}{more}."


def describe_response(table: ResponseTable) -> str:
    """Patients by best response, and both rates, group by group."""
    told = []
    for i, (level, n) in enumerate(zip(table.levels, table.denominators.tolist(), strict=True)):
        name = "All patients" if level == "all" and len(table.levels) == 1 else level
        pairs = zip(table.categories, table.counts[i].tolist(), strict=True)
        counts = in_words(f"{category} {count}" for category, count in pairs)
        orr, dcr = (percent(float(rate.value[i])) for rate in (table.orr, table.dcr))
        told.append(f"{name}, {patients(n)}: {counts}; objective response {orr}, disease control {dcr}.")
    return f"Best response as stacked bars. {' '.join(told)}"


def describe_balance(table: BaselineTable) -> str:
    """How many variables differ, and which most."""
    known = sorted((v for v in table.variables if math.isfinite(v.smd)), key=lambda v: -v.smd)
    above = [f"{column_label(v.variable)} {number(v.smd, 2)}" for v in known if v.smd >= 0.1]
    most = f": {in_words(above[:MOST_NAMED])}{' and others' if len(above) > MOST_NAMED else ''}" if above else ""
    return f"Standardised differences: {len(above)} of {len(known)} variables at 0.1 or more{most}."


def _event(table: AdverseEventTable, row: AdverseEventRow, name: str) -> str:
    counts = [count_percent(int(n), int(of)) for n, of in zip(row.any, table.denominators, strict=True)]
    return f"{name} {in_words(counts)}"
