"""Local progression of lesions as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_incidence import incidence_json
from core.reporting.json_parts import Json, pick

if TYPE_CHECKING:
    from core.regression.lesion_recurrence import LesionFactorResult, LesionRecurrence
    from core.regression.results import CoxTerm

_TERM = (
    "term", "level", "reference", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low",
    "conf_high", "p_value", "note",
)  # fmt: skip


def lesion_recurrence_json(value: LesionRecurrence) -> Json:
    """Lesions, patients, factors and the model."""
    model = value.model
    return {
        **pick(value, ("unit", "n_lesions", "n_patients", "n_events")),
        "n_patients_with_event": value.n_patients_with,
        "events": list(value.causes),
        "lesions_per_patient": {str(k): n for k, n in value.per_patient.items()},
        "lesions": incidence_json(value.lesions)["groups"],
        "naive_std_error": value.naive_error,
        "patients": incidence_json(value.patients)["groups"],
        "factors": [_factor(one) for one in value.factors],
        "model": None
        if model is None
        else {
            **pick(model, ("n", "n_events", "n_clusters")),
            "missing": value.missing,
            "terms": [_term(term) for term in model.terms],
            "notes": list(model.notes),
        },
    }


def _factor(one: LesionFactorResult) -> Json:
    factor = one.factor
    return {
        **pick(factor, ("column", "reference", "of_patients")),
        "n_missing": one.n_missing,
        "n_patients": dict(zip(factor.levels, one.n_patients, strict=True)),
        "n_patients_with_event": dict(zip(factor.levels, one.n_patients_with, strict=True)),
        "groups": incidence_json(one.incidence)["groups"] if factor.levels else {},
        "terms": [_term(term) for term in one.terms],
        "robust_score": None if one.test is None else pick(one.test, ("statistic", "df", "p_value")),
        "notes": list(one.notes),
    }


def _term(term: CoxTerm) -> Json:
    return pick(term, _TERM)
