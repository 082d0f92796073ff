"""Two cuts of the data in words, tables and JSON: who came, went and changed, and headline figures before and after.

Does not belong here: comparing (``core.cohort.cut_difference``), which figures stand for a result
(``headline_figures``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.cohort.filters import describe_filter
from core.reporting import format as fmt
from core.reporting.as_json import as_json
from core.reporting.headline_figures import Figure, figure_name, figure_text, headline_figures
from core.reporting.labels import column_label, endpoint_label, event_label, in_sentence
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words

if TYPE_CHECKING:
    from core.cohort.cut_difference import ColumnChange, CutDifference, Transition
    from core.result import AnalysisResult, DataCuts, ResultPair

_SHOWN = 5


def cuts_sentence(cuts: DataCuts) -> str:
    """Who came, went and changed, in a sentence or two."""
    found = cuts.difference
    parts = [f"{len(found.added):,} added", f"{len(found.removed):,} removed", f"{found.n_changed:,} changed"]
    text = f"The earlier cut has {fmt.patients(found.n[0])}, the later one {found.n[1]:,}: {fmt.in_words(parts)}."
    if sum(found.not_matched):
        text += (
            f" Rows without an identifier of their own could not be compared: {found.not_matched[0]:,} of the earlier "
            f"and {found.not_matched[1]:,} of the later cut."
        )
    return text


METHOD = (
    "Patients of the two cuts are matched by their identifier, without regard to case, blanks and '.0'; an identifier "
    "that several rows have matches nobody.",
    "The same analyses, filters and groups are asked of both cuts, each with its own columns. Estimates and their "
    "intervals are those of the pages that the analyses come from.",
    "The two results are not independent: most patients are in both, so that their intervals must not be compared as "
    "if they were of different patients.",
)


def endpoints_table(cuts: DataCuts) -> ReportTable:
    """Patients and events of each endpoint before and after."""
    columns = (
        text_column("endpoint", "Endpoint"),
        number_column("n_before", "Patients before"),
        number_column("n_after", "Patients after"),
        number_column("before", "Events before"),
        number_column("after", "Events after"),
        number_column("new", "New events in patients of both"),
        number_column("gone", "Events no longer there"),
    )
    rows = [
        TableRow(
            cells=(
                words(f"{one.endpoint}, {event_label(one.endpoint)}"),
                *(_count(n) for n in (*one.n, *one.n_events, one.new, one.gone)),
            )
        )
        for one in cuts.difference.endpoints
    ]
    return ReportTable(title="Endpoints before and after", columns=columns, rows=tuple(rows))


def changes_table(cuts: DataCuts) -> ReportTable:
    """One row per column that changed: how many patients, from what to what, and who."""
    columns = (
        text_column("column", "Column"),
        number_column("n", "Patients changed"),
        text_column("how", "From what to what"),
        text_column("who", "Patients"),
    )
    rows = [
        TableRow(
            cells=(
                words(column_label(one.column)),
                _count(len(one.patients)),
                words(_how(one)),
                words(_listed(one.patients)),
            )
        )
        for one in cuts.difference.changed
    ]
    return ReportTable(title="What changed", columns=columns, rows=tuple(rows), footnotes=cuts.difference.notes)


def patients_table(cuts: DataCuts) -> ReportTable:
    """Every patient who came or went."""
    columns = (text_column("patient", "Patient"), text_column("what", "What"))
    found = cuts.difference
    rows = [TableRow(cells=(words(one), words("added"))) for one in found.added]
    rows += [TableRow(cells=(words(one), words("removed"))) for one in found.removed]
    return ReportTable(title="Patients added and removed", columns=columns, rows=tuple(rows))


def results_table(cuts: DataCuts) -> ReportTable:
    """Every headline figure before and after."""
    columns = (
        text_column("analysis", "Analysis"),
        text_column("figure", "Figure"),
        text_column("before", "Before", align="right"),
        text_column("after", "After", align="right"),
    )
    rows: list[TableRow] = []
    notes: list[str] = []
    for pair in cuts.results:
        if pair.why_not:
            notes.append(f"Not in the earlier cut: {pair.why_not}")
        for before, after in paired_figures(pair):
            one = after or before
            assert one is not None
            cells = (
                words(_title(pair.after)),
                words(figure_name(one)),
                words(figure_text(before)),
                words(figure_text(after)),
            )
            rows.append(TableRow(cells=cells))
    return ReportTable(title="Results before and after", columns=columns, rows=tuple(rows), footnotes=tuple(notes))


def data_cuts_json(cuts: DataCuts) -> dict[str, Any]:
    """Everything with full precision; keys of docs/headless.md."""
    found = cuts.difference
    return {
        "n": _pair(found.n),
        "n_both": found.n_both,
        "added": list(found.added),
        "removed": list(found.removed),
        "not_matched": _pair(found.not_matched),
        "n_changed": found.n_changed,
        "columns_added": list(found.columns_added),
        "columns_removed": list(found.columns_removed),
        "changed": [
            {
                "column": one.column,
                "n": len(one.patients),
                "patients": list(one.patients),
                "transitions": [asdict(step) for step in one.transitions],
            }
            for one in found.changed
        ],
        "endpoints": {
            one.endpoint: {"n": _pair(one.n), "n_events": _pair(one.n_events), "new": one.new, "gone": one.gone}
            for one in found.endpoints
        },
        "results": {
            pair.after.id: {
                "before": None if pair.before is None else as_json(pair.before),
                "after": as_json(pair.after),
                "why_not": pair.why_not,
            }
            for pair in cuts.results
        },
        "notes": list(found.notes),
    }


def paired_figures(pair: ResultPair) -> list[tuple[Figure | None, Figure | None]]:
    """The figures of two results side by side; None where one of them does not have it."""
    before = {} if pair.before is None else {(one.quantity, one.of): one for one in headline_figures(pair.before)}
    after = {(one.quantity, one.of): one for one in headline_figures(pair.after)}
    return [(before.get(key), after.get(key)) for key in dict.fromkeys((*after, *before))]


def _title(result: AnalysisResult) -> str:
    endpoint = getattr(result.analysis, "endpoint", None)
    kind = _KINDS.get(result.kind, result.kind.replace("_", " "))
    title = f"{kind}, {endpoint_label(endpoint)}" if endpoint else kind
    own = [describe_filter(one) for one in result.analysis.filters]
    if result.analysis.group is not None:
        own.append(f"by {in_sentence(column_label(result.analysis.group.column))}")
    return f"{title} ({', '.join(own)})" if own else title


_KINDS = {
    "kaplan_meier": "Kaplan-Meier",
    "compare": "Test between groups",
    "cox": "Cox regression",
    "fine_gray": "Fine-Gray regression",
    "cumulative_incidence": "Cumulative incidence",
    "baseline": "Baseline table",
    "adverse_events": "Adverse events",
    "adverse_event_time": "Adverse events over time",
    "response": "Response",
    "subgroups": "Subgroups",
    "cut_point": "Cut-point",
    "adjusted_survival": "Adjusted curves",
    "proportional_hazards": "Test of proportional hazards",
    "flow": "Flow of patients",
}


def _how(change: ColumnChange) -> str:
    said = [_step(one) for one in change.transitions[:_SHOWN]]
    more = sum(one.n for one in change.transitions[_SHOWN:])
    return "; ".join([*said, *([f"otherwise ({more:,})"] if more else [])])


def _step(one: Transition) -> str:
    if one.change != "level":
        return f"{'another text' if one.change == 'text' else one.change} ({one.n:,})"
    return f"{one.before or 'missing'} to {one.after or 'missing'} ({one.n:,})"


def _listed(patients: tuple[str, ...]) -> str:
    more = len(patients) - 2 * _SHOWN
    return ", ".join(patients[: 2 * _SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _count(n: int | None) -> Cell:
    return Cell(fmt.EN_DASH if n is None else f"{n:,}", (n,))


def _pair(both: tuple[int | None, int | None]) -> dict[str, int | None]:
    return {"before": both[0], "after": both[1]}


def columns_sentence(found: CutDifference) -> str:
    """Columns that only one of the cuts has; '' where there are none."""
    parts = []
    if found.columns_added:
        parts.append(f"only in the later cut: {', '.join(map(column_label, found.columns_added))}")
    if found.columns_removed:
        parts.append(f"only in the earlier cut: {', '.join(map(column_label, found.columns_removed))}")
    return f"Columns {'; '.join(parts)}." if parts else ""
