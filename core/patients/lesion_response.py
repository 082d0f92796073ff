"""Best overall response from measured target lesions, by RECIST 1.1 or mRECIST.

Belongs here: sums of diameters, the response at each assessment, the best of them with or without confirmation. Does
not belong here: which columns hold the measurements, rates of response (``response``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.issues import counted, listed
from core.cohort.response_words import CATEGORIES
from core.errors import CohortError
from core.spec import Criteria, ResponseCategory
from core.timetoevent import BoolArray, FloatArray, IntArray

PARTIAL, PROGRESSION = -0.30, 0.20
LEAST_GROWTH_MM = 5.0  # RECIST 1.1: progression is an absolute increase too; mRECIST knows no such limit
NODE_MM = 10.0  # a lymph node below it is normal
NAN = float("nan")
_TOLERANCE = 1e-9  # 14 of 20 mm is a decrease of 30 %, whatever binary fractions say
_CR, _PR, _SD, _PD, _NE = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRules:
    """How lesions become a response.

    Attributes
    ----------
    criteria : {'recist-1.1', 'mrecist'}
        The same thresholds; mRECIST measures the viable (arterially enhancing) part only and needs no increase of 5 mm
        for progression.
    confirmed : bool
        Whether CR and PR need a second assessment, at least ``confirm_after`` later.
    confirm_after, stable_after : float
        Days. A patient is stable (SD) only from ``stable_after`` on.
    """

    criteria: Criteria = "recist-1.1"
    confirmed: bool = False
    confirm_after: float = 28.0
    stable_after: float = 42.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionCourse:
    """One patient's target lesions over time.

    Attributes
    ----------
    patient : str
    best : str
        Best overall response: CR, PR, SD, PD or NE.
    baseline_mm : float
        Sum of diameters at baseline.
    day : array, shape (k,)
        Assessments after baseline, ascending; those after progression are kept but do not count.
    change : array, shape (k,)
        Sum of diameters relative to baseline, minus one; NaN where a lesion was not measured.
    response : tuple of str, length k
    best_change : float
        Smallest change up to progression; NaN without an assessment that counts.
    response_day, progression_day : float
        First (confirmed) CR or PR, and first PD; NaN where there is none.
    """

    patient: str
    best: ResponseCategory
    baseline_mm: float
    day: FloatArray
    change: FloatArray
    response: tuple[ResponseCategory, ...]
    best_change: float
    response_day: float
    progression_day: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionResponse:
    """Courses of all patients with a measurement, in the order of their first row, and what could not be used.

    Attributes
    ----------
    courses : tuple of LesionCourse
    rules : ResponseRules
    levels : tuple of str
        Group of each course, once the groups are known; else empty.
    notes : tuple of str
    """

    courses: tuple[LesionCourse, ...]
    rules: ResponseRules
    levels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def lesion_response(
    patient: Sequence[str],
    lesion: Sequence[str],
    day: npt.ArrayLike,
    diameter_mm: npt.ArrayLike,
    *,
    node: npt.ArrayLike | None = None,
    new_lesion: npt.ArrayLike | None = None,
    rules: ResponseRules | None = None,
) -> LesionResponse:
    """Best overall response of each patient from one row per lesion and assessment.

    Parameters
    ----------
    patient, lesion : sequence of str, length n
        Whose lesion, and which.
    day : array, shape (n,)
        Days since time zero. The last assessment up to day 0 is baseline, or the first one.
    diameter_mm : array, shape (n,)
        Longest diameter (a node's short axis); of the viable part for mRECIST. 0: disappeared, NaN: not measured.
    node : bool array, shape (n,), optional
        Lymph nodes, which are gone below 10 mm.
    new_lesion : bool array, shape (n,), optional
        Assessments with a new lesion: progression.
    rules : ResponseRules, optional

    Returns
    -------
    LesionResponse

    Raises
    ------
    CohortError
        On lengths that differ, or negative diameters.

    Notes
    -----
    CR: all target lesions gone; PR: sum of diameters at least 30 % below baseline; PD: a new lesion, a sum at least
    20 % (RECIST 1.1: and 5 mm) above the smallest so far, or any lesion back after all were gone; SD otherwise; NE
    where a target lesion was not measured and the others do not show progression. The best up to progression is taken.
    SD counts from ``stable_after`` days on; unconfirmed CR and PR are SD where confirmation is asked for. R: no
    function of base R, the formulas stand here.

    References
    ----------
    .. [1] Eisenhauer EA, et al. Eur J Cancer 2009;45:228-247 (RECIST 1.1, table 3 for confirmation).
    .. [2] Lencioni R, Llovet JM. Semin Liver Dis 2010;30:52-60 (mRECIST).
    """
    rows = _Rows.checked(patient, lesion, day, diameter_mm, node=node, new_lesion=new_lesion)
    asked = rules or ResponseRules()
    whose, names = pd.factorize(rows.patient)
    order = np.argsort(whose, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(whose[order])) + 1) if len(order) else []
    found = {str(name): _course(str(name), rows.where(part), asked) for name, part in zip(names, parts, strict=True)}
    return LesionResponse(
        courses=tuple(course for course in found.values() if course is not None),
        rules=asked,
        notes=_said(rows, [name for name, course in found.items() if course is None]),
    )


def _said(rows: _Rows, without: list[str]) -> tuple[str, ...]:
    """Measurements and patients that could not be used."""
    notes = []
    if without:
        notes.append(
            f"{counted(len(without), 'patient')} without a measured baseline: {listed(without)}; not evaluable."
        )
    again = pd.DataFrame({"patient": rows.patient, "lesion": rows.lesion, "day": rows.day}).duplicated()
    if again.any():
        which = counted(int(again.sum()), "measurement")
        notes.append(f"{which} of a lesion that was measured before on the same day: the last one counts.")
    return tuple(notes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Measurements of one or all patients."""

    patient: npt.NDArray[np.object_]
    lesion: npt.NDArray[np.object_]
    day: FloatArray
    diameter: FloatArray
    node: BoolArray
    new: BoolArray

    @classmethod
    def checked(
        cls,
        patient: Sequence[str],
        lesion: Sequence[str],
        day: npt.ArrayLike,
        diameter: npt.ArrayLike,
        *,
        node: npt.ArrayLike | None,
        new_lesion: npt.ArrayLike | None,
    ) -> _Rows:
        n = len(patient)
        none = np.zeros(n, dtype=np.bool_)
        rows = cls(
            patient=np.array(list(patient), dtype=object),
            lesion=np.array(list(lesion), dtype=object),
            day=np.asarray(day, dtype=np.float64),
            diameter=np.asarray(diameter, dtype=np.float64),
            node=none if node is None else np.asarray(node, dtype=np.bool_),
            new=none if new_lesion is None else np.asarray(new_lesion, dtype=np.bool_),
        )
        if any(len(column) != n for column in (rows.lesion, rows.day, rows.diameter, rows.node, rows.new)):
            raise CohortError("Patient, lesion, day and diameter need one value for each measurement.")
        if (rows.diameter < 0).any():
            raise CohortError("A diameter is negative.", hint="Write 0 for a lesion that disappeared.")
        if not np.isfinite(rows.day).all():
            raise CohortError("A day of an assessment is missing.", hint="Every measurement needs its day.")
        return rows

    def where(self, kept: BoolArray | IntArray) -> _Rows:
        """Some of the measurements."""
        return _Rows(
            patient=self.patient[kept], lesion=self.lesion[kept], day=self.day[kept], diameter=self.diameter[kept],
            node=self.node[kept], new=self.new[kept],
        )  # fmt: skip


def _course(patient: str, rows: _Rows, rules: ResponseRules) -> LesionCourse | None:
    """One patient; None where nothing was measured at baseline."""
    days = np.unique(rows.day)
    before = days[days <= 0]
    start = float(before[-1] if before.size else days[0])
    first = rows.where(rows.day == start)
    targets = {str(name): float(mm) for name, mm in zip(first.lesion, first.diameter, strict=True) if mm > 0}
    if not targets:
        return None
    baseline = sum(targets.values())
    later = days[days > start]
    nadir, change, found = baseline, [], []
    for at in later:
        total, code = _assessed(rows.where(rows.day == at), targets, baseline=baseline, nadir=nadir, rules=rules)
        nadir = min(nadir, total) if np.isfinite(total) else nadir
        change.append(total / baseline - 1)
        found.append(code)
    codes = np.array(found, dtype=np.int64)
    last = int(np.flatnonzero(codes == _PD)[0]) if (codes == _PD).any() else len(codes)
    since = later - start
    best, at_response = _best(codes[: last + 1], since, rules)
    counted_changes = np.array(change, dtype=np.float64)[: last + 1]
    known = counted_changes[np.isfinite(counted_changes)]
    return LesionCourse(
        patient=patient,
        best=CATEGORIES[best],
        baseline_mm=baseline,
        day=later,
        change=np.array(change, dtype=np.float64),
        response=tuple(CATEGORIES[code] for code in found),
        best_change=float(known.min()) if known.size else NAN,
        response_day=float(later[at_response]) if at_response is not None else NAN,
        progression_day=float(later[last]) if last < len(codes) else NAN,
    )


def _assessed(
    rows: _Rows, targets: dict[str, float], *, baseline: float, nadir: float, rules: ResponseRules
) -> tuple[float, int]:
    """Sum of the target lesions at one assessment (NaN where one was not measured), and its response."""
    measured = {
        str(name): (float(mm), bool(node))
        for name, mm, node in zip(rows.lesion, rows.diameter, rows.node, strict=True)
        if str(name) in targets and np.isfinite(mm)
    }
    seen = sum(mm for mm, _ in measured.values())
    complete = len(measured) == len(targets)
    grown = seen - nadir
    least = LEAST_GROWTH_MM if rules.criteria == "recist-1.1" else 0.0
    # What was not measured can only add to the sum: growth of the rest is progression already.
    enough = grown >= PROGRESSION * nadir - _TOLERANCE and (grown >= least - _TOLERANCE or nadir == 0)
    progressed = grown > 0 and enough
    total = seen if complete else NAN
    if rows.new.any() or progressed:
        return total, _PD
    if not complete:
        return total, _NE
    if all(mm < NODE_MM if node else mm == 0 for mm, node in measured.values()):
        return total, _CR
    return total, _PR if seen <= (1 + PARTIAL) * baseline + _TOLERANCE else _SD


def _best(codes: IntArray, since: FloatArray, rules: ResponseRules) -> tuple[int, int | None]:
    """Best overall response of assessments up to progression, and the position of the first that is a response."""
    responses = [i for i, code in enumerate(codes) if code in (_CR, _PR)]
    if rules.confirmed:
        responses = [i for i in responses if _confirmed(codes, since, i, rules.confirm_after)]
    if responses:
        complete = [
            i for i in responses
            if codes[i] == _CR and (not rules.confirmed or _confirmed(codes, since, i, rules.confirm_after, only=_CR))
        ]  # fmt: skip
        return (_CR if complete else _PR), responses[0]
    if any(code in (_CR, _PR, _SD) and since[i] >= rules.stable_after for i, code in enumerate(codes)):
        return _SD, None
    return (_PD if _PD in codes else _NE), None


def _confirmed(codes: IntArray, since: FloatArray, at: int, after: float, *, only: int = _PR) -> bool:
    """Whether a response at one assessment is seen again long enough after; NE in between is passed over."""
    for i in range(at + 1, len(codes)):
        if codes[i] == _NE:
            continue
        if codes[i] > only:
            return False
        if since[i] - since[at] >= after:
            return True
    return False
