"""What one may open under the survival figure, each computed when it is opened, and all of it as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting import survival_tables
from core.reporting.all_tests_table import all_tests_table
from core.reporting.comparison_tables import comparison_table, conventions_table, pairwise_table
from core.reporting.difference_curve_report import difference_curve_table
from core.reporting.figure_caption import events_line, software
from core.reporting.incidence_tables import incidence_table
from core.reporting.methods_text import method_lines
from core.reporting.survival_extra_tables import completeness_table, conditional_table, median_difference_table
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, figures, survival_figure, tables
from ui.comparison_options import SIDE_BY_SIDE
from ui.grouping import cut_points
from ui.screen import st
from ui.selection import Selection
from ui.survival import SurvivalResults, permutations
from ui.survival_options import SurvivalOptions, shown_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A table one may open; ``controls`` are drawn above it."""

    name: str
    table: Callable[[], ReportTable | None]
    controls: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What the details are made from."""

    cohort: Cohort
    selection: Selection
    results: SurvivalResults
    options: SurvivalOptions

    @property
    def endpoint(self) -> str:
        assert self.selection.endpoint is not None
        return self.selection.endpoint

    @property
    def unit(self) -> str:
        return self.results.curves.survival.unit

    def asked(self, **more: Any) -> AnalysisResult:
        """The curves' question with something beside the curves."""
        return cached.analysis(self.cohort, self.selection, self.options.survival(self.endpoint) | more)

    def details(self) -> list[Detail]:
        """All there is to open for what is selected."""
        curves, incidence = self.results.curves, self.results.incidence
        drawn = curves.survival.extras.difference is not None
        found = []
        if incidence is not None:
            found.append(
                Detail(name="Cumulative incidence with competing events", table=lambda: incidence_table(incidence))
            )
        return [
            *found,
            Detail(name="Numbers at risk", table=lambda: survival_tables.at_risk_table(curves)),
            *([Detail(name="Difference of the curves", table=lambda: difference_curve_table(curves))] if drawn else []),
            Detail(name="Quantiles", table=lambda: survival_tables.quantile_table(curves)),
            *self._of_groups(),
            Detail(name=self._given_name(), table=self._given, controls=self._given_controls),
            Detail(name="How complete is follow-up?", table=self._completeness, controls=self._completeness_controls),
        ]

    def _of_groups(self) -> list[Detail]:
        curves, comparison = self.results.curves, self.results.comparison
        if comparison is None:
            return []
        found = [
            Detail(name="Test between groups", table=lambda: comparison_table(comparison)),
            Detail(name="All tests side by side", table=lambda: self._all_tests(comparison)),
        ]
        if len(curves.subset.groups.levels) > 2:
            return [*found, Detail(name="Pairs of groups", table=lambda: pairwise_table(comparison))]
        return [
            *found,
            Detail(name="Differences between the groups", table=lambda: survival_tables.contrast_table(curves)),
            Detail(
                name="Difference of medians (bootstrap)",
                table=lambda: median_difference_table(self.asked(median_difference={})),
            ),
            Detail(
                name="Conventions: Cox, log-rank and Mantel-Haenszel ratios",
                table=lambda: conventions_table(comparison, cox=self.results.cox),
            ),
        ]

    def _all_tests(self, planned: AnalysisResult) -> ReportTable:
        test = self.options.test
        two = len(planned.subset.groups.levels) == 2
        draws = permutations(self.results.curves, always=True)
        shown = dict.fromkeys((*SIDE_BY_SIDE, test.weighting))
        made = [
            cached.analysis(
                self.cohort,
                self.selection,
                test.other(name, self.endpoint, permutations=draws if name == "logrank" else None),
            )
            for name in shown
            if two or name != "maxcombo"
        ]
        return all_tests_table(made, planned)

    def _given_name(self) -> str:
        return "If alive at …" if self.endpoint.upper() == "OS" else "If event-free at …"

    def _given_key(self) -> tuple[str, str]:
        """Key of the widget, and the landmarks it starts with: all chosen times but the last."""
        start = shown_times(self.options.times[:-1] or self.options.times)
        return f"km_given_{self.unit}_{start}", start

    def _given_controls(self) -> None:
        key, start = self._given_key()
        typed = st.text_input(
            f"{self._given_name().removesuffix(' …')} ({self.unit})",
            value=start,
            key=key,
            help="One or more times, for example 6, 12. Survival from there on is read at the times under Options.",
            persist_state="session",
        )
        if typed.strip() and cut_points(typed) is None:
            st.warning(f"'{tables.escaped(typed)}' is not a list of times. Write for example 6, 12.")

    def _given(self) -> ReportTable | None:
        key, start = self._given_key()
        typed = str(st.session_state.get(key, start))
        landmarks = cut_points(typed) if typed.strip() else ()
        if not landmarks or min(landmarks) < 0:
            return None
        return conditional_table(self.asked(given=landmarks))

    def _completeness_controls(self) -> None:
        if self._has_dates():
            st.date_input(
                "Data were closed on", value=None, key=f"km_closed_on_{self.endpoint}",
                help="Without a day: the latest date in the data.", persist_state="session",
            )  # fmt: skip
            return
        st.number_input(
            f"Follow-up was possible for ({self.unit})", min_value=0.0, value=None, placeholder="the longest follow-up",
            key=f"km_horizon_{self.endpoint}", persist_state="session",
        )  # fmt: skip

    def _completeness(self) -> ReportTable | None:
        if self._has_dates():
            day = st.session_state.get(f"km_closed_on_{self.endpoint}")
            asked: dict[str, Any] = {"closed_on": day.isoformat()} if day else {}
        else:
            horizon = st.session_state.get(f"km_horizon_{self.endpoint}")
            asked = {"horizon": horizon} if horizon else {}
        return completeness_table(self.asked(completeness=asked))

    def _has_dates(self) -> bool:
        return self.cohort.spec.endpoints[self.endpoint].from_dates


