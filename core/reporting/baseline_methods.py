"""How Table 1 was computed, in the words of a methods section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.patients.association import RANK_TESTS
from core.patients.trend import COCHRAN_ARMITAGE, JONCKHEERE, LINEAR_BY_LINEAR
from core.reporting.method import Method

if TYPE_CHECKING:
    from core.result import AnalysisResult

_CALLS = {
    "Pearson chi-squared": "chisq.test(correct = FALSE)",
    "Fisher exact": "fisher.test",
    "Welch t-test": "t.test",
    "Student t-test": "t.test(var.equal = TRUE)",
    "One-way ANOVA": "aov",
    "Welch ANOVA": "oneway.test",
    RANK_TESTS[0]: "wilcox.test",
    RANK_TESTS[1]: "kruskal.test",
    COCHRAN_ARMITAGE: "prop.trend.test",
    LINEAR_BY_LINEAR: "coin::lbl_test",
    JONCKHEERE: "clinfun::jonckheere.test",
}
_SOURCES = {
    COCHRAN_ARMITAGE: "Armitage, Biometrics 1955;11:375-386",
    LINEAR_BY_LINEAR: "Mantel, J Am Stat Assoc 1963;58:690-700",
    JONCKHEERE: "Jonckheere, Biometrika 1954;41:133-145",
}


def baseline_method(result: AnalysisResult) -> Method:
    """Summaries; between groups the tests that were used and standardised differences."""
    table = result.baseline
    compared = len(table.levels) > 1
    used = list(dict.fromkeys(item.test for item in table.variables if item.test))
    tests = "; tests as named per row; standardised mean differences" if compared else ""
    sources = ["Austin, Stat Med 2009;28:3083-3107 (standardised differences); Yang and Dalton, SAS Global Forum 2012"]
    sources += [_SOURCES[test] for test in used if test in _SOURCES]
    return Method(
        what=f"Counts, means and quartiles (type 7) of known values{tests}",
        formula="standardised mean difference |m₁ − m₀| / √((s₁² + s₀²)/2); for categories on the vector of shares",
        r_call=", ".join(_CALLS[test] for test in used) if used else "summary, quantile",
        source="; ".join(sources) if compared else "Hyndman and Fan, Am Stat 1996;50:361-365 (quantiles)",
    )
