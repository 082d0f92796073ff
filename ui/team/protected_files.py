"""What a page's menu Download holds where the project lets only results without small numbers out.

Belongs here: which protected answers stand for a page, when there are none, and the words for both. Does not belong
here: protecting (``core.reporting.suppression``), the questions (``protected_results``), the buttons
(``ui.downloads``).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.cohort.study import Study
from core.errors import SpecError
from core.reporting.labels import endpoint_label
from core.reporting.suppression.protected import ProtectedAnswers
from core.reporting.tables import ReportTable
from ui import figures, state
from ui.charts.protected_curve import describe_protected_curves, protected_curve_spec
from ui.figure_export import Figure
from ui.selection import Selection
from ui.shown import Part, Protected
from ui.team import protected_results, shelf
from ui.team.protected_results import Asked

_KINDS: dict[Part, tuple[str, ...]] = {
    "baseline": (),
    "response": ("response",),
    "adverse events": ("adverse_events",),
    "survival": ("kaplan_meier", "compare", "cox"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Files:
    """What goes into the files: tables by title, a figure where there is one, and what was withheld."""

    tables: dict[str, ReportTable]
    figure: Figure | None
    notes: tuple[str, ...]


def files(wanted: Protected) -> Files:
    """The protected tables of a page for the selection on screen.

    Raises
    ------
    CohortError
        If the selection cannot be protected, or the answers cannot.
    """
    selection = state.current()
    study = _study(selection)
    group = None if wanted.part == "hazards" else protected_results.checked_group(study, selection.group)
    endpoint = selection.endpoint if wanted.part in ("survival", "hazards") else None
    if endpoint is not None and endpoint not in study.cohort.spec.endpoints:
        raise SpecError("The saved cohort does not have this endpoint.", hint="Save it with the endpoint first.")
    found = _answers(study, Asked(name=selection.cohort, endpoint=endpoint, group=group), wanted)
    if not found.tables:
        raise SpecError("The saved cohort has nothing to show here.")
    notes = (*found.notes, *_left_out(study, wanted), _AS_SAVED)
    tables = {table.title: table.with_footnotes(*_left_out(study, wanted), _AS_SAVED) for table in found.tables}
    return Files(tables=tables, figure=_figure(found), notes=notes)


def _study(selection: Selection) -> Study:
    """The saved cohort as it was saved: what was derived since then could be cut to single out a patient."""
    if selection.cohort not in shelf.newest():
        raise SpecError(
            "Only the newest saved version of a cohort is let out without small numbers.",
            hint="Save the cohort, or open its newest version.",
        )
    if selection.filters:
        raise SpecError(
            "With filters no file is let out: who was left out would follow by taking it from the file of everybody.",
            hint="Take the filters away, or group by their column: each of its levels then has its own numbers.",
        )
    study = shelf.study(selection.cohort, to="results")
    if study is None:
        raise SpecError("There is no such cohort in this project.")
    return study


def _answers(study: Study, asked: Asked, wanted: Protected) -> ProtectedAnswers:
    if wanted.part == "hazards":
        return protected_results.hazards(study, asked, wanted.columns)
    shown = [name for name in wanted.columns if name in protected_results.variables(study)]
    if wanted.part == "baseline" and not shown:
        raise SpecError("None of these variables is in the saved cohort.", hint="Choose other variables.")
    return protected_results.answers(study, asked, kinds=_KINDS[wanted.part], shown=shown)


def _left_out(study: Study, wanted: Protected) -> tuple[str, ...]:
    n = sum(name not in protected_results.variables(study) for name in wanted.columns)
    if not n:
        return ()
    return (
        "Left out is what was not saved with the cohort, and outcomes, which have their own tables; columns so left "
        f"out: {n}.",
    )


def _figure(found: ProtectedAnswers) -> Figure | None:
    """Only curves at round times: the points and bars of other figures are patients, or small numbers of them."""
    if not found.curves or found.curves[0].time.size < 2:
        return None
    words = endpoint_label(found.endpoint)
    title = f"{words[:1].upper()}{words[1:]}"
    return Figure(
        spec=lambda: protected_curve_spec(
            found.curves, unit=found.unit, title=title, palette=figures.PAPER, width=figures.EXPORT_WIDTH
        ),
        title=title,
        caption=found.notes,
        alt=lambda: describe_protected_curves(found.curves, unit=found.unit, title=title),
    )


_AS_SAVED = "Computed from the cohort as it was saved, with the options of the page Summary."