def show(cohort: Cohort, selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> None:
    """The details, folded; what is opened is computed and drawn."""
    page = _Page(cohort=cohort, selection=selection, results=results, options=options)
    for detail in page.details():
        expander = st.expander(detail.name, on_change="rerun", key=f"km_detail_{detail.name}")
        if not expander.open:
            continue
        with expander:
            if detail.controls is not None:
                detail.controls()
            try:
                table = detail.table()
            except CohortError as error:
                st.caption(tables.escaped(" ".join(filter(None, (error.message, error.hint)))))
                continue
            if table is not None:
                tables.show(table)


def bar(cohort: Cohort, selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> None:
    """Method and downloads."""
    page = _Page(cohort=cohort, selection=selection, results=results, options=options)
    asked = [result for result in (results.curves, results.comparison, results.cox) if result is not None]
    lines = [line for result in asked for line in (*method_lines(result), "")]
    downloads.method([*lines, *events_line(results.curves), f"Computed with {software()}."])
    drawn = options.drawn()
    downloads.download(
        f"{cohort.name}_{selection.endpoint}_survival",
        made=lambda: _all_tables(page),
        whose=figures.whose(cohort, results.curves),
        figure=survival_figure.exported(cohort, results, drawn).figure,
        report=downloads.Asked(
            page="survival", results=asked, drawn=drawn, protected=downloads.Protected(part="survival")
        ),
    )


def _all_tables(page: _Page) -> dict[str, ReportTable]:
    """Every table as it stands on the page, those that cannot be made left out."""
    made = {"Survival": survival_tables.survival_table(page.results.curves)}
    for detail in page.details():
        try:
            table = detail.table()
        except CohortError:
            continue
        if table is not None:
            made[detail.name.split(":")[0].strip(" …?")] = table
    return made
