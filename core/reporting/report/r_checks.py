"""What R computes again beside curves, tests and Cox models, and compares: its lines of script and the data it reads.

Curves at chosen times with medians and restricted means, cumulative incidence with Gray's test (``cmprsk``), landmarks,
tables of adverse events.

Belongs here: which numbers R is to find, and how. Does not belong here: the folder and its other files (``reproduce``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.bias.immortal_time import late_start
from core.bias.start_times import origin_of, start_times, unit_in_name
from core.reporting.as_json import as_json
from core.reporting.delimited import harmless
from core.safety.chosen import chosen_events
from core.spec import AdverseEventsSpec, CumulativeIncidenceSpec, ImmortalTimeSpec
from core.survival.competing_risks import competing_risks
from core.timetoevent import FloatArray

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.safety.results import AdverseEventRow

R_HEAD = """# Computes numbers again with R; "same" or "DIFFERS" says how they compare with those of Cohortscope.
library(survival)
different <- 0
same <- function(what, r, told, within = 1e-6) {
  r <- as.numeric(r); told <- as.numeric(told)
  ok <- length(r) == length(told) && all(is.na(r) == is.na(told)) &&
    all(abs(r - told) <= within * pmax(abs(told), 1e-6), na.rm = TRUE)
  if (!ok) different <<- different + 1
  cat(if (ok) "same" else "DIFFERS", what, if (ok) "" else paste("R", paste(signif(r, 8), collapse = " "), "here",
      paste(signif(told, 8), collapse = " ")), sep = "\\t", fill = FALSE)
  cat("\\n")
}"""
R_FOOT = """if (different > 0) {
  cat(different, "numbers differ\\n")
  quit(status = 1)
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RCheck:
    """Lines of R and the tables they read.

    Attributes
    ----------
    lines : tuple of str
    tables : mapping of str to DataFrame
        By what stands after ``data_ID`` in the name of the file; empty text for the first.
    """

    lines: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def r_check(result: AnalysisResult, file: Callable[[str], str]) -> RCheck | None:
    """What R does for a result beside the call that made it; None where it cannot.

    Parameters
    ----------
    result : AnalysisResult
    file : callable
        Name of the file of a table of this result.
    """
    made = _OF_KIND.get(result.kind)
    return None if made is None else made(result, file)


def curve_lines(result: AnalysisResult) -> list[str]:
    """Survival at the chosen times, medians and restricted means of curves whose data stand in ``d``."""
    told, level = as_json(result), result.analysis.conf_level
    groups = _groups(result)
    kind = getattr(result.analysis, "conf_type", "log-log")
    lines = [f'f <- survfit(Surv(time, event) ~ group, data = d, conf.type = "{kind}", conf.int = {level!r})']
    lines.append("one <- function(f, level) if (nlevels(d$group) > 1) f[paste0('group=', level)] else f")
    for name in groups:
        mine, quoted = told["groups"][name], _text(harmless(name))
        if not mine["n"]:
            continue
        at = [row for row in mine["at"] if row["n_at_risk"]]
        if at:
            lines.append(
                f"s <- summary(one(f, {quoted}), times = {_numbers(row['time'] for row in at)}, extend = TRUE)"
            )
            for key, column in (("survival", "surv"), ("conf_low", "lower"), ("conf_high", "upper")):
                lines.append(_same(f"{result.id}, {name}: {key}", f"s${column}", [row[key] for row in at]))
        median = mine["quantiles"].get("0.5")
        if median is not None:
            lines.append(
                _same(f"{result.id}, {name}: median", f"quantile(one(f, {quoted}), 0.5)$quantile", [median["value"]])
            )
        if mine["rmst"] is not None and _reaches(mine["rmst"]):
            tau = mine["rmst"]["tau"]
            lines.append(f"m <- summary(one(f, {quoted}), rmean = {tau!r})$table")
            lines.append(
                _same(
                    f"{result.id}, {name}: restricted mean and its error",
                    'm[c("rmean", "se(rmean)")]',
                    [mine["rmst"]["value"], mine["rmst"]["std_error"]],
                )
            )
    return lines


def _reaches(mean: Mapping[str, Any]) -> bool:
    return mean["value"] is not None and mean["std_error"] is not None


def _incidence(result: AnalysisResult, file: Callable[[str], str]) -> RCheck | None:
    asked, subset = result.analysis, result.subset
    assert isinstance(asked, CumulativeIncidenceSpec)
    if asked.by_type or asked.strata or subset.data is None or subset.data.entry is not None:
        return None
    if subset.data.weights is not None:
        return None
    told = as_json(result)
    risks = competing_risks(subset.data, str(subset.endpoint), subset.competing)
    table = _patients(result) | {"event": risks.cause}
    causes, groups = told["events"], _groups(result)
    lines = [_read("d", file("")), _factor(groups)]
    times = [
        time for time in asked.times if all(time <= group.event_free.last_time for group in result.incidence.groups)
    ]
    lines.append('if (requireNamespace("cmprsk", quietly = TRUE)) {')
    lines.append("  fit <- with(d, cmprsk::cuminc(time, event, group, cencode = 0))")
    if times:
        lines.append(f"  at <- cmprsk::timepoints(fit, {_numbers(times)})")
    for code, cause in enumerate(causes, start=1):
        for name in groups:
            rows = [row for row in told["groups"][name][cause]["at"] if row["time"] in times]
            if rows and told["groups"][name][cause]["n_events"]:
                key = _text(f"{harmless(name)} {code}")
                what = f"{result.id}, {name}: incidence of {cause}"
                lines.append("  " + _same(what, f"at$est[{key}, ]", [row["incidence"] for row in rows]))
                lines.append(
                    "  " + _same(f"{what}, its error", f"sqrt(at$var[{key}, ])", [row["std_error"] for row in rows])
                )
        gray = (told.get("gray") or {}).get(cause)
        if gray is not None and gray["statistic"] is not None:
            lines.append(
                "  "
                + _same(f"{result.id}: Gray's test of {cause}", f'fit$Tests["{code}", "stat"]', [gray["statistic"]])
            )
    lines.append("} else {")
    lines.append(f'  cat("not done\\t{result.id}: it needs the package cmprsk\\n")')
    lines.append("}")
    return RCheck(lines=tuple(lines), tables={"": pd.DataFrame(table)})


def _landmarks(result: AnalysisResult, file: Callable[[str], str]) -> RCheck | None:
    asked, subset = result.analysis, result.subset
    assert isinstance(asked, ImmortalTimeSpec)
    value = result.immortal_time
    if asked.adverse_event is not None or asked.time_zero is not None or subset.data is None:
        return None
    starts = _starts(result, asked)
    if starts is None or subset.data.entry is not None or subset.data.weights is not None:
        return None
    table = _patients(result) | {"start": starts}
    lines = [_read("d", file(""))]
    for mark in value.landmarks:
        what = f"{result.id}, landmark {mark.time:g}"
        lines.append(f"e <- subset(d, time > {mark.time!r})")
        lines.append(f"e$treated <- !is.na(e$start) & e$start <= {mark.time!r}")
        lines.append(_same(f"{what}: patients, treated", "c(nrow(e), sum(e$treated))", [mark.n, mark.n_treated]))
        if math.isfinite(mark.statistic):
            call = f"survdiff(Surv(time - {mark.time!r}, event) ~ treated, data = e)$chisq"
            lines.append(_same(f"{what}: log-rank test", call, [mark.statistic]))
        if not value.covariates and math.isfinite(mark.ratio.log_hazard_ratio):
            call = f"coef(coxph(Surv(time - {mark.time!r}, event) ~ treated, data = e))"
            lines.append(_same(f"{what}: log hazard ratio", call, [mark.ratio.log_hazard_ratio]))
    return RCheck(lines=tuple(lines), tables={"": pd.DataFrame(table)})


def _starts(result: AnalysisResult, asked: ImmortalTimeSpec) -> FloatArray | None:
    """When treatment began, in the order of the patients; None where nothing says so any more."""
    subset = result.subset
    if asked.starts is not None:
        unit = asked.unit or unit_in_name(asked.starts)
        return start_times(subset, asked.starts, unit=unit, origin=origin_of(subset))
    late = late_start(subset)
    return None if late is None or late.starts is None else np.array(late.starts)


def _adverse_events(result: AnalysisResult, file: Callable[[str], str]) -> RCheck | None:
    asked, value, subset = result.analysis, result.adverse_events, result.subset
    assert isinstance(asked, AdverseEventsSpec)
    found = chosen_events(subset, asked)
    if value.counted != "patients" or found is None:
        return None
    place = np.full(subset.cohort.n, -1, dtype=np.int64)
    place[subset.positions] = np.arange(subset.n)
    kept = place[found.patient] >= 0
    events = {
        "row": np.asarray(subset.row_numbers)[place[found.patient[kept]]],
        "class": [found.classes[i] or "" for i in found.event_class[kept]],
        "term": [found.terms[i] for i in found.term[kept]],
        "grade": found.grade[kept],
    }
    patients = {"row": list(subset.row_numbers), "group": _of_group(result)}
    groups = _groups(result)
    lines = [
        _read("d", file("")), _factor(groups), _read("events", file("_events")),
        "events$class[is.na(events$class)] <- ''",
        "had <- function(x) table(factor(d$group[d$row %in% x$row], levels(d$group)))",
        "p <- function(n) fisher.test(rbind(n, table(d$group) - n))$p.value",
    ]  # fmt: skip
    for row in value.rows:
        lines += _term_lines(result, row, groups)
    named = [row for row in value.rows if math.isfinite(row.q_any)]
    if named:
        given = _numbers(row.p_any for row in named)
        lines.append(
            _same(f"{result.id}: false discovery rates", f'p.adjust({given}, "BH")', [row.q_any for row in named])
        )
    return RCheck(lines=tuple(lines), tables={"": pd.DataFrame(patients), "_events": pd.DataFrame(events)})


def _term_lines(result: AnalysisResult, row: AdverseEventRow, groups: Sequence[str]) -> list[str]:
    """Patients of one term by group, and their P."""
    value, of_class = result.adverse_events, "" if row.event_class is None else row.event_class
    what = f"{result.id}, {row.term if not of_class else f'{of_class}, {row.term}'}"
    order = [value.levels.index(level) for level in groups]
    lines = [f"x <- subset(events, class == {_text(harmless(of_class))} & term == {_text(harmless(str(row.term)))})"]
    lines.append(_same(f"{what}: patients", "had(x)", row.any[order].tolist()))
    if value.graded:
        severe = row.grade3plus[order].tolist()
        lines.append(_same(f"{what}: grade 3 or more", "had(subset(x, grade >= 3))", severe))
    if len(groups) == 2 and value.test == "fisher" and math.isfinite(row.p_any):
        lines.append(_same(f"{what}: P", "p(had(x))", [row.p_any]))
    return lines


_OF_KIND: dict[str, Callable[[AnalysisResult, Callable[[str], str]], RCheck | None]] = {
    "cumulative_incidence": _incidence,
    "immortal_time": _landmarks,
    "adverse_events": _adverse_events,
}


def _patients(result: AnalysisResult) -> dict[str, Any]:
    subset = result.subset
    assert subset.data is not None
    return {
        "row": list(subset.row_numbers),
        "time": subset.data.time,
        "event": subset.data.event.astype(int),
        "group": _of_group(result),
    }


def _of_group(result: AnalysisResult) -> list[str]:
    groups = result.subset.groups
    return [groups.levels[code] for code in groups.codes]


def _groups(result: AnalysisResult) -> list[str]:
    """Levels, the reference first."""
    groups = result.subset.groups
    return [groups.reference, *(level for level in groups.levels if level != groups.reference)]


def _read(name: str, file: str) -> str:
    return f'{name} <- read.csv("{file}", check.names = FALSE, na.strings = "")'


def _factor(groups: Sequence[str]) -> str:
    return f"d$group <- factor(d$group, levels = c({', '.join(_text(harmless(name)) for name in groups)}))"


def _same(what: str, call: str, told: Sequence[float | None]) -> str:
    return f"same({_text(what)}, {call}, {_numbers(told)})"


def _numbers(values: Any) -> str:
    return f"c({', '.join(_number(value) for value in values)})"


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "NA"
    return ("Inf" if value > 0 else "-Inf") if math.isinf(value) else repr(float(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
