"""How groups of equally many patients were made and compared, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.labels import column_label
from core.reporting.method import Method, r_name
from core.reporting.sentences import confidence_words
from core.spec import QuantileGroupsSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult

NAMES = {2: "halves (median)", 3: "thirds (tertiles)", 4: "quarters (quartiles)", 5: "fifths (quintiles)"}


def quantile_groups_method(result: AnalysisResult) -> Method:
    """Quantiles, curves and trend."""
    spec, value = result.analysis, result.quantile_groups
    assert isinstance(spec, QuantileGroupsSpec)
    curve = (
        "cumulative incidence (Aalen-Johansen, Aalen's variance), Gray's test" if value.incidence else "Kaplan-Meier"
    )
    parts = [
        f"{column_label(spec.column)} in {NAMES[spec.groups]}: {curve}, {spec.conf_type} "
        f"{confidence_words(spec.conf_level)}",
        "log-rank test, test for trend with scores 1 to the number of groups"
        if len(value.levels) > 2
        else "log-rank test",
        "hazard ratios by Cox regression (Efron) against the lowest group",
    ]
    if value.incidence is not None:
        parts.append("other events censored for log-rank and Cox; trend of the incidence by Fine-Gray regression")
    name = r_name(spec.column)
    quantile = f"quantile({name}, (1:{spec.groups - 1})/{spec.groups}, na.rm = TRUE)"
    return Method(
        what="; ".join(parts),
        formula="trend: (Σ s(O − E))² / s'Vs, s the scores; cut-points: quantiles of type 7, equal values below",
        r_call=f"g <- cut({name}, c(-Inf, {quantile}, Inf)); survdiff(Surv(time, event) ~ g); "
        "coxph(Surv(time, event) ~ g); cmprsk::crr(time, status, as.integer(g))",
        source="Tarone, Biometrika 1975;62:679-682; Fine and Gray, J Am Stat Assoc 1999;94:496-509; Altman and "
        "Royston, BMJ 2006;332:1080 (what cutting a number loses)",
    )
