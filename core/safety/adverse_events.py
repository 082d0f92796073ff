"""Adverse events by group: patients with any grade, with grade 3 or more, and by worst grade.

Belongs here: which events count, and comparing the groups. Does not belong here: reading the long table (``events``),
counting (``counting``), intervals (``core.proportions``), percentages as printed (``core.reporting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.issues import listed
from core.errors import SpecError
from core.proportions.comparison import Compared, Difference, compare_proportions
from core.safety.counting import Name, count
from core.safety.event_kinds import KIND_WORDS, EventKinds, event_kinds
from core.safety.events import Events, read_events, with_rows
from core.safety.overview import overview
from core.safety.ratios import Ratios, ratios_of
from core.safety.results import AdverseEventRow, AdverseEventTable
from core.safety.terms import merged_terms
from core.spec import DifferenceMethod, EventKind, OddsRatioMethod, RiskRatioMethod
from core.survival.adjustment import adjusted
from core.timetoevent import FloatArray, IntArray

__all__ = ["AdverseEventRow", "AdverseEventTable", "Asked", "Difference", "adverse_event_table"]

_EVENTS_COUNTED = (
    "Every event is counted, by its own grade: a patient may stand in a row several times, and groups are not compared "
    "on such counts."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which events are counted and how the groups are compared.

    Attributes
    ----------
    classes : sequence of str or None
        Classes to show; all when None.
    events : {'all', 'related', 'immune-mediated', 'serious', 'stopped', 'changed'}
    counted : {'patients', 'events'}
        Each patient once per row with the worst grade, or all events.
    merge_terms : dict of name to terms
        Terms that are one.
    grades_in_terms : bool
        Whether events without a grade have the one written in their term.
    difference : {'miettinen-nurminen', 'newcombe', 'wald'}
    risk_ratio : {'koopman', 'katz'}, optional
    odds_ratio : {'conditional', 'woolf'}, optional
    test : {'fisher', 'barnard'}
        Barnard's with two groups only.
    conf_level : float
    """

    classes: Sequence[str] | None = None
    events: EventKind = "all"
    counted: Literal["patients", "events"] = "patients"
    merge_terms: Mapping[str, Sequence[str]] | None = None
    grades_in_terms: bool = False
    difference: DifferenceMethod = "miettinen-nurminen"
    risk_ratio: RiskRatioMethod | None = None
    odds_ratio: OddsRatioMethod | None = None
    test: Literal["fisher", "barnard"] = "fisher"
    conf_level: float = 0.95


def adverse_event_table(
    events: pd.DataFrame,
    patients: npt.ArrayLike,
    codes: npt.ArrayLike,
    levels: Sequence[str],
    reference: str,
    *,
    asked: Asked | None = None,
) -> AdverseEventTable:
    """Count patients with adverse events by group, each once per term with the worst grade.

    Parameters
    ----------
    events : DataFrame
        One row per event: ``patient``, ``term``, and where known ``class``, ``grade``, ``related``, ``immune``,
        ``serious`` and ``action``.
    patients : array, shape (n,)
        Identifiers of the patients, with or without events: the denominators come from here.
    codes : int array, shape (n,)
        Position of each patient's group in ``levels``; -1 for patients of the cohort who are not analysed (their
        events are then told apart from events of unknown patients in the notes).
    levels : sequence of str
    reference : str
        The level that differences are against.
    asked : Asked, optional
        All events, each patient once, Miettinen and Nurminen's interval and Fisher's test unless it says otherwise.

    Returns
    -------
    AdverseEventTable

    Raises
    ------
    MissingColumnError
        If ``events`` has no patient or no term.
    SpecError
        If a class, a kind of events or a term to merge is asked for that the events do not have.

    Notes
    -----
    Grades are written 3, "Grade 3", "G3" or "III". An event without grade counts as any grade only; grade 0 is no
    event. Same as ``table()`` over ``aggregate(grade ~ patient + term, FUN = max)``, with ``fisher.test`` per row and
    ``p.adjust(p, "BH")`` over the terms.
    """
    asked = asked or Asked()
    group = np.asarray(codes, dtype=np.int64)
    found = read_events(events, patients, group, classes=asked.classes)
    found = merged_terms(found, asked.merge_terms or {}, read_grades=asked.grades_in_terms)
    kinds = event_kinds(events)
    denominators = np.bincount(group[group >= 0], minlength=len(levels))
    denominators.setflags(write=False)
    rows, n_terms, notes = _rows(
        _of_kind(found, kinds, asked.events), group, denominators, asked=asked, reference=list(levels).index(reference)
    )
    return AdverseEventTable(
        levels=tuple(levels),
        reference=reference,
        denominators=denominators,
        rows=rows[:n_terms],
        class_rows=rows[n_terms:-1],
        overall=rows[-1],
        graded=found.graded,
        difference=asked.difference,
        conf_level=asked.conf_level,
        events=asked.events,
        counted=asked.counted,
        test="barnard" if asked.test == "barnard" and len(levels) == 2 else "fisher",
        risk_ratio=asked.risk_ratio,
        odds_ratio=asked.odds_ratio,
        overview=overview(
            found, kinds, group, denominators,
            reference=list(levels).index(reference), method=asked.difference, conf_level=asked.conf_level,
        ),
        notes=(
            *found.notes,
            *(kinds.notes.get(asked.events, ()) if asked.events != "all" else ()),
            *notes,
            *_empty_levels(levels, denominators),
        ),
    )  # fmt: skip


