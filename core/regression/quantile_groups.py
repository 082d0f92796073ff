"""A number in groups of equally many patients: curves, tests, trend and hazard ratios.

Belongs here: cutting at quantiles and comparing. Does not belong here: searching a cut (``cut_point``), curves along a
number (``curve``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.errors import SpecError, TooFewEventsError
from core.regression.fine_gray import fine_gray_analysis
from core.regression.model import cox_analysis
from core.regression.results import CoxTerm
from core.spec import ConfType
from core.survival.compare import Comparison, compare
from core.survival.competing_risks import competing_risks
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.survival.summary import SurvivalSummary, summarise
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuantileGroups:
    """Groups of equally many patients by a number.

    Attributes
    ----------
    column, event, unit : str
    n_groups : int
        As asked; fewer levels where many patients share a value.
    cuts : tuple of float
        A value equal to one belongs to the group below.
    levels : tuple of str
    n_missing : int
        Patients without a value.
    survival : SurvivalSummary or None
        Where nothing competes with the event.
    incidence : IncidenceSummary or None
        Where something does; with Gray's test.
    comparison : Comparison
        Log-rank test and trend over the groups, of the cause-specific hazard where something competes.
    trend_term : CoxTerm or None
        Where something competes: subdistribution hazard ratio per group (Fine-Gray), whose P is the trend of the
        incidence.
    terms : tuple of CoxTerm
        Cox regression, each group against the lowest; empty where it cannot be fitted.
    notes : tuple of str
    """

    column: str
    event: str
    unit: str
    n_groups: int
    cuts: tuple[float, ...]
    levels: tuple[str, ...]
    n_missing: int
    survival: SurvivalSummary | None
    incidence: IncidenceSummary | None
    comparison: Comparison
    trend_term: CoxTerm | None
    terms: tuple[CoxTerm, ...]
    notes: tuple[str, ...] = ()


def quantile_cuts(values: FloatArray, n_groups: int) -> tuple[float, ...]:
    """Values that divide the known ones into groups of about the same size, ascending and each once.

    Same as ``unique(quantile(x, (1:(k - 1)) / k))`` (type 7), without a cut that nobody is above.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return ()
    cuts = np.unique(np.quantile(known, np.arange(1, n_groups) / n_groups))
    return tuple(float(cut) for cut in cuts if cut < known.max())


def group_labels(cuts: Sequence[float]) -> tuple[str, ...]:
    """What each group holds: ``≤20``, ``>20–400``, ``>400``."""
    texts = [f"{cut:.4g}" for cut in cuts]
    if len(set(texts)) < len(texts):
        texts = [repr(cut) for cut in cuts]
    return (f"≤{texts[0]}", *(f">{low}–{high}" for low, high in pairwise(texts)), f">{texts[-1]}")


def _as_values(cuts: Sequence[float], values: FloatArray) -> Sequence[float]:
    """Cuts as whole values are told apart by them: at or below 60.33 years is at or below 60."""
    whole = [float(np.floor(cut)) for cut in cuts]
    if bool((values % 1 == 0).all()) and len(set(whole)) == len(whole):
        return whole
    return cuts


def quantile_groups(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    competing: Mapping[str, BoolArray],
    values: FloatArray,
    *,
    column: str,
    event: str,
    n_groups: int,
    times: Sequence[float] = (),
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> QuantileGroups:
    """Compare groups of equally many patients.

    Parameters
    ----------
    data : TimeToEvent, n patients
        The event of interest; competing ones censored.
    competing : mapping of event to bool array, shape (n,)
        Empty: Kaplan-Meier, else cumulative incidence.
    values : array, shape (n,)
        NaN is left out and counted.
    column, event : str
        Their names.
    n_groups : int
        Two for the median, three for tertiles, four for quartiles.
    times, conf_type, conf_level
        Of the curves.

    Raises
    ------
    TooFewEventsError
        If all values are the same, or nobody has one.
    SpecError
        With delayed entry or case weights.
    """
    if data.entry is not None or data.weights is not None:
        raise SpecError("Quantile groups are not computed with delayed entry or case weights.")
    cuts = quantile_cuts(values, n_groups)
    if not cuts:
        raise TooFewEventsError(f"The patients do not differ in {column}.", hint="Choose another number.")
    known = np.isfinite(values)
    data, codes = data.subset(known), np.searchsorted(cuts, values[known], side="left").astype(np.int64)
    competing = {name: flags[known] for name, flags in competing.items() if flags.any()}
    levels = group_labels(_as_values(cuts, values[known]))
    options = {"times": tuple(times), "conf_type": conf_type, "conf_level": conf_level}
    survival = incidence = None
    if competing:
        risks = competing_risks(data, event, competing)
        incidence = summarise_incidence(risks, codes, levels, **options)  # type: ignore[arg-type]
    else:
        survival = summarise(data, codes, levels, **options)  # type: ignore[arg-type]
    terms, notes = _ratios(data, codes, levels, conf_level)
    notes = tuple(note.replace(f"with {_GROUP} = ", f"with {column} ") for note in notes)
    return QuantileGroups(
        column=column,
        event=event,
        unit=data.unit,
        n_groups=n_groups,
        cuts=cuts,
        levels=levels,
        n_missing=int(np.count_nonzero(~known)),
        survival=survival,
        incidence=incidence,
        comparison=compare(data, codes, levels, trend=len(levels) > 2, conf_level=conf_level),
        trend_term=_incidence_trend(data, competing, codes, conf_level) if competing else None,
        terms=terms,
        notes=(*_fewer(levels, n_groups, column), *notes),
    )


def _fewer(levels: tuple[str, ...], n_groups: int, column: str) -> tuple[str, ...]:
    if len(levels) == n_groups:
        return ()
    return (f"Many patients share a value of {column}: {len(levels)} groups instead of {n_groups}.",)


def _ratios(
    data: TimeToEvent, codes: IntArray, levels: tuple[str, ...], conf_level: float
) -> tuple[tuple[CoxTerm, ...], tuple[str, ...]]:
    frame = pd.DataFrame({_GROUP: pd.Categorical.from_codes(codes, categories=list(levels))})  # type: ignore[arg-type]
    try:
        fit = cox_analysis(
            data, frame, (_GROUP,), references={_GROUP: levels[0]}, kinds={_GROUP: "category"}, conf_level=conf_level
        ).multivariable
    except TooFewEventsError as error:
        return (), (error.message,)
    assert fit is not None
    return fit.terms, fit.notes


def _incidence_trend(
    data: TimeToEvent, competing: Mapping[str, BoolArray], codes: IntArray, conf_level: float
) -> CoxTerm | None:
    """Subdistribution hazard ratio per step from a group to the next."""
    others = np.any([flags for flags in competing.values()], axis=0)
    frame = pd.DataFrame({_GROUP: codes.astype(np.float64)})
    try:
        fit = fine_gray_analysis(
            dataclasses.replace(data), others, frame, (_GROUP,), kinds={_GROUP: "number"}, conf_level=conf_level
        ).multivariable
    except TooFewEventsError:
        return None
    return None if fit is None else fit.terms[0]
