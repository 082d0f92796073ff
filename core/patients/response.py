"""Best response by group: how many patients responded, in how many the disease was controlled, and how groups differ.

Belongs here: counts of the categories, rates with their intervals, and their comparison. Does not belong here: reading
words as categories (``core.cohort.response_words``), intervals and tests (``core.proportions``), response from measured
lesions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.response_words import CATEGORIES
from core.errors import CohortError
from core.patients.lesion_response import LesionResponse
from core.proportions.comparison import Difference, compare_proportions
from core.proportions.intervals import DifferenceInterval, proportion_limits
from core.proportions.mantel_haenszel import MantelHaenszel, mantel_haenszel
from core.proportions.odds_ratio import OddsRatio, odds_ratio
from core.proportions.stratified_difference import stratified_difference
from core.spec import DifferenceMethod, IntervalMethod, OddsRatioMethod
from core.survival.summary import SurvivalSummary
from core.timetoevent import FloatArray, IntArray

RATES: Mapping[str, tuple[str, ...]] = {"orr": ("CR", "PR"), "dcr": ("CR", "PR", "SD")}
RATE_WORDS: Mapping[str, str] = {"orr": "Objective response", "dcr": "Disease control"}
NE = CATEGORIES.index("NE")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateMethods:
    """How rates are estimated and compared, see ``core.proportions``; R: ``binom.test``, ``fisher.test``."""

    interval: IntervalMethod = "clopper-pearson"
    difference: DifferenceMethod = "miettinen-nurminen"
    odds_ratio: OddsRatioMethod = "conditional"
    conf_level: float = 0.95


DEFAULT = RateMethods()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResponseRate:
    """Objective response or disease control of every group.

    Attributes
    ----------
    name : {'orr', 'dcr'}
    count : int array, shape (g,)
        Patients with it.
    value, conf_low, conf_high : array, shape (g,)
        As fractions of the denominators; NaN for a group without patients.
    difference : Difference or None
        Other level minus the reference with Fisher's P, with two levels.
    odds_ratio : OddsRatio or None
        With two levels.
    p_value : float
        Fisher's exact test over all levels; NaN with one.
    stratified : MantelHaenszel or None
        With strata and at least two levels.
    stratified_difference : DifferenceInterval or None
        With strata and two levels: the difference within strata, other level minus the reference.
    """

    name: str
    count: IntArray
    value: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    difference: Difference | None
    odds_ratio: OddsRatio | None
    p_value: float
    stratified: MantelHaenszel | None
    stratified_difference: DifferenceInterval | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResponseTable:
    """Best response of all levels.

    Attributes
    ----------
    levels : tuple of str
    reference : str
    n : int array, shape (g,)
        Patients of each level.
    categories : tuple of str
        CR, PR, SD, PD, NE.
    counts : int array, shape (g, 5)
        Patients by best response; ``counts.sum(1) == n``.
    denominators : int array, shape (g,)
        What rates are of: ``n``, or ``n`` without NE.
    rates : dict
        ``orr`` and ``dcr``.
    evaluable_only : bool
    methods : RateMethods
    lesions : LesionResponse or None
        The courses that the responses were computed from, of the patients analysed.
    duration : SurvivalSummary or None
        Duration of response of the responders, where it was asked for.
    notes : tuple of str
    """

    levels: tuple[str, ...]
    reference: str
    n: IntArray
    categories: tuple[str, ...]
    counts: IntArray
    denominators: IntArray
    rates: Mapping[str, ResponseRate]
    evaluable_only: bool
    methods: RateMethods
    lesions: LesionResponse | None = None
    duration: SurvivalSummary | None = None
    notes: tuple[str, ...] = ()

    @property
    def orr(self) -> ResponseRate:
        """Objective response, CR or PR."""
        return self.rates["orr"]

    @property
    def dcr(self) -> ResponseRate:
        """Disease control, CR, PR or SD."""
        return self.rates["dcr"]

    def to_frame(self) -> pd.DataFrame:
        """One row per level: counts by category, then the rates, unrounded."""
        frame = pd.DataFrame({"group": self.levels, "n": self.n, "denominator": self.denominators})
        for i, category in enumerate(self.categories):
            frame[category] = self.counts[:, i]
        for name, rate in self.rates.items():
            frame[f"{name}_count"] = rate.count
            frame[name], frame[f"{name}_conf_low"], frame[f"{name}_conf_high"] = (
                rate.value, rate.conf_low, rate.conf_high,
            )  # fmt: skip
        return frame


def response_table(
    category: npt.ArrayLike,
    codes: npt.ArrayLike,
    levels: Sequence[str],
    reference: str,
    *,
    strata: IntArray | None = None,
    evaluable_only: bool = False,
    methods: RateMethods = DEFAULT,
) -> ResponseTable:
    """Count best responses by group and compare objective response (CR, PR) and disease control (CR, PR, SD).

    Parameters
    ----------
    category : int array, shape (n,)
        Position of each patient's best response in CR, PR, SD, PD, NE.
    codes : int array, shape (n,)
        Position of each patient's group in ``levels``.
    levels : sequence of str
    reference : str
        The level that differences and odds ratios are against.
    strata : int array, shape (n,), optional
        Stratum of each patient, for the Cochran-Mantel-Haenszel test.
    evaluable_only : bool
        Whether patients who were not evaluable (NE) are left out of the denominators. By default they stay there and
        count as neither response nor disease control (intention to treat).
    methods : RateMethods

    Returns
    -------
    ResponseTable

    Raises
    ------
    CohortError
        If a category is not one of the five.

    Notes
    -----
    R: ``table(group, best_response)``; ``binom.test``, ``fisher.test`` and ``mantelhaen.test`` of ``response %in%
    c("CR", "PR")``.
    """
    found, group = np.asarray(category, dtype=np.int64), np.asarray(codes, dtype=np.int64)
    if ((found < 0) | (found >= len(CATEGORIES))).any():
        raise CohortError("A best response is one of CR, PR, SD, PD and NE.")
    stratum = np.zeros_like(group) if strata is None else strata
    shape = (int(stratum.max(initial=0)) + 1, len(levels), len(CATEGORIES))
    cells = np.bincount(np.ravel_multi_index((stratum, group, found), shape), minlength=int(np.prod(shape)))
    by_stratum = cells.reshape(shape)
    counts = by_stratum.sum(axis=0)
    sizes = (by_stratum[:, :, :NE] if evaluable_only else by_stratum).sum(axis=2)
    denominators, n = sizes.sum(axis=0), counts.sum(axis=1)
    compared = _Compared(list(levels).index(reference), methods, strata is not None)
    rates = {name: compared.rate(name, by_stratum, sizes) for name in RATES}
    for array in (counts, n, denominators):
        array.setflags(write=False)
    return ResponseTable(
        levels=tuple(levels),
        reference=reference,
        n=n,
        categories=CATEGORIES,
        counts=counts,
        denominators=denominators,
        rates=rates,
        evaluable_only=evaluable_only,
        methods=methods,
        notes=(*_not_evaluable(counts, evaluable_only=evaluable_only), *_said(rates)),
    )


class _Compared(NamedTuple):
    """How rates are compared: the reference's position, the methods, and whether within strata too."""

    reference: int
    methods: RateMethods
    stratified: bool

    def rate(self, name: str, cells: IntArray, sizes: IntArray) -> ResponseRate:
        """One rate from patients by stratum, group and category (k, g, 5) and denominators (k, g)."""
        members = [CATEGORIES.index(category) for category in RATES[name]]
        in_stratum = cells[:, :, members].sum(axis=2)
        count, of = in_stratum.sum(axis=0), sizes.sum(axis=0)
        asked, level = self.methods, self.methods.conf_level
        low, high = proportion_limits(count, of, method=asked.interval, conf_level=level)
        with np.errstate(invalid="ignore"):
            value = count / of
        found = compare_proportions(
            count[:, None], of, reference=self.reference, method=asked.difference, conf_level=level
        )
        for array in (count, value, low, high):
            array.setflags(write=False)
        return ResponseRate(
            name=name,
            count=count,
            value=value,
            conf_low=low,
            conf_high=high,
            difference=None if found.differences is None else found.differences[0],
            odds_ratio=self._odds_ratio(count, of),
            p_value=float(found.p_value[0]),
            stratified=mantel_haenszel(in_stratum, sizes, reference=self.reference, conf_level=level)
            if self.stratified and len(of) > 1
            else None,
            stratified_difference=stratified_difference(
                in_stratum, sizes, reference=self.reference, method=asked.difference, conf_level=level
            )
            if self.stratified and len(of) == 2
            else None,
        )

    def _odds_ratio(self, count: IntArray, of: IntArray) -> OddsRatio | None:
        if len(of) != 2:
            return None
        (x0, n0), (x1, n1) = ((int(count[i]), int(of[i])) for i in (self.reference, 1 - self.reference))
        return odds_ratio(x1, n1, x0, n0, self.methods.odds_ratio, self.methods.conf_level)


def _not_evaluable(counts: IntArray, *, evaluable_only: bool) -> tuple[str, ...]:
    """How patients who were not evaluable are counted, where there are any."""
    not_evaluable = int(counts[:, NE].sum())
    if not not_evaluable:
        return ()
    many = "1 patient was" if not_evaluable == 1 else f"{not_evaluable} patients were"
    if evaluable_only:
        return (f"{many} not evaluable and left out of the denominators: rates are of evaluable patients only.",)
    return (f"{many} not evaluable and stayed in the denominators as no response (intention to treat).",)


def _said(rates: Mapping[str, ResponseRate]) -> tuple[str, ...]:
    """What the stratified tests and odds ratios say."""
    notes: list[str] = []
    for rate in rates.values():
        notes += [f"{RATE_WORDS[rate.name]}: {note}" for note in rate.stratified.notes] if rate.stratified else []
    if any(rate.stratified is not None for rate in rates.values()):
        notes.append("Differences, odds ratios and P without the word stratified are of all patients together.")
    return tuple(dict.fromkeys(notes))
