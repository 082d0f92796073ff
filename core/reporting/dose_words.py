"""Dose against outcome in sentences, in the words of a methods section and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.json_parts import LIMITS, Json, pick
from core.reporting.labels import event_label
from core.reporting.method import Method
from core.reporting.sentences import confidence_words
from core.spec import TreatmentCourseSpec

if TYPE_CHECKING:
    from core.patients.dose import DoseResponse
    from core.result import AnalysisResult

DOSE_WORDS: dict[str, str] = {
    "energy_per_volume": "energy per volume (J/cm³)",
    "energy": "total energy (J)",
    "volume": "treated volume (cm³)",
    "time": "treatment time (s)",
}
_LEVEL = (
    "name", "low", "high", "n", "evaluable", "responders", "rate", "rate_low", "rate_high", "followed", "n_events"
)  # fmt: skip


def dose_sentence(result: AnalysisResult) -> str:
    """Outcome per doubling and per standard deviation of the dose; empty without a dose."""
    spec, dose = result.analysis, result.treatment_course.dose
    if dose is None:
        return ""
    assert isinstance(spec, TreatmentCourseSpec)
    return " ".join([*_survival(dose, confidence_words(spec.conf_level)), *_response(dose)])


def _survival(dose: DoseResponse, level: str) -> Iterator[str]:
    found = dose.hazard
    if not math.isfinite(found.hazard_ratio):
        return
    yield (
        f"Per doubling of the {DOSE_WORDS[dose.dose]} the hazard of {event_label(dose.endpoint)}, counted from the "
        f"last session, is multiplied by {fmt.ratio(found.hazard_ratio)} ({level} "
        f"{fmt.limits_of_ratio(found.conf_low, found.conf_high)}, Wald {fmt.p_phrase(found.p_value)}; "
        f"{fmt.several(dose.n_events, 'event')} of {fmt.patients(dose.n)}); per standard deviation of its logarithm by "
        f"{fmt.ratio(found.per_sd[0])} ({fmt.limits_of_ratio(*found.per_sd[1:])})."
    )
    if math.isfinite(found.bend_p_value):
        yield (
            f"Whether the relation bends: {fmt.p_phrase(found.bend_p_value)} (likelihood ratio of a spline with three "
            "knots against the straight line)."
        )


def _response(dose: DoseResponse) -> Iterator[str]:
    if math.isfinite(dose.rho):
        yield (
            f"Spearman's correlation of the dose with the best response is {fmt.number(dose.rho, 2)} "
            f"({fmt.p_phrase(dose.rho_p_value)}, {fmt.patients(dose.rho_n)})."
        )
    if math.isfinite(dose.sessions_rho):
        yield (
            f"With the number of sessions it is {fmt.number(dose.sessions_rho, 2)} "
            f"({fmt.p_phrase(dose.sessions_rho_p_value)})."
        )


def dose_method(spec: TreatmentCourseSpec, dose: DoseResponse) -> Method:
    """The regression on the dose, its thirds and correlations."""
    parts = [
        f"Cox regression (Efron) of {spec.endpoint} on log₂ of the {DOSE_WORDS[spec.dose]}, at risk from the last "
        "measured session on"
    ]
    calls = ["coxph(Surv(last_session, time, event) ~ log2(dose))"]
    if math.isfinite(dose.hazard.bend_p_value):
        parts.append("its bend by likelihood ratio against a restricted cubic spline with three knots")
        calls.append("anova(fit, coxph(Surv(last_session, time, event) ~ rcs(log2(dose), 3)))")
    parts.append("Spearman's correlation with best response (PD, SD, PR, CR), P by the t distribution")
    calls.append('cor.test(dose, response, method = "spearman", exact = FALSE)')
    if dose.levels:
        what = "thirds" if len(dose.levels) == 3 else "halves"
        parts.append(f"{what} of the dose by quantiles (type 7), trend by Cochran-Armitage and log-rank tests")
        calls.append("prop.trend.test(responders, evaluable)")
    return Method(
        what="; ".join(parts),
        formula="",
        r_call="; ".join(calls),
        source="Cox, J R Stat Soc B 1972;34:187-220; Spearman, Am J Psychol 1904;15:72-101; Armitage, Biometrics "
        "1955;11:375-386",
    )


def dose_json(dose: DoseResponse) -> Json:
    """Everything of dose against outcome."""
    hazard = dose.hazard
    plain = ("dose", "endpoint", "n", "n_events", "rho", "rho_p_value", "rho_n", "sessions_rho", "sessions_rho_p_value")
    return {
        **pick(dose, plain),
        **pick(hazard, ("hazard_ratio", "conf_low", "conf_high", "p_value")),
        "per_sd": {"sd": hazard.sd, **dict(zip(("hazard_ratio", "conf_low", "conf_high"), hazard.per_sd, strict=True))},
        "bend": {"statistic": hazard.bend_statistic, "p_value": hazard.bend_p_value},
        "levels": [pick(one, _LEVEL) | {"median": pick(one.median, LIMITS)} for one in dose.levels],
        "response_trend_p": dose.response_trend_p,
        "survival_trend_p": dose.survival_trend_p,
    }
