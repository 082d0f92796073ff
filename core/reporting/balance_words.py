"""What the ways of making groups alike are called, and for whom each of them speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence, level_label

if TYPE_CHECKING:
    from core.bias.crude_against_adjusted import Balance
    from core.result import AnalysisResult

NAMES = {
    "crude": "Crude",
    "multivariable": "Cox with covariates",
    "iptw": "IPTW",
    "overlap": "Overlap weights",
    "matching": "Matched",
    "entropy": "Entropy balancing",
    "g_formula": "G-formula",
}
WAYS = {
    "iptw": "weighted by the inverse chance of their treatment (IPTW)",
    "overlap": "weighted by the chance of the other treatment (overlap weights)",
    "matching": "matched by their propensity score",
    "entropy": "weighted by entropy balancing",
}


def both_groups(result: AnalysisResult) -> tuple[str, str]:
    """The reference and the other group in words: yes and no of a column by its name."""
    study = result.balance.study
    return level_label(study.column, study.levels[0]), level_label(study.column, study.levels[1])


def covariate_names(value: Balance) -> str:
    """The covariates in a sentence."""
    return fmt.in_words(in_sentence(column_label(name)) for name in value.study.covariates)


def whom(result: AnalysisResult, method: str) -> str:
    """For whom a method's ratio speaks."""
    value, other = result.balance, both_groups(result)[1]
    everybody = f"all {fmt.counted(value.study.n)} patients"
    if method == "overlap":
        return "patients for whom either treatment was likely"
    if method == "matching":
        return f"{other} patients who found a match"
    if method in ("iptw", "entropy"):
        trimmed = getattr(result.analysis, "trim", None) is not None and method == "iptw"
        who = f"patients like those in {other}" if value.estimand == "att" else everybody
        return f"{who}, after trimming" if trimmed else who
    if method == "multivariable":
        return "patients with the same covariates"
    return everybody
