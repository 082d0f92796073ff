"""Putting right by hand what was found: a button for each remedy, a list of what was done, and Undo for each.

Belongs here: the buttons and what they change in a specification. Does not belong here: which remedies a finding has
(``core.cohort.remedies``), making the changes (``core.cohort.corrections``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.cohort.cohort import Cohort, DataIssue
from core.cohort.corrections import CORRECTED, EMPTIED, REPEATED
from core.cohort.remedies import (
    MOST_CELLS,
    NamedCell,
    named_cells,
    remedies,
    repeated_rows,
    with_corrections,
    without_corrections,
)
from core.reporting import format as fmt
from core.spec import CohortSpec, CorrectionSpec
from ui import tables
from ui.screen import st

SAID = frozenset((EMPTIED, CORRECTED, REPEATED))  # findings that the list of what was done says already
_MENDED_BY_SPELLING = frozenset(("similar-levels", "text-in-number", "unknown-value", "mixed-column"))
IN_ONE = dict.fromkeys((*_MENDED_BY_SPELLING, "text-in-date", "partial-date", "outlier"), 2)
KEEP_FIRST = "keep-first"
AS_FILED, ALL_ROWS = "Read what the file says", "Keep all rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where changes by hand are kept.

    Attributes
    ----------
    key : str
        Of the session; tells one file's changes from another's.
    spec : CohortSpec
        With the changes made so far.
    change : callable
        Takes the specification with a change more or less.
    boxes : dict of column to (key, words)
        The box of each column that could be written alike, and what it would do.
    """

    key: str
    spec: CohortSpec
    change: Callable[[CohortSpec], None]
    boxes: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def has_remedy(cohort: Cohort, issue: DataIssue, place: Place) -> bool:
    """Whether something can be done here about a finding."""
    return bool(remedies(cohort, issue)) or _box(issue, place) is not None


def buttons(cohort: Cohort, alike: Sequence[DataIssue], place: Place) -> None:
    """The remedies of findings that are alike: of each the same one."""
    possible = {one for issue in alike for one in remedies(cohort, issue)}
    told = "".join(f"{issue.code}{issue.column}{issue.rows}{issue.message}" for issue in alike)
    key = f"{place.key}_{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    cells = [cell for issue in alike for cell in named_cells(cohort, issue)] if {"missing", "type"} & possible else []
    boxes = [box for issue in alike if (box := _box(issue, place)) is not None]
    with st.container(horizontal=True):
        if "missing" in possible:
            label = "Count it as missing" if len(cells) == 1 else f"Count these {len(cells)} cells as missing"
            st.button(label, key=f"{key}_missing", on_click=_correct, args=(place, [c.becomes(None) for c in cells]))
        if "keep-first" in possible:
            left_out = fmt.row_list(repeated_rows(cohort))
            st.button(
                "Keep the first of each", key=f"{key}_first", on_click=_keep_first, args=(place, KEEP_FIRST),
                help=f"Rows whose every cell repeats an earlier row are left out: {left_out}.",
            )  # fmt: skip
        if "type" in possible and len(cells) <= MOST_CELLS:
            with st.popover("Correct by typing", key=f"{key}_typing"):
                _typing(cells, place, key)
        if boxes:
            says = tables.escaped(
                "; ".join(f"{issue.column}: {box[1]}" for issue, box in zip(alike, boxes, strict=False))
            )
            label = "Write them alike" if len(boxes) == 1 else f"Write alike in {len(boxes)} columns"
            st.button(label, key=f"{key}_alike", on_click=_tick, args=([box[0] for box in boxes],), help=says)


def _typing(cells: Sequence[NamedCell], place: Place, key: str) -> None:
    with st.form(f"{key}_form", border=False):
        typed = [
            st.text_input(_asked(cell), placeholder="Leave blank to keep it", key=f"{key}_{cell.column}_{cell.row}")
            for cell in cells
        ]
        if st.form_submit_button("Correct"):
            made = [cell.becomes(text.strip()) for cell, text in zip(cells, typed, strict=True) if text.strip()]
            if made:
                _correct(place, made)
                st.rerun()


def _asked(cell: NamedCell) -> str:
    who = f"{cell.column}, row {cell.row}"
    who = f"{who}, patient {cell.patient}" if cell.patient else who
    text = f"{who}: {cell.text} is to be" if cell.text else f"{who}: the empty cell is to be"
    return tables.escaped(text)


def undo_list(place: Place) -> None:
    """What was put right by hand so far, each with a button that undoes it."""
    done = list(_done(place.spec))
    if not done:
        return
    with st.container(border=True):
        st.markdown(f"**Put right by hand ({len(done)})**")
        for position, (words, undo, label) in enumerate(done):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(tables.prose(words), width="stretch")
                st.button(label, key=f"{place.key}_undo_{position}", type="tertiary", on_click=undo, args=(place,))
        st.caption("Every analysis that uses these cells says so; the saved specification and study keep it.")


def _done(spec: CohortSpec) -> list[tuple[str, Callable[[Place], None], str]]:
    """What was done, in words; what undoes it, and the words of its button."""
    done: list[tuple[str, Callable[[Place], None], str]] = []
    emptied: dict[str, list[CorrectionSpec]] = {}
    for one in spec.corrections:
        if one.becomes is None:
            emptied.setdefault(one.column, []).append(one)
        else:
            was = one.was or "(empty)"
            done.append((f"{one.column}, row {one.row}: {was} is read as {one.becomes}", _undoing([one]), AS_FILED))
    for column, cells in emptied.items():
        held = ", ".join(dict.fromkeys(cell.was for cell in cells))
        rows = fmt.row_list(sorted(cell.row for cell in cells))
        done.append((f"{column}, {rows}: {held} counts as missing", _undoing(cells), AS_FILED))
    if spec.repeated_rows is not None:
        done.append(("Rows that repeat an earlier one are left out", lambda place: _keep_first(place, None), ALL_ROWS))
    return done


def _undoing(cells: Sequence[CorrectionSpec]) -> Callable[[Place], None]:
    return lambda place: place.change(
        place.spec.model_copy(
            update={"corrections": without_corrections(place.spec.corrections, [one.cell for one in cells])}
        )
    )


def _correct(place: Place, more: Sequence[CorrectionSpec]) -> None:
    made = with_corrections(place.spec.corrections, more)
    place.change(place.spec.model_copy(update={"corrections": made}))


def _keep_first(place: Place, said: str | None) -> None:
    place.change(place.spec.model_copy(update={"repeated_rows": said}))


def _box(issue: DataIssue, place: Place) -> tuple[str, str] | None:
    return place.boxes.get(issue.column or "") if issue.code in _MENDED_BY_SPELLING else None


def _tick(boxes: Sequence[str]) -> None:
    for box in boxes:
        st.session_state[box] = True
