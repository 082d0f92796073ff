"""Immortal time as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import LIMITS, Json, pick

if TYPE_CHECKING:
    from core.bias.clone_censor_weight import CloneCensorWeight
    from core.bias.landmark import Landmark
    from core.bias.later_treatment import MethodRatio
    from core.bias.side_by_side import ImmortalTime
    from core.survival.kaplan_meier import KaplanMeierEstimate

_RATIO = (
    "n_events", "n_treated", "n_events_treated", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low",
    "conf_high", "p_value",
)  # fmt: skip
_CURVE = ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")


def immortal_time_json(value: ImmortalTime) -> Json:
    """The ratio by every method, and what each is made of."""
    dependent = value.time_dependent
    return {
        **pick(value, ("unit", "starts", "n_events", "n_group", "n_late", "n_never", "share")),
        "reference": value.levels[0],
        "level": value.levels[1],
        "covariates": list(value.covariates),
        "naive": _ratio(value.naive, value.naive),
        "naive_logrank": pick(value.naive_log_rank, LIMITS),
        "landmarks": [_landmark(mark, value.naive) for mark in value.landmarks],
        "time_dependent": _ratio(dependent.ratio, value.naive),
        "mantel_byar": pick(dependent.mantel_byar, ("observed", "expected", "variance", "statistic", "p_value")),
        "person_time": list(dependent.person_time),
        "simon_makuch": _curves(dependent.curves),
        "clones": None if value.clones is None else _clones(value.clones, value.naive),
    }


def _ratio(ratio: MethodRatio, naive: MethodRatio) -> Json:
    return {"n_patients": ratio.n, **pick(ratio, _RATIO), "share_of_naive": ratio.share_of(naive)}


def _landmark(mark: Landmark, naive: MethodRatio) -> Json:
    return {
        **pick(mark, ("time", "n_treated", "n_later", "n_of_group_dropped")),
        "n_dropped_event": int(mark.dropped_event.size),
        "n_dropped_censored": int(mark.dropped_censored.size),
        "ratio": _ratio(mark.ratio, naive),
        "logrank": {"statistic": mark.statistic, "p_value": mark.p_value},
        "curves": _curves(mark.curves),
    }


def _curves(curves: tuple[KaplanMeierEstimate, ...]) -> Json:
    return {curve.group: pick(curve, _CURVE) for curve in curves}


def _clones(clones: CloneCensorWeight, naive: MethodRatio) -> Json:
    return {
        **pick(clones, ("grace", "n_started", "largest_weight", "draws", "n_failed", "seed", "time")),
        "loss_covariates": list(clones.loss),
        "n_censored": dict(zip(("wait", "begin"), clones.n_censored, strict=True)),
        "ratio": _ratio(clones.ratio, naive),
        "strategies": {
            name: {key: getattr(clones, key)[row] for key in ("survival", "conf_low", "conf_high")}
            for row, name in enumerate(("wait", "begin"))
        },
    }
