"""Cumulative incidence as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import AREA, CONTRAST, Json, pick

if TYPE_CHECKING:
    from core.survival.early_late import EarlyLate
    from core.survival.gray import GrayTest
    from core.survival.incidence_summary import CauseIncidence, IncidenceContrasts, IncidenceSummary

_AT = ("time", "n_at_risk", "incidence", "std_error", "conf_low", "conf_high")
_NAIVE = ("naive", "naive_bias")


def incidence_json(summary: IncidenceSummary) -> Json:
    """Curves by group and event, tests and differences by event."""
    written: Json = {
        "unit": summary.unit,
        "reference": summary.reference,
        "events": list(summary.causes),
        "groups": {group.level: {cause.cause: _cause(cause) for cause in group.causes} for group in summary.groups},
    }
    if summary.gray is not None:
        written["gray"] = {event: _gray(test) for event, test in summary.gray.items()}
        for event, permuted in (summary.permuted or {}).items():
            names = ("p_value", "std_error", "exact", "n_permutations", "seed")
            written["gray"][event]["permutation"] = pick(permuted, names)
    if summary.contrasts:
        written["contrasts"] = {contrast.cause: _contrasts(contrast) for contrast in summary.contrasts}
    if summary.early_late is not None:
        written["early_late"] = _early_late(summary.early_late)
    return written


def _early_late(parts: EarlyLate) -> Json:
    """Both parts of the follow-up, each read at its end."""
    return {
        "split": parts.split,
        "until": parts.until,
        "early": _part(parts.early),
        "late": None if parts.late is None else _part(parts.late),
    }


def _part(summary: IncidenceSummary) -> Json:
    def cause(one: CauseIncidence) -> Json:
        read = {name: getattr(one.at, name)[0] for name in ("incidence", "std_error", "conf_low", "conf_high")}
        return {"n": one.estimate.n, "n_events": one.estimate.n_events_total, **read}

    tests = summary.gray or {}
    return {
        "groups": {group.level: {one.cause: cause(one) for one in group.causes} for group in summary.groups},
        "gray": {event: pick(test, ("statistic", "df", "p_value")) for event, test in tests.items()} or None,
    }


def _cause(cause: CauseIncidence) -> Json:
    estimate = cause.estimate
    naive = cause.naive
    columns = [*(getattr(cause.at, name).tolist() for name in _AT), naive.at.tolist(), naive.bias.tolist()]
    return {
        "n": estimate.n,
        "n_events": estimate.n_events_total,
        **pick(estimate, ("time", "n_at_risk")),
        "n_events_at": estimate.n_events,
        **pick(estimate, ("incidence", "std_error", "conf_low", "conf_high", "event_free")),
        "naive": naive.incidence,
        "at": [dict(zip((*_AT, *_NAIVE), row, strict=True)) for row in zip(*columns, strict=True)],
        "time_lost": None if cause.time_lost is None else pick(cause.time_lost, AREA),
    }


def _gray(test: GrayTest) -> Json:
    return {
        **pick(test, ("statistic", "df", "p_value")),
        "pairwise": [pick(pair, ("a", "b", "statistic", "p_value", "p_adjusted")) for pair in test.pairwise],
    }


def _contrasts(contrasts: IncidenceContrasts) -> Json:
    lost = contrasts.time_lost_difference
    return {
        **pick(contrasts, ("level", "reference")),
        "incidence_difference": [
            {"time": contrast.time, **pick(contrast, CONTRAST)} for contrast in contrasts.incidence_difference
        ],
        "time_lost_difference": None if lost is None else {"tau": lost.time, **pick(lost, CONTRAST)},
    }
