"""What viewers see: one page of results without small numbers, and files of them.

Belongs here: what can be asked on that page, and drawing the protected answers. Does not belong here: protecting them
(``core.reporting.suppression``). The rows are used to compute and are never drawn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from core.cohort.cohort import Cohort
from core.cohort.study import Study
from core.reporting import format as fmt
from core.reporting.labels import endpoint_label
from core.reporting.suppression.protected import ProtectedAnswers, protected_json
from core.spec import GroupSpec
from team.permits import Act, Holds
from ui import downloads, figures, language, messages, permits, tables
from ui.charts.protected_curve import describe_protected_curves, protected_curve_spec
from ui.grouping import group_label
from ui.permits import handed_over
from ui.screen import st
from ui.team import protected_results, shelf, visit
from ui.team.protected_results import Asked

ASKED = "summary_asked"
_NONE = ""
_HOLDS: Holds = "protected results"


def show() -> None:
    """The page."""
    permits.require(Act.SEE_RESULTS)
    newest = shelf.newest()  # an earlier version beside it would show the few patients that came later
    if not newest:
        st.info("No cohort is saved in this project yet. An analyst or owner saves one on the page Load a cohort.")
        return
    wanted = st.session_state.pop(ASKED, None)
    name = _cohort(newest, wanted)
    with messages.plain_errors():
        study = shelf.study(name, to="results")
    if study is None:
        st.info("There is no such cohort in this project.")
        return
    language.leave_alone(study.cohort)
    visit.required().memo["exported_version"] = shelf.version_of(name)
    asked = _choose(study, name, wanted)
    place = st.container(horizontal=True)
    with messages.plain_errors():
        group = protected_results.checked_group(study, asked.group)
        shown = protected_results.first_variables(study)
        answers = protected_results.answers(study, replace(asked, group=group), shown=shown)
    _draw(answers, place, study.cohort)


def _cohort(newest: dict[str, str], wanted: object) -> str:
    key = f"summary_cohort_{visit.project_id()}"
    if isinstance(wanted, tuple):
        asked = shelf.find(wanted[0])
        if asked is not None:
            st.session_state[key] = shelf.name_of(asked[0].versions[0].id)
    chosen: str = st.selectbox("Cohort", list(newest), format_func=lambda name: newest.get(name, ""), key=key)
    return chosen


def _choose(study: Study, name: str, wanted: object) -> Asked:
    """Endpoint and group; only columns whose every level several patients have are offered, and no filter: what is left
    out would follow by taking one page from another.
    """
    cohort, key = study.cohort, name[-12:]
    endpoints = list(cohort.spec.endpoints)
    columns = protected_results.offered(cohort)
    own = study.spec.group
    if isinstance(wanted, tuple):
        _start(key, cohort, columns, wanted)
    left, right = st.columns(2)
    endpoint = left.selectbox("Endpoint", endpoints, format_func=_endpoint, key=f"summary_endpoint_{key}")
    start = own.column if own is not None and own.column in columns else _NONE
    choices = [_NONE, *columns]
    by = right.selectbox(
        "Group by",
        choices,
        index=choices.index(start),
        format_func=lambda column: group_label(column) if column else "All patients together",
        key=f"summary_group_{key}",
    )
    group = None if not by else own if own is not None and own.column == by else GroupSpec(column=by)
    return Asked(name=name, endpoint=endpoint, group=group)


def _start(key: str, cohort: Cohort, columns: Sequence[str], wanted: tuple[object, ...]) -> None:
    """Begin with what a saved analysis asks for, as far as it can be asked here."""
    _, endpoint, group, filters = wanted
    if endpoint in cohort.spec.endpoints:
        st.session_state[f"summary_endpoint_{key}"] = endpoint
    if isinstance(group, GroupSpec):
        st.session_state[f"summary_group_{key}"] = group.column if group.column in columns else _NONE
    if filters:
        st.caption("The saved analysis keeps only some patients. Such filters are not opened here; everybody is shown.")


def _draw(answers: ProtectedAnswers, place: st.delta_generator.DeltaGenerator, cohort: Cohort) -> None:
    n = "a number that is withheld" if answers.n is None else fmt.patients(answers.n)
    st.markdown(tables.prose(f"Shown are {n}. {answers.comparison}"))
    st.caption("  \n".join(tables.prose(note) for note in answers.notes))
    if answers.curves and answers.curves[0].time.size > 1:
        title = _endpoint(answers.endpoint)
        figures.show(
            protected_curve_spec(answers.curves, unit=answers.unit, title=title, palette=figures.palette()),
            alt=describe_protected_curves(answers.curves, unit=answers.unit, title=title),
            key="summary_curve",
            holds=_HOLDS,
        )
    for table in answers.tables:
        st.header(tables.escaped(table.title))
        own = tuple(note for note in table.footnotes if note not in answers.notes)  # those stand above, once
        tables.show(replace(table, footnotes=own))
    with place:
        downloads.method(_METHOD)
        whose = f"Cohort {cohort.name}."
        downloads.download(
            "summary",
            made=lambda: {table.title: table for table in answers.tables},
            whose=whose,
            holds=_HOLDS,
        )
        st.download_button(
            "JSON",
            handed_over(
                lambda: json.dumps(protected_json(answers), ensure_ascii=False, indent=1), kind="json", holds=_HOLDS
            ),
            file_name="summary.json",
            mime="application/json",
            on_click="ignore",
            key="summary_json",
        )


def _endpoint(name: str) -> str:
    words = endpoint_label(name)
    return f"{words[:1].upper()}{words[1:]}"


_METHOD = (
    "Small counts, also those that only follow from others, are withheld, and with them as many other counts as keep "
    "them from being worked out: minimum frequency rule and complementary suppression, audited by integer programming "
    "(Hundepool et al., Statistical Disclosure Control, 2012).",
    "Curves are Kaplan-Meier estimates at round times only, at which every group had no event or several since the "
    "time before; whole per cent. Medians are told by the printed times between which they lie.",
    "Counts of groups are protected under those of all patients, which are shown too. Small groups are refused.",
)
