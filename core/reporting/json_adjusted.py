"""Adjusted survival and cut-points as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import CONTRAST, LIMITS, Json, pick
from core.reporting.json_regression import cox_fit_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.regression.adjusted_results import AdjustedGroup, AdjustedSurvival
    from core.regression.cut_point import CutGroup, CutPoint
    from core.regression.prediction import PredictedCurve
    from core.survival.contrasts import Contrast

_CURVE = ("time", "survival", "std_error", "conf_low", "conf_high")


def adjusted_survival_json(value: AdjustedSurvival) -> Json:
    """Curves by group, differences, the model behind them and the patient's curves."""
    times, patient = value.times, value.patient
    return {
        **pick(value, ("unit", "reference", "own_baseline", "missing")),
        "adjusted_for": list(value.adjusted_for),
        "groups": {group.level: _group(group, times) for group in value.groups},
        "differences": {
            difference.level: {
                "adjusted": _contrasts(difference.adjusted),
                "crude": _contrasts(difference.crude),
            }
            for difference in value.differences
        },
        "model": cox_fit_json(value.fit),
        "patient": None
        if patient is None
        else {
            "profile": dict(patient.profile.values),
            "groups": {level: _curve(curve, times) for level, curve in patient.curves.items()},
        },
    }


def _group(group: AdjustedGroup, times: Sequence[float]) -> Json:
    crude = group.crude.at(times)
    return {
        "n": group.n,
        "n_events": group.n_events,
        **_curve(group.adjusted, times),
        "at_average": None if group.at_average is None else _curve(group.at_average, times),
        "crude": [dict(zip(_CURVE, row, strict=True)) for row in _rows(crude)],
    }


def _curve(curve: PredictedCurve, times: Sequence[float]) -> Json:
    return {
        **pick(curve, (*_CURVE, "last_time")),
        "median": pick(curve.median, LIMITS),
        "at": [dict(zip(_CURVE, row, strict=True)) for row in _rows(curve.at(times))],
    }


def _rows(at: object) -> list[tuple[float, ...]]:
    return list(zip(*(getattr(at, name).tolist() for name in _CURVE), strict=True))


def _contrasts(contrasts: Sequence[Contrast]) -> list[Json]:
    return [{"time": contrast.time, **pick(contrast, (*CONTRAST, "std_error"))} for contrast in contrasts]


def cut_point_json(value: CutPoint) -> Json:
    """The cut, what it is worth, and every cut tried."""
    stability = value.stability
    return {
        **pick(value, ("column", "unit", "n_events", "n_missing", "minprop", "maxprop", "seed")),
        "n_analysed": value.n,
        "cut_point": value.best,
        "n_cuts": int(value.cut.size),
        "statistic": value.statistic,
        "critical_value": value.p.critical,
        "p_value": value.p.permutation,
        "p_value_error": value.p.std_error,
        "permutations": value.p.permutations,
        "n_extreme": value.p.n_extreme,
        "p_value_gaussian": value.p.gaussian,
        "p_value_lausen_1994": value.p.lausen_1994,
        "p_value_lausen_1992": value.p.lausen_1992,
        "p_value_naive": value.p.naive,
        "below": _side(value.below),
        "above": _side(value.above),
        "hazard_ratio": pick(value.hazard_ratio, LIMITS),
        "hazard_ratio_cross_validated": pick(value.cross_validated, LIMITS),
        "stability": None
        if stability is None
        else pick(stability, ("draws", "conf_low", "conf_high", "share_same", "patients_between", "cut", "share")),
        "cuts": pick(value, ("cut", "n_below", "z")),
        "values": pick(value, ("value", "n_at")),
    }


def _side(group: CutGroup) -> Json:
    return {**pick(group, ("n", "n_events")), "median": pick(group.median, LIMITS)}
