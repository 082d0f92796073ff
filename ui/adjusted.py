"""The page of adjusted curves: what to hold equal, the curves, their differences, and one patient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.adjusted_sentence import ADJUSTED_LIMIT, ONE_RATIO
from core.reporting.adjusted_tables import adjusted_table, difference_table
from core.reporting.labels import column_label, endpoint_label, spoken
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import DrawnSpec
from ui import cached, downloads, figures, messages, says, tables
from ui.charts.adjusted_curve import adjusted_spec, describe_adjusted
from ui.first_factors import first_factors, say_gaps, without_gaps
from ui.grouping import candidates
from ui.hazards_options import own_analysis
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import choose_conf_level, choose_times, switch

START_WITH = 3
MOST_BANDS = 4
MOST_WARNED = 3
NOT_KNOWN_AT_START = frozenset({"best_response"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    times: tuple[float, ...]
    conf_level: float
    own_baseline: bool
    show_band: bool
    show_crude: bool

    def question(self, endpoint: str, factors: Sequence[str], profile: Mapping[str, Any]) -> dict[str, Any]:
        """The question of adjusted survival and of one patient."""
        return {
            "kind": "adjusted_survival",
            "endpoint": endpoint,
            "covariates": list(factors),
            "times": self.times,
            "conf_level": self.conf_level,
            "own_baseline": self.own_baseline,
            "profile": dict(profile),
        }

    def drawn(self) -> DrawnSpec:
        """How the curves are drawn."""
        return DrawnSpec(show_band=self.show_band, show_crude=self.show_crude)


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """What is held equal; starts with the factors of the cohort's own regression, or the first known at the start."""
    group = None if selection.group is None else selection.group.column
    told = () if selection.group is None else (group, *selection.group.chosen_by)
    free = [name for name in candidates(cohort) if name not in told]
    own = own_analysis(selection)
    start = [name for name in own.covariates if name in free] if own is not None else []
    known = [name for name in free if cohort.patients.column(name).role not in NOT_KNOWN_AT_START]
    chosen = st.multiselect(
        "Hold equal",
        free,
        default=start or first_factors(cohort, selection, without_gaps(cohort, selection, known), START_WITH),
        format_func=column_label,
        help="Only what was known when the patients started: what happened later is part of what is compared.",
        key=f"adjusted_factors_{cohort.digest[:12]}_{group}",
        persist_state="session",
    )
    if own is None:
        say_gaps(cohort, selection, known, chosen)
    return chosen


def choose_options(unit: str, last: float, *, grouped: bool) -> AdjustedOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        return AdjustedOptions(
            times=choose_times("Survival at", unit, last, key="adjusted_times"),
            conf_level=choose_conf_level("adjusted_conf_level"),
            own_baseline=grouped
            and switch("Hazards of the groups need not be proportional", "adjusted_own_baseline", start=False),
            show_band=switch("Confidence band (up to four groups)", "adjusted_band", start=True),
            show_crude=switch("Crude Kaplan-Meier curves, dotted", "adjusted_crude", start=True),
        )


def analyse(cohort: Cohort, selection: Selection, factors: Sequence[str], options: AdjustedOptions) -> AnalysisResult:
    """The adjusted curves of what is selected, and the patient in the middle of everybody, where a form may start."""
    assert selection.endpoint is not None
    return cached.analysis(cohort, selection, options.question(selection.endpoint, factors, {}))


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence, and what limits it."""
    value = result.adjusted_survival
    one_ratio = len(value.groups) > 1 and not value.own_baseline
    says.show(cohort, says_of(result), also=[ADJUSTED_LIMIT, ONE_RATIO if one_ratio else ""])
    if value.overlap:
        lines = [spoken(line, value.adjusted_for) for line in value.overlap[:MOST_WARNED]]
        more = len(value.overlap) - len(lines)
        lines += [f"{fmt.several(more, 'more note')} of this kind below the table."] if more > 0 else []
        st.warning("  \n".join(map(tables.prose, lines)))


def bar(cohort: Cohort, result: AnalysisResult, options: AdjustedOptions) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    drawn = options.drawn()
    downloads.download(
        f"{cohort.name}_{result.subset.endpoint}_adjusted",
        made=lambda: all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result, drawn).figure,
        report=downloads.Asked(page="adjusted", results=[result], drawn=drawn),
    )


def exported(cohort: Cohort, result: AnalysisResult, drawn: DrawnSpec) -> downloads.Shown:
    """What a file and the report show."""
    value = result.adjusted_survival
    crude = ["Dotted: crude Kaplan-Meier curves."] if drawn.show_crude else []
    figure = downloads.Figure(
        spec=lambda: adjusted_spec(value, **_drawn(result, drawn), palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=f"{title(result)}, adjusted",
        caption=[*figures.caption(cohort, result), *crude],
        alt=lambda: describe_adjusted(value, title=endpoint_label(result.subset.endpoint or "survival")),
    )
    return downloads.Shown(figure=figure, tables=lambda: [adjusted_table(result)])


def figure(result: AnalysisResult, options: AdjustedOptions) -> None:
    """Adjusted curves, the crude ones dotted."""
    value = result.adjusted_survival
    spec = adjusted_spec(value, **_drawn(result, options.drawn()), palette=figures.palette())
    alt = describe_adjusted(value, title=endpoint_label(result.subset.endpoint or "survival"))
    figures.show(spec, alt=alt, key="adjusted_chart")
    if options.show_crude:
        st.caption("Solid or dashed: adjusted. Dotted: crude Kaplan-Meier of the same patients.")


def title(result: AnalysisResult) -> str:
    """The endpoint as a title."""
    words = endpoint_label(result.subset.endpoint or "survival")
    return words[:1].upper() + words[1:]


def _drawn(result: AnalysisResult, drawn: DrawnSpec) -> dict[str, Any]:
    value = result.adjusted_survival
    return {
        "title": title(result),
        "show_band": drawn.show_band and len(value.groups) <= MOST_BANDS,
        "show_crude": drawn.show_crude,
        "annotation": _annotation(result),
    }


def _annotation(result: AnalysisResult) -> tuple[str, ...]:
    """The adjusted hazard ratio of two groups."""
    value, column = result.adjusted_survival, result.subset.groups.column
    terms = [term for term in value.fit.terms if term.term == column]
    if len(terms) != 1 or not math.isfinite(terms[0].hazard_ratio):
        return ()
    term = terms[0]
    ratio = fmt.ratio_estimate(term.hazard_ratio, term.conf_low, term.conf_high)
    return (f"Adjusted hazard ratio {ratio}", fmt.p_phrase(term.p_value))


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Every table of the result."""
    made = {"Adjusted survival": adjusted_table(result), "Differences": difference_table(result)}
    return {name: table for name, table in made.items() if table is not None}


def show_tables(result: AnalysisResult) -> None:
    """Adjusted and crude numbers, and their differences."""
    main = adjusted_table(result)
    tables.show(main)
    value = result.adjusted_survival
    middle = () if value.patient is None else value.patient.profile.notes
    said = (*main.footnotes, *middle, *value.overlap[:MOST_WARNED])
    messages.notes(result.notes, said=said, columns=value.adjusted_for)
    differences = difference_table(result)
    if differences is not None:
        with st.expander("Differences between the groups, adjusted and crude"):
            tables.show(differences, footnotes=False)
