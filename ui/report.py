"""The report page: which blocks, in which order, under which titles; a preview; one file to take away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.figure_caption import software
from core.reporting.footnotes import SYNTHETIC
from core.reporting.language.translate import LANGUAGES
from core.reporting.language.writing import saying
from core.reporting.report.value import Report
from core.reporting.says import plain_says
from core.work.progress import each
from ui import cached, figures, language, made_files, report_kept, says, tables
from ui.charts.composite import Composite
from ui.made_files import FileKind
from ui.permits import says_refusal
from ui.report_blocks import Answered, Block, Whole, answered, drawings, possible_blocks, questions, renamed, written
from ui.report_figures import Drawing
from ui.screen import st
from ui.selection import Selection

_OFFICE = "application/vnd.openxmlformats-officedocument"
_ORDER = "report_order"


def choose(cohort: Cohort, selection: Selection) -> list[Block]:
    """The blocks that are switched on, in their order and under their titles."""
    possible = {block.key: block for block in possible_blocks(cohort, selection)}
    if problem := report_kept.problem():
        st.warning(problem)
    if not report_kept.is_in_link(cohort):
        st.info(
            "The blocks that pages put in do not fit into the link of this page: save the analysis, or they are gone "
            "when the page is loaded again."
        )
    order = _order(cohort, list(possible))
    chosen = []
    with st.expander("Blocks: choose, name, order", expanded=False):
        for position, key in enumerate(order):
            block = _row(cohort, possible[key], position, order)
            if block is not None:
                chosen.append(block)
    return chosen


def _order(cohort: Cohort, keys: Sequence[str]) -> list[str]:
    """The order that was made, with new blocks at the end of it."""
    kept: list[str] = st.session_state.get(f"{_ORDER}_{cohort.digest[:12]}", [])
    known = [key for key in kept if key in keys]
    return known + [key for key in keys if key not in known] if known else list(keys)


def _row(cohort: Cohort, block: Block, position: int, order: list[str]) -> Block | None:
    base = f"report_{cohort.digest[:12]}_{block.key}"
    with st.container(horizontal=True, vertical_alignment="center"):
        on = st.checkbox("In the report", value=block.on, key=f"{base}_on", label_visibility="collapsed")
        title = st.text_input("Title", block.title, key=f"{base}_title", label_visibility="collapsed", disabled=not on)
        for step, icon, words in ((-1, ":material/arrow_upward:", "up"), (1, ":material/arrow_downward:", "down")):
            st.button(
                icon,
                key=f"{base}_{words}",
                help=f"Move '{tables.escaped(title)}' {words}",
                disabled=not 0 <= position + step < len(order),
                on_click=_move,
                args=(cohort.digest[:12], order, position, step),
            )
        if block.is_kept:
            st.button(
                ":material/delete:",
                key=f"{base}_out",
                help=f"Take '{tables.escaped(title)}' out of the report",
                on_click=report_kept.take_out,
                args=(cohort, block.key),
            )
            if title.strip() not in ("", block.title):
                report_kept.rename(cohort, block.key, title.strip())
    return renamed(block, title) if on else None


def _move(digest: str, order: list[str], position: int, step: int) -> None:
    moved = list(order)
    moved[position], moved[position + step] = moved[position + step], moved[position]
    st.session_state[f"{_ORDER}_{digest}"] = moved


def title_of(cohort: Cohort) -> str:
    """The title of the report, as it was typed."""
    name = cohort.name.replace("_", " ")
    return st.text_input("Title of the report", f"Results: {name}", key=f"report_title_{cohort.digest[:12]}")


def answer_all(cohort: Cohort, selection: Selection, blocks: Sequence[Block]) -> list[Answered] | None:
    """The results of every block; None while they are computed."""
    asked = [one for block in blocks for one in questions(selection, block)]
    if not cached.prepared(cohort, asked, place="report", name="the report"):
        return None
    return [answered(cohort, selection, block) for block in blocks]


def downloads(title: str, found: Sequence[Answered], of: Whole) -> None:
    """One button per kind of file; each is written when it is asked for, in the language that is chosen here."""
    say = language.translator(_language())
    if says_refusal("results"):
        return
    kinds = [
        FileKind(
            label=label,
            ending=ending,
            mime=mime,
            write=saying(say, lambda write=write: write(_report(title, found, of), of)),  # type: ignore[misc]
            holds="rows" if ending == "zip" else "results",
            is_first=ending == "docx",
        )
        for label, ending, mime, write in (
            ("Word", "docx", f"{_OFFICE}.wordprocessingml.document", _word),
            ("PowerPoint", "pptx", f"{_OFFICE}.presentationml.presentation", _slides),
            ("PDF", "pdf", "application/pdf", _pdf),
            ("HTML", "html", "text/html", _html),
            ("Everything (zip)", "zip", "application/zip", _everything),
        )
    ]
    made_files.offer(
        "report_file",
        kinds,
        stem=f"{of.cohort.name}_report",
        of=lambda: "\0".join([of.cohort.digest, of.spec.to_json(), title, *map(":".join, of.titles), say.language]),
        name="the report",
    )
    st.caption(
        "The zip also holds every figure and table by itself, and a folder that gives the numbers again with lifelines "
        "and R: the analysed patients are in it, one per row, without names."
    )


def _language() -> str:
    """The language of the file: that of the screen unless another one is chosen."""
    chosen = st.segmented_control(
        "Language of the file",
        list(LANGUAGES),
        default=language.current(),
        format_func=LANGUAGES.__getitem__,
        required=True,
        key=f"report_language_{language.current()}",
    )
    return chosen or language.current()


def preview(found: Sequence[Answered], of: Whole) -> None:
    """The report as it will stand in the file."""
    for one in found:
        block = written(one, of, drawn=False)
        st.header(tables.escaped(block.title))
        for sentence in block.sentences:
            st.markdown(tables.prose(sentence))
        if block.notes:
            st.markdown("\n".join(f"- {tables.prose(note)}" for note in block.notes))
        for i, drawing in enumerate(drawings(of.cohort, one)):
            _draw(drawing, key=f"report_{one.block.key}_{i}")
        for table in block.tables:
            tables.show(table)


def _draw(drawing: Drawing, *, key: str) -> None:
    """A figure, or one after the other those that stand on one sheet in the file."""
    spec = drawing.spec(figures.palette(), "container")
    if not isinstance(spec, Composite):
        figures.show(spec, alt=drawing.alt, key=key)
        return
    for position, panel in enumerate(spec.panels):
        if panel.title:
            st.markdown(f"**{tables.prose(panel.title)}**")
        figures.show(panel.spec, alt=drawing.alt, key=f"{key}_{position}")


def _report(title: str, found: Sequence[Answered], of: Whole) -> Report:
    cohort = of.cohort
    about = (
        f"Cohort {cohort.name}: {fmt.patients(cohort.n)}. Written on {dt.date.today().isoformat()} with {software()}.",
        *([SYNTHETIC] if cohort.synthetic else []),
    )
    return Report(
        title=title or "Results",
        about=about,
        blocks=tuple(written(one, of, drawn=True) for one in each(found, "writing")),
    )


def _word(report: Report, of: Whole) -> bytes:
    from core.reporting.report.word import report_word_bytes  # loaded by the first who wants the file

    return report_word_bytes(report)


def _slides(report: Report, of: Whole) -> bytes:
    from core.reporting.report.slides import report_slides_bytes

    return report_slides_bytes(report)


def _pdf(report: Report, of: Whole) -> bytes:
    from core.reporting.report.pdf import report_pdf_bytes

    return report_pdf_bytes(report)


def _html(report: Report, of: Whole) -> bytes:
    from core.reporting.report.html import report_html_bytes

    return report_html_bytes(report)


def _everything(report: Report, of: Whole) -> bytes:
    from core.reporting.report.everything import everything_bytes
    from core.reporting.report.reproduce import reproduction

    return everything_bytes(report, reproduction(of.spec, of.results))


def headline(cohort: Cohort, found: Sequence[Answered]) -> None:
    """What the file will hold."""
    n_figures = sum(len(drawings(cohort, one)) for one in found)
    finding = (
        f"{fmt.several(len(found), 'block')} with {fmt.several(n_figures, 'figure')}, in the order of a paper, of "
        "the cohort, group and filters at the left."
    )
    editable = "Tables can be edited in Word; every number carries its method."
    says.show(cohort, plain_says(finding, "report", editable))
