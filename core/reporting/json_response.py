"""Best response as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import CONTRAST, LIMITS, Json, pick
from core.reporting.sentences import median

if TYPE_CHECKING:
    from core.patients.response import ResponseRate, ResponseTable
    from core.proportions.mantel_haenszel import MantelHaenszel

_COURSE = ("best", "baseline_mm", "best_change", "response_day", "progression_day", "day", "change", "response")
_TEST = ("statistic", "df", "p_value", "statistic_uncorrected", "p_value_uncorrected", "n_strata", "n_informative")


def response_json(table: ResponseTable) -> Json:
    """Counts and rates by group; with two groups their difference and odds ratio, with strata the stratified test."""
    rates = table.rates
    written: Json = {
        "reference": table.reference,
        "groups": {
            level: {
                "n": table.n[i],
                "denominator": table.denominators[i],
                "counts": dict(zip(table.categories, table.counts[i], strict=True)),
                **{name: _rate(rate, i) for name, rate in rates.items()},
            }
            for i, level in enumerate(table.levels)
        },
    }
    if len(table.levels) > 1:
        written["p_value"] = {name: rate.p_value for name, rate in rates.items()}
    differences = {name: rate.difference for name, rate in rates.items() if rate.difference is not None}
    ratios = {name: rate.odds_ratio for name, rate in rates.items() if rate.odds_ratio is not None}
    tests = {name: rate.stratified for name, rate in rates.items() if rate.stratified is not None}
    if differences:
        written["difference"] = {name: pick(value, CONTRAST) for name, value in differences.items()}
    if ratios:
        written["odds_ratio"] = {name: pick(value, LIMITS) for name, value in ratios.items()}
    within = {
        name: rate.stratified_difference for name, rate in rates.items() if rate.stratified_difference is not None
    }
    if within:
        written["stratified_difference"] = {
            name: pick(value, ("estimate", "conf_low", "conf_high")) for name, value in within.items()
        }
    if tests:
        written["stratified"] = {name: _stratified(value) for name, value in tests.items()}
    return written | _lesions(table) | _duration(table)


def _lesions(table: ResponseTable) -> Json:
    """Each patient's course, where the response was computed from lesions."""
    found = table.lesions
    if found is None:
        return {}
    courses = [
        {"patient": course.patient, "group": level, **pick(course, _COURSE)}
        for course, level in zip(found.courses, found.levels, strict=True)
    ]
    rules = pick(found.rules, ("criteria", "confirmed", "confirm_after", "stable_after"))
    return {"lesions": {**rules, "patients": courses}}


def _duration(table: ResponseTable) -> Json:
    """Responders, events and median duration by group, where it was asked for."""
    if table.duration is None:
        return {}
    groups = {
        group.level: {
            "n": group.estimate.n,
            "n_events": group.estimate.n_events_total,
            "median": pick(median(group), LIMITS),
        }
        for group in table.duration.groups
    }
    return {"duration": {"unit": table.duration.unit, "groups": groups}}


def _rate(rate: ResponseRate, group: int) -> Json:
    return {
        "count": rate.count[group],
        "proportion": rate.value[group],
        "conf_low": rate.conf_low[group],
        "conf_high": rate.conf_high[group],
    }


def _stratified(test: MantelHaenszel) -> Json:
    ratio = test.odds_ratio
    return pick(test, _TEST) | ({} if ratio is None else {"odds_ratio": pick(ratio, LIMITS)})
