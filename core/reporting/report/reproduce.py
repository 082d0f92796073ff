"""The same numbers by other programs: data, specification, results, a Python script (lifelines) and an R script.

What leaves the project is what the analysis used and no more: times, events, groups and covariates of the analysed
patients, who are numbered by their row of the file.

Belongs here: which files there are and what stands in them. Does not belong here: the Python script itself, which is
copied as it is (``lifelines_script.txt``: the core loads lifelines only where it is used).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core import __version__
from core.cohort.values import codes_of
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.delimited import harmless
from core.reporting.methods_text import method
from core.reporting.report.r_checks import R_FOOT, R_HEAD, RCheck, curve_lines, r_check
from core.spec import CoxSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.spec import AnalysisSpec

PYTHON, R, RESULTS, ANALYSES = "reproduce.py", "reproduce.R", "results.json", "analyses.json"
_PYTHON_SCRIPT = Path(__file__).with_name("lifelines_script.txt")
_KINDS = ("kaplan_meier", "compare", "cox")
_README = """What is in this folder

SPEC.json      the question as Cohortscope {version} asked it; with the original file beside it,
               `python -m core run SPEC.json` gives every number again
results.json   its results, in full precision
*.csv          the patients of each analysis, numbered by their row of the file: time, event, group, covariates
{python}   computes curves, log-rank tests and Cox models from the CSV files with lifelines
               (pip install lifelines) and compares them with results.json
{r}    does the same with R's survival package, and beside it restricted means, cumulative incidence with Gray's
               test (where the package cmprsk is), landmarks and tables of adverse events

The CSV files hold patients, one per row, without names. Whoever gets this folder gets them.
"""


def reproduction(spec: AnalysisSpec, results: Sequence[AnalysisResult]) -> dict[str, bytes]:
    """The files that give the numbers of ``results`` again, by name.

    Parameters
    ----------
    spec : AnalysisSpec
        What was asked.
    results : sequence of AnalysisResult
        Curves, tests between groups and Cox regressions are computed again by the scripts; of other kinds the results
        are there, and the specification that gives them.
    """
    told = [result for result in results if _told(result)]
    files = {
        "README.txt": _README.format(version=__version__, python=PYTHON, r=R).encode(),
        "SPEC.json": spec.to_json().encode(),
        RESULTS: _text({result.id: as_json(result) for result in results}),
        ANALYSES: _text([_described(result) for result in told]),
        PYTHON: _PYTHON_SCRIPT.read_bytes(),
    }
    checks = {result.id: check for result in results if (check := r_check(result, _names(result))) is not None}
    files[R] = _r_script(told, checks).encode()
    files |= {_file(result): _data(result) for result in told}
    for result in results:
        if result.id in checks:
            files |= {_names(result)(part): _csv(table) for part, table in checks[result.id].tables.items()}
    return files


def _told(result: AnalysisResult) -> bool:
    """Whether both scripts can compute it: no weights, entries, strata or other parts that need more than a table."""
    if result.kind not in _KINDS or result.subset.data is None or result.subset.data.entry is not None:
        return False
    plain = ("weights", "strata", "cluster", "splines", "interactions", "time_dependent", "time_splits", "penalty")
    if any(getattr(result.analysis, name, None) for name in plain):
        return False
    if result.kind == "compare":
        return result.comparison.weighting == "logrank" and result.comparison.df > 0
    if result.kind == "cox" and result.cox.imputation is not None:  # the completed tables are not in the folder
        return False
    fit = result.cox.multivariable if result.kind == "cox" else None
    return result.kind != "cox" or (fit is not None and fit.ties == "efron" and fit.intervals == "wald")


def _described(result: AnalysisResult) -> dict[str, Any]:
    groups = result.subset.groups
    first = [groups.reference, *(level for level in groups.levels if level != groups.reference)]
    return {
        "id": result.id,
        "kind": result.kind,
        "file": _file(result),
        "levels": [harmless(level) for level in first],
        "conf_level": result.analysis.conf_level,
        "covariates": [
            {"name": name, "levels": [harmless(level) for level in levels]}
            for name, levels in _covariates(result).items()
        ],
    }


def _covariates(result: AnalysisResult) -> dict[str, list[str]]:
    """The covariates of the multivariable model, with their levels, the reference first; none for a number."""
    if result.kind != "cox":
        return {}
    fit = result.cox.multivariable
    assert fit is not None
    found: dict[str, list[str]] = {}
    for term in fit.terms:
        levels = found.setdefault(term.term, [])
        if term.level is not None and term.reference is not None:
            levels += [name for name in (term.reference, term.level) if name not in levels]
    return found


def _data(result: AnalysisResult) -> bytes:
    subset = result.subset
    assert subset.data is not None
    columns: dict[str, Any] = {
        "row": list(subset.row_numbers),
        "time": subset.data.time,
        "event": subset.data.event.astype(int),
        "group": [subset.groups.levels[code] for code in subset.groups.codes],
    }
    for name, levels in _covariates(result).items():
        if levels and name == subset.groups.column:
            columns[name] = columns["group"]
        elif levels:
            codes, labels = codes_of(subset.cohort.patients, name)
            columns[name] = [None if code < 0 else labels[code] for code in codes[subset.positions]]
        else:
            columns[name] = pd.to_numeric(subset.frame[name], errors="coerce")
    return _csv(pd.DataFrame(columns))


def _csv(table: pd.DataFrame) -> bytes:
    frame = table.map(lambda value: harmless(value) if isinstance(value, str) else value)
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _names(result: AnalysisResult) -> Callable[[str], str]:
    """Names of the tables of one result."""
    return lambda part: _file(result).replace(".csv", f"{part}.csv")


def _r_script(results: Sequence[AnalysisResult], checks: Mapping[str, RCheck]) -> str:
    lines = [R_HEAD]
    for name, check in checks.items():
        lines += ["", f"# {name}", *check.lines]
    for result in results:
        read = f'd <- read.csv("{_file(result)}", check.names = FALSE, na.strings = "")'
        lines += ["", f"# {result.id}", read]
        first = _described(result)["levels"]
        lines.append(f"d$group <- factor(d$group, levels = c({', '.join(map(_quoted, first))}))")
        lines.append(f"with(d, print({_r_call(result)}))")
        lines += _r_numbers(result)
    return "\n".join([*lines, "", R_FOOT]) + "\n"


def _r_numbers(result: AnalysisResult) -> list[str]:
    """What R is to find of curves and of a test between groups; the Cox models are printed."""
    if result.kind == "kaplan_meier":
        return curve_lines(result)
    if result.kind == "compare":
        test = "survdiff(Surv(time, event) ~ group, data = d)$chisq"
        return [f"same({_quoted(result.id + ': log-rank test')}, {test}, {result.comparison.statistic!r})"]
    return []


def _r_call(result: AnalysisResult) -> str:
    call = method(result).r_call.split("; ")[0]
    if result.kind == "cox" and isinstance(result.analysis, CoxSpec):
        call = f"summary({call})"
    return call


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _file(result: AnalysisResult) -> str:
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in result.id)
    if not name:
        raise SpecError("An analysis without a name cannot be written.", hint="Give it an id.")
    return f"data_{name}.csv"


def _text(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()
