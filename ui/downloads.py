"""The small bar of a result: its method in words, and its figure and tables as files, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.errors import CohortError
from core.reporting.language.writing import saying
from core.reporting.table_files import TABLE_FILES, TableFile, file_word, table_bytes
from core.reporting.tables import ReportTable
from team.permits import Holds
from ui import language, report_kept, tables
from ui.figure_export import Figure as Figure
from ui.figure_export import figure_files
from ui.permits import export_refusal, handed_over, says_refusal
from ui.screen import st
from ui.shown import Asked as Asked
from ui.shown import Protected as Protected
from ui.shown import Shown as Shown

_FORMATS = {kind.name: kind for kind in TABLE_FILES}
_LAST_FORMAT = "table_format"  # what was taken last, on whichever page


def method(lines: Sequence[str]) -> None:
    """The method of a result: what, formula, R call, source, version."""
    with st.popover("Method"):
        st.markdown(
            "\n\n".join(line if line.startswith("In R") else tables.prose(line) for line in dict.fromkeys(lines))
        )


def download(
    name: str,
    *,
    made: Callable[[], Mapping[str, ReportTable]],
    whose: str,
    figure: Figure | None = None,
    key: str = "download",
    report: Asked | None = None,
    label: str = "Download",
    holds: Holds = "results",
) -> None:
    """One menu: the figure at its place in print, and each table, or all, as Word, Excel, LaTeX, HTML or CSV; and the
    button that puts them into the report.

    ``whose`` says in each file which patients it shows; a second one on a page needs a ``key`` of its own. Without
    ``report`` nothing can be put there: what no specification asks for, such as two data cuts or one patient. What the
    files hold decides whether a project lets them out; where it does not, the protected answers of what was
    asked stand there instead.
    """
    place = st.popover(label, on_change="rerun", key=key)
    if place.open:
        with place:
            if report is not None and report.protected is not None and export_refusal(holds) is not None:
                _protected(name, report.protected, key=key)
            elif not says_refusal(holds):
                if figure is not None:
                    figure_files(name, figure, key=key)
                _tables(name, {title: table.with_footnotes(whose) for title, table in made().items()}, holds, key=key)
    if report is not None:
        report_kept.offer(report, lambda: figure.title if figure else next(iter(made().values())).title, key=key)


def _protected(name: str, wanted: Protected, *, key: str) -> None:
    """The files without small numbers, and why they are not those of the page."""
    from ui.team import protected_files

    try:
        made = protected_files.files(wanted)
    except CohortError as error:
        st.info(tables.escaped(" ".join(filter(None, (error.message, error.hint)))))
        return
    st.caption("  \n".join(tables.prose(note) for note in made.notes))
    if made.figure is not None:
        figure_files(name, made.figure, key=key, holds="protected results")
    _tables(name, made.tables, "protected results", key=key)


def _tables(name: str, shown: Mapping[str, ReportTable], holds: Holds, *, key: str) -> None:
    st.markdown("**Tables**")
    kind = _format(key)
    with st.container(gap=None):
        _table_buttons(name, shown, kind, holds)


def _format(key: str) -> TableFile:
    """Which kind of file the tables are wanted as; the one taken last comes first."""
    last = st.session_state.get(_LAST_FORMAT, TABLE_FILES[0].name)
    chosen = st.segmented_control(
        "Tables as",
        list(_FORMATS),
        default=last,
        key=f"{key}_format",
        required=True,
        width="stretch",
        label_visibility="collapsed",
    )
    st.session_state[_LAST_FORMAT] = chosen or last
    return _FORMATS[chosen or last]


def _table_buttons(name: str, made: Mapping[str, ReportTable], kind: TableFile, holds: Holds) -> None:
    if len(made) > 1:
        _button(
            f"All tables, {kind.name}",
            lambda: table_bytes(list(made.values()), kind.several),
            f"{name}.{kind.several}",
            kind.several_mime,
            holds=holds,
        )
    for title, table in made.items():
        _button(
            f"{title}, {kind.name}",
            lambda table=table: table_bytes([table], kind.ending),  # type: ignore[misc]
            f"{name}_{file_word(title)}.{kind.ending}",
            kind.mime,
            holds=holds,
        )


def _button(label: str, data: Callable[[], bytes], file: str, mime: str, *, holds: Holds) -> None:
    st.download_button(
        label,
        handed_over(saying(language.translator(), data), kind=file.rpartition(".")[2], holds=holds),
        file_name=file,
        mime=mime,
        on_click="ignore",
        key=f"download_{file}",
        type="tertiary",
        width="stretch",
    )
