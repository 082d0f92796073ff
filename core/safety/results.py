"""What the table of adverse events holds: its rows, the comparison of the groups, the overview.

Belongs here: the values and their form as a frame. Does not belong here: counting (``counting``), comparing
(``adverse_events``), percentages as printed (``core.reporting``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from core.proportions.comparison import Difference
from core.safety.events import GRADES
from core.spec import DifferenceMethod, EventKind, OddsRatioMethod, RiskRatioMethod
from core.timetoevent import FloatArray, IntArray

if TYPE_CHECKING:
    from core.safety.exposure import ExposureTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A risk or odds ratio, other level over the reference; NaN where not estimable, infinite where so estimated."""

    value: float
    conf_low: float
    conf_high: float


Severity: TypeAlias = Literal["any", "grade3plus"]
OverviewKind: TypeAlias = Literal["any", "severe", "fatal"] | EventKind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverviewRow:
    """Patients with at least one event of a kind.

    Attributes
    ----------
    kind : str
        ``any``, ``severe`` (grade 3 or more), ``fatal`` (grade 5), or a kind of events.
    counts : int array, shape (g,)
        Patients per level.
    difference : Difference or None
        With two levels.
    p_value : float
        Fisher's exact test over all levels; NaN with one.
    """

    kind: OverviewKind
    counts: IntArray
    difference: Difference | None
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdverseEventRow:
    """Patients with one term, with any event of one class, or with any event.

    Attributes
    ----------
    event_class : str or None
        None in the overall row, and where the table has no classes.
    term : str or None
        None in the rows of a class and overall.
    any, grade3plus : int array, shape (g,)
        Patients per level with the event; with worst grade 3 or more.
    by_grade : int array, shape (g, 5)
        Patients by worst grade, 1 to 5.
    no_grade : int array, shape (g,)
        Patients all of whose events of this row are without grade: ``any == by_grade.sum(1) + no_grade``.
    difference_any, difference_grade3plus : Difference or None
        With two levels; the second None where the table has no grades.
    p_any, p_grade3plus : float
        The test over all levels; NaN with one, and where events are counted.
    q_any, q_grade3plus : float
        The same over all terms by Benjamini and Hochberg: the false discovery rate at which the term would be named;
        NaN in the rows of a class and overall, and for a term that nobody has.
    risk_ratio_any, risk_ratio_grade3plus, odds_ratio_any, odds_ratio_grade3plus : Ratio or None
        With two levels, where asked for.
    """

    event_class: str | None
    term: str | None
    any: IntArray
    grade3plus: IntArray
    by_grade: IntArray
    no_grade: IntArray
    difference_any: Difference | None
    difference_grade3plus: Difference | None
    p_any: float
    p_grade3plus: float
    q_any: float = float("nan")
    q_grade3plus: float = float("nan")
    risk_ratio_any: Ratio | None = None
    risk_ratio_grade3plus: Ratio | None = None
    odds_ratio_any: Ratio | None = None
    odds_ratio_grade3plus: Ratio | None = None

    def counts(self, severity: Severity) -> IntArray:
        """Patients per level (g,) of any grade or of grade 3 or more."""
        return self.any if severity == "any" else self.grade3plus

    def difference(self, severity: Severity) -> Difference | None:
        """The difference in patients of any grade or of grade 3 or more."""
        return self.difference_any if severity == "any" else self.difference_grade3plus

    def p(self, severity: Severity) -> float:
        """P of any grade or of grade 3 or more."""
        return self.p_any if severity == "any" else self.p_grade3plus

    def q(self, severity: Severity) -> float:
        """The false discovery rate of any grade or of grade 3 or more."""
        return self.q_any if severity == "any" else self.q_grade3plus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdverseEventTable:
    """Adverse events of all levels.

    Attributes
    ----------
    levels : tuple of str
    reference : str
    denominators : int array, shape (g,)
        All patients of each level, with or without events.
    rows : tuple of AdverseEventRow
        By class, the most frequent first; within it by term, the most frequent first, ties by name.
    class_rows : tuple of AdverseEventRow
        Patients with any event of each class, in the order of the classes.
    overall : AdverseEventRow
        Patients with any event of the classes shown.
    graded : bool
        Whether grades are known at all; if not, ``grade3plus`` and ``by_grade`` are 0 and mean nothing.
    difference : str
        Method of the intervals.
    conf_level : float
    events : str
        Which kind of events is counted.
    counted : {'patients', 'events'}
        Whether rows hold patients, each once with the worst grade, or all events.
    test : {'fisher', 'barnard'}
        Where ``p`` comes from; over more than two levels it is Fisher's.
    risk_ratio, odds_ratio : str or None
        Methods of the ratios.
    overview : tuple of OverviewRow
        Patients with any event and with those of each kind that the table tells, whatever ``events`` is.
    exposure : ExposureTable or None
        Incidence rates, where asked for.
    pairs : tuple of AdverseEventTable
        With more than two levels each other one against the reference (``core.safety.pairs``).
    notes : tuple of str
    """

    levels: tuple[str, ...]
    reference: str
    denominators: IntArray
    rows: tuple[AdverseEventRow, ...]
    class_rows: tuple[AdverseEventRow, ...]
    overall: AdverseEventRow
    graded: bool
    difference: DifferenceMethod
    conf_level: float
    events: EventKind = "all"
    counted: Literal["patients", "events"] = "patients"
    test: Literal["fisher", "barnard"] = "fisher"
    risk_ratio: RiskRatioMethod | None = None
    odds_ratio: OddsRatioMethod | None = None
    overview: tuple[OverviewRow, ...] = ()
    exposure: ExposureTable | None = None
    pairs: tuple[AdverseEventTable, ...] = ()
    notes: tuple[str, ...] = ()

    def percent(self, counts: IntArray) -> FloatArray:
        """Counts per level (g,) as per cent of the level's patients; NaN for a level without patients."""
        with np.errstate(divide="ignore", invalid="ignore"):
            result: FloatArray = 100.0 * counts / self.denominators
        return result

    def to_frame(self) -> pd.DataFrame:
        """One row per term and level, then the classes and overall: counts and percentages, unrounded."""
        frames = []
        for row in (*self.rows, *self.class_rows, self.overall):
            grades = {f"grade{grade}": row.by_grade[:, i] for i, grade in enumerate(GRADES)}
            frames.append(
                pd.DataFrame(
                    {
                        "class": row.event_class,
                        "term": row.term,
                        "group": self.levels,
                        "n": self.denominators,
                        "any": row.any,
                        "any_percent": self.percent(row.any),
                        "grade3plus": row.grade3plus,
                        "grade3plus_percent": self.percent(row.grade3plus),
                        **grades,
                    },
                )
            )
        return pd.concat(frames, ignore_index=True)
