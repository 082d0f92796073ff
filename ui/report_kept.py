"""What pages put into the report: each a question with its options and a title, computed anew wherever it is drawn.

Kept in the session for the cohort on screen, in its link, and in the saved analysis (``AnalysisSpec.report``). Belongs
here: putting in, naming, taking out, opening. Does not belong here: the bar it stands in (``ui.downloads``), how a part
is drawn (``ui.report_pages``), blocks and their order (``ui.report``).
"""

from __future__ import annotations

from collections.abc import Callable

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.spec import AnalysisSpec, ReportPartSpec
from ui import cohorts, report_link, state
from ui.screen import st
from ui.shown import Asked

_KEPT, _SAID = "report_parts", "report_link_said"
LINK = "report"


def offer(asked: Asked, title: Callable[[], str], *, key: str) -> None:
    """The button that puts what a page asks into the report."""
    st.button(
        "+ Report",
        help="Puts this figure and its table into the report, with these options and filters. They are computed anew "
        "whenever the cohort changes; there they are named, ordered, taken out.",
        key=f"{key}_to_report",
        on_click=_put,
        args=(asked, title),
    )


def kept(cohort: Cohort) -> tuple[ReportPartSpec, ...]:
    """What was put into the report of the cohort on screen, in its order."""
    name = state.current().cohort
    known = _known()
    if name not in known:
        text = state.beside(LINK)
        parts, problem = report_link.parts_of(text) if text else ((), "")
        if problem:
            st.session_state[_SAID] = problem
        known[name] = cohort.name, parts
    of, parts = known[name]
    return parts if of == cohort.name else ()


def problem() -> str:
    """What in the link was not understood, said once."""
    return str(st.session_state.pop(_SAID, ""))


def is_in_link(cohort: Cohort) -> bool:
    """Whether the link holds all that was put in, so that the page may be reloaded."""
    return report_link.text_of(kept(cohort)) is not None


def fitting(cohort: Cohort) -> tuple[ReportPartSpec, ...]:
    """What a specification of the cohort can hold: a part of an endpoint that was taken away cannot be read again."""
    known = (None, *cohort.spec.endpoints)
    return tuple(part for part in kept(cohort) if all(getattr(one, "endpoint", None) in known for one in part.analyses))


def key_of(part: ReportPartSpec) -> str:
    """Stays the same while the report is put in order."""
    return part.analyses[0].id


def take_out(cohort: Cohort, key: str) -> None:
    """Forget one of them."""
    _keep(cohort, tuple(part for part in kept(cohort) if key_of(part) != key))


def rename(cohort: Cohort, key: str, title: str) -> None:
    """Give one of them another title."""
    named = (part.model_copy(update={"title": title}) if key_of(part) == key else part for part in kept(cohort))
    _keep(cohort, tuple(named))


def open_saved(name: str, spec: AnalysisSpec) -> None:
    """Begin with what a saved analysis of the cohort of that name put into its report."""
    cohort = cohorts.load(name)
    if cohort is not None and spec.report:
        _known()[name] = cohort.name, spec.report
        state.keep_beside(LINK, report_link.text_of(spec.report), of=name)


def _known() -> dict[str, tuple[str, tuple[ReportPartSpec, ...]]]:
    """By name in the selection: the cohort's own name, because an upload may be another file, and the parts."""
    found: dict[str, tuple[str, tuple[ReportPartSpec, ...]]] = st.session_state.setdefault(_KEPT, {})
    return found


def _keep(cohort: Cohort, parts: tuple[ReportPartSpec, ...]) -> None:
    name = state.current().cohort
    _known()[name] = cohort.name, parts
    state.keep_beside(LINK, report_link.text_of(parts) if parts else None, of=name)


def _put(asked: Asked, title: Callable[[], str]) -> None:
    cohort, selection = state.current_cohort(), state.current()
    before = kept(cohort)
    number = 1 + max((report_link.number_of(part) for part in before), default=0)
    analyses = [
        {**question, "id": report_link.id_of(number, i, str(question["kind"]))}
        for i, question in enumerate(asked.questions())
    ]
    part = ReportPartSpec.model_validate(
        {
            "page": asked.page,
            "title": title(),
            "filters": selection.filters,
            "group": selection.group if asked.grouped else None,
            "drawn": asked.drawn,
            "analyses": analyses,
        }
    )
    _keep(cohort, (*before, part))
    n = len(before) + 1
    st.toast(
        f"'{part.title}' is in the report now ({fmt.several(n, 'block')} of your own).", icon=":material/note_add:"
    )
