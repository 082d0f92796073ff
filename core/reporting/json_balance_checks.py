"""What else was asked of groups made alike, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_imputation import variable_json
from core.reporting.json_parts import CONTRAST, Json, pick

if TYPE_CHECKING:
    from core.bias.balance_checks import BalanceChecks, ImputedRatios
    from core.bias.doubly_robust import DoublyRobust
    from core.bias.negative_control import NegativeControl

_CONTROL = ("estimate", "conf_low", "conf_high", "p_value")
_RATIO = ("n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")


def checks_json(checks: BalanceChecks) -> Json:
    """E-values, the doubly robust difference, the negative control, and ratios with imputed covariates."""
    fields = ("risk_ratio", "value", "of_limit", "is_common")
    return {
        "e_values": {method: pick(found, fields) for method, found in checks.e_values.items()},
        "doubly_robust": None if checks.doubly_robust is None else _doubly_robust(checks.doubly_robust),
        "negative_control": None if checks.control is None else _control(checks.control),
        "imputed": None if checks.imputed is None else _imputed(checks.imputed),
    }


def _doubly_robust(found: DoublyRobust) -> Json:
    return {
        "tau": found.difference.time,
        "estimand": found.estimand,
        "means": list(found.means),
        **pick(found.difference, CONTRAST),
        "crude": pick(found.crude, CONTRAST),
    }


def _control(found: NegativeControl) -> Json:
    return {
        **pick(found, ("name", "scale", "is_share", "n", "n_events")),
        "crude": pick(found.crude, _CONTROL),
        "adjusted": pick(found.adjusted, _CONTROL),
    }


def _imputed(found: ImputedRatios) -> Json:
    imputed = found.imputed
    return {
        **pick(imputed.asked, ("sets", "iterations", "seed")),
        "n_incomplete": imputed.n_incomplete,
        "variables": [variable_json(variable) for variable in imputed.variables],
        "ratios": {
            method: {
                "n_patients": ratio.n,
                **pick(ratio, _RATIO),
                "missing_information": found.missing_information[method],
            }
            for method, ratio in found.ratios.items()
        },
    }