def _of_kind(found: Events, kinds: EventKinds, kind: EventKind) -> Events:
    if kind == "all":
        return found
    if kind not in kinds.rows:
        known = ", ".join(kinds.rows) or "none"
        raise SpecError(
            f"The adverse events do not say which are {KIND_WORDS[kind]}.",
            hint=f"Ask for all events; kinds that the table tells: {known}.",
        )
    return with_rows(found, kinds.rows[kind])


def _empty_levels(levels: Sequence[str], denominators: IntArray) -> list[str]:
    empty = [level for level, n in zip(levels, denominators, strict=True) if not n]
    return [f"No patients in {listed(empty)}: nothing to compare."] if empty else []


def _rows(
    found: Events, group: IntArray, denominators: IntArray, *, asked: Asked, reference: int
) -> tuple[tuple[AdverseEventRow, ...], int, tuple[str, ...]]:
    """All rows of the table, how many of them are terms, and notes."""
    counts, names, n_terms = count(found, group, len(denominators), each=asked.counted == "events")
    rows, notes = compared_rows(
        counts, names, denominators, n_terms=n_terms, reference=reference, graded=found.graded, asked=asked
    )
    return rows, n_terms, notes


def compared_rows(
    counts: IntArray,
    names: Sequence[Name],
    denominators: IntArray,
    *,
    n_terms: int,
    reference: int,
    graded: bool,
    asked: Asked | AdverseEventTable,
) -> tuple[tuple[AdverseEventRow, ...], tuple[str, ...]]:
    """Rows of counted patients with the groups compared, and notes.

    Parameters
    ----------
    counts : int array, shape (g, k, 6)
        Patients by level, row and worst grade, without grade first.
    names : sequence of (class, term), length k
    denominators : int array, shape (g,)
    n_terms : int
        How many rows are terms; they come first.
    asked : Asked or AdverseEventTable
        How groups are compared; a table as it was made itself.
    """
    any_grade, severe = counts.sum(axis=2), counts[:, :, 3:].sum(axis=2)
    both = np.concatenate([any_grade, severe], axis=1)
    for array in (counts, both):
        array.setflags(write=False)
    ratios = None
    if asked.counted == "events":
        compared = Compared(differences=None, p_value=np.full(both.shape[1], np.nan), notes=(_EVENTS_COUNTED,))
    else:
        compared = compare_proportions(
            both, denominators, reference=reference, method=asked.difference, conf_level=asked.conf_level,
            test=asked.test,
        )  # fmt: skip
        ratios = ratios_of(
            both, denominators, reference, risk=asked.risk_ratio, odds=asked.odds_ratio, conf_level=asked.conf_level
        )
    q = _false_discovery(both, compared.p_value, n_terms)
    rows = tuple(
        _row(name, i, counts=counts, both=both, compared=compared, q=q, ratios=ratios, graded=graded)
        for i, name in enumerate(names)
    )
    return rows, compared.notes


def _false_discovery(both: IntArray, p_value: FloatArray, n_terms: int) -> FloatArray:
    """Benjamini and Hochberg's over the terms that somebody has, any grade and grade 3 or more each for itself."""
    q = np.full(len(p_value), np.nan)
    for start in (0, len(p_value) // 2):
        terms = slice(start, start + n_terms)
        q[terms] = adjusted(np.where(both[:, terms].any(axis=0), p_value[terms], np.nan).tolist(), "bh")
    return q


def _row(
    name: Name, i: int, *, counts: IntArray, both: IntArray, compared: Compared, q: FloatArray, ratios: Ratios | None,
    graded: bool,
) -> AdverseEventRow:  # fmt: skip
    severe = i + counts.shape[1]  # the grade 3 or more columns follow those of any grade
    differences, nan = compared.differences, float("nan")
    risk, odds = (None, None) if ratios is None else (ratios.risk, ratios.odds)
    return AdverseEventRow(
        event_class=name[0],
        term=name[1],
        any=both[:, i],
        grade3plus=both[:, severe],
        by_grade=counts[:, i, 1:],
        no_grade=counts[:, i, 0],
        difference_any=None if differences is None else differences[i],
        difference_grade3plus=None if differences is None or not graded else differences[severe],
        p_any=float(compared.p_value[i]),
        p_grade3plus=float(compared.p_value[severe]) if graded else nan,
        q_any=float(q[i]),
        q_grade3plus=float(q[severe]) if graded else nan,
        risk_ratio_any=None if risk is None else risk[i],
        risk_ratio_grade3plus=None if risk is None or not graded else risk[severe],
        odds_ratio_any=None if odds is None else odds[i],
        odds_ratio_grade3plus=None if odds is None or not graded else odds[severe],
    )
