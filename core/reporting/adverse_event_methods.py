"""How adverse events were counted and compared, in the words of a methods section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.method import Method
from core.reporting.response_methods import DIFFERENCE_SOURCE, DIFFERENCE_WORDS
from core.reporting.sentences import confidence_words
from core.safety.event_kinds import KIND_WORDS
from core.spec import AdverseEventsSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def _whose(result: AnalysisResult) -> str:
    """Of the safety population, where somebody does not belong to it."""
    left_out = any(one.reason.startswith("not in the safety population") for one in result.subset.exclusions)
    return " of the safety population" if left_out else ""


_DIFFERENCE_FORMULA = {
    "miettinen-nurminen": "limits δ where the score statistic of the difference equals its critical value, variance "
    "under the difference δ times N/(N − 1)",
    "newcombe": "limits from the Wilson limits of each proportion",
    "wald": "p₁ − p₀ ± z·√(p₁q₁/n₁ + p₀q₀/n₀)",
}
RISK_RATIO_WORDS = {"koopman": "risk ratio with Koopman's score limits", "katz": "risk ratio with Katz's limits"}
ODDS_RATIO_WORDS = {
    "conditional": "conditional odds ratio with exact limits",
    "woolf": "odds ratio with Woolf's limits",
}
_RISK_RATIO_SOURCE = {
    "koopman": "Koopman, Biometrics 1984;40:513-517",
    "katz": "Katz et al., Biometrics 1978;34:469-474",
}
TEST_WORDS = {"fisher": "Fisher's exact test", "barnard": "Barnard's unconditional exact test"}
_BH = "Benjamini and Hochberg, J R Stat Soc B 1995;57:289-300"


def adverse_events_method(result: AnalysisResult) -> Method:
    """What is counted and of whom; between groups test, false discovery rate, difference, ratios."""
    spec, table = result.analysis, result.adverse_events
    assert isinstance(spec, AdverseEventsSpec)
    kind = "" if table.events == "all" else f" {KIND_WORDS[table.events]}"
    several, two = len(table.levels) > 1, len(table.levels) == 2
    if table.counted == "events":
        return Method(
            what=f"All{kind} events by grade (CTCAE), a patient's repeated events each counted",
            formula="count of events",
            r_call="table(event, group)",
            source="CTCAE",
        )
    parts = [f"Patients with at least one{kind} event, by worst grade per patient and term (CTCAE)"]
    parts[0] += f"; denominators are all patients{_whose(result)}"
    if several:
        parts.append(f"{TEST_WORDS[table.test]}, two-sided")
        parts.append("q: false discovery rate over the terms (Benjamini-Hochberg)")
    if two:
        level = confidence_words(spec.conf_level)
        parts.append(f"{DIFFERENCE_WORDS[spec.difference]} {level} of the difference")
        parts += [RISK_RATIO_WORDS[spec.risk_ratio]] if spec.risk_ratio else []
        parts += [ODDS_RATIO_WORDS[spec.odds_ratio]] if spec.odds_ratio else []
    sources = [DIFFERENCE_SOURCE[spec.difference]] if two else []
    sources += [_RISK_RATIO_SOURCE[spec.risk_ratio]] if two and spec.risk_ratio else []
    sources += ["Barnard, Biometrika 1947;34:123-138"] if table.test == "barnard" else []
    call = "fisher.test(table(event, group))" if table.test == "fisher" else "Barnard::barnard.test(x1, n1, x0, n0)"
    return Method(
        what="; ".join(parts),
        formula=_DIFFERENCE_FORMULA[spec.difference] if two else "count / patients of the group",
        r_call=f'{call}; p.adjust(p, "BH")' if several else "table(event)",
        source="; ".join([*sources, _BH] if several else sources) or "CTCAE",
    )
