"""The page of conventions: the same patients as R, SAS, Prism and SPSS would print them."""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting import conventions_report as report
from core.reporting.conventions_report import Conventions
from core.reporting.says import plain_says
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, figures, messages, says, tables
from ui.screen import st
from ui.selection import Selection


def analyse(cohort: Cohort, selection: Selection) -> tuple[Conventions, tuple[str, ...]]:
    """Curves, and of two groups the test and both Cox regressions; why a ratio could not be computed."""
    endpoint = selection.endpoint
    curves = cached.analysis(cohort, selection, {"kind": "kaplan_meier", "endpoint": endpoint, "conf_type": "log"})
    if selection.group is None or len(curves.subset.groups.levels) != 2:
        return Conventions(curves=curves), ()
    questions: dict[str, dict[str, object]] = {
        "comparison": {"kind": "compare"},
        "efron": {"kind": "cox", "covariates": [selection.group.column], "ties": "efron"},
        "breslow": {"kind": "cox", "covariates": [selection.group.column], "ties": "breslow"},
    }
    found: dict[str, AnalysisResult] = {}
    problems: list[str] = []
    for name, question in questions.items():
        try:
            found[name] = cached.analysis(cohort, selection, {**question, "endpoint": endpoint})
        except CohortError as error:
            problems.append(error.message)
    return Conventions(curves=curves, **found), tuple(dict.fromkeys(problems))


def headline(cohort: Cohort, shown: Conventions) -> None:
    """The answer in a sentence."""
    says.show(cohort, plain_says(report.conventions_headline(shown), "conventions"))


def bar(cohort: Cohort, shown: Conventions) -> None:
    """Method and downloads."""
    downloads.method(report.conventions_method(shown))
    downloads.download(
        f"{cohort.name}_{shown.curves.subset.endpoint}_conventions",
        made=lambda: _all_tables(shown),
        whose=figures.whose(cohort, shown.curves),
        report=downloads.Asked(page="conventions", results=shown.results),
    )


def exported(results: Sequence[AnalysisResult]) -> downloads.Shown:
    """What the report shows: curves, and of two groups the test and the regressions by Efron and Breslow."""
    curves, *others = results
    found = {"comparison" if one.kind == "compare" else str(getattr(one.analysis, "ties", "")): one for one in others}
    known = {name: one for name, one in found.items() if name in ("comparison", "efron", "breslow")}
    return downloads.Shown(tables=lambda: list(_all_tables(Conventions(curves=curves, **known)).values()), sentences=())


def show_tables(shown: Conventions, problems: tuple[str, ...]) -> None:
    """Median, mean and ratios, one below the other."""
    made = _all_tables(shown)
    for name, table in made.items():
        st.header(tables.escaped(name))
        tables.show(table, footnotes=False)
    if "Ratios of two groups" not in made:
        st.info(" ".join(problems) or report.TWO_GROUPS_ONLY)
    shared = set.intersection(*(set(table.footnotes) for table in made.values()))
    said = [note for table in made.values() for note in table.footnotes]
    messages.notes([*sorted(said, key=lambda note: note in shared), *shown.curves.subset.notes])


def _all_tables(shown: Conventions) -> dict[str, ReportTable]:
    made = {"Median": report.median_table(shown), "Mean": report.mean_table(shown)}
    ratios = report.ratio_table(shown)
    return made if ratios is None else {**made, "Ratios of two groups": ratios}
