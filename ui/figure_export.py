"""A figure for its place in print: colours, millimetres, size of letters, resolution; made when a file is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.reporting.language.writing import saying
from team.permits import Holds
from ui import language, made_files
from ui.charts.journal import COLUMNS_MM, MM_RANGE, POINTS_RANGE, RESOLUTIONS, STYLES, Paper, Style
from ui.screen import st

_KEPT = "figure_paper"
_OTHER = "another width"
_STYLE_WORDS: dict[Style, str] = {
    "cohortscope": "as on screen",
    "nejm": "NEJM",
    "lancet": "Lancet",
    "jama": "JAMA",
    "jco": "JCO",
    "grayscale": "shades of grey",
}
_KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "svg": ("SVG", "image/svg+xml"),
    "png": ("PNG", "image/png"),
    "tiff": ("TIFF", "image/tiff"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that can be exported: made when asked for, with its title, the lines under it, and itself in words."""

    spec: Callable[[], object]
    title: str
    caption: Sequence[str]
    alt: Callable[[], str] = str


def figure_files(name: str, figure: Figure, *, key: str, holds: Holds = "results") -> None:
    """The choices of a figure's place in print, which later figures begin with, and one button per kind of file."""
    st.markdown("**Figure**")
    buttons = st.container()
    paper = _chosen(key)
    say = language.translator()
    kinds = [
        made_files.FileKind(
            label=label,
            ending=ending,
            mime=mime,
            write=saying(say, partial(_made, figure, paper, ending)),
            holds=holds,
        )
        for ending, (label, mime) in _KINDS.items()
    ]
    with buttons:
        made_files.offer(
            f"figure_{key}", kinds, stem=name, of=lambda: _all_of(figure, paper, say.language), name="the figure"
        )


def _all_of(figure: Figure, paper: Paper, spoken: str) -> str:
    """Everything that the drawing depends on, as a digest."""
    from ui.charts.export import as_text

    parts = (as_text(figure.spec()), figure.title, *figure.caption, repr(paper), spoken)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _chosen(key: str) -> Paper:
    paper: Paper = st.session_state.get(_KEPT, Paper())
    with st.expander("Size and colours"):
        paper = _asked(paper, key)
    st.session_state[_KEPT] = paper
    return paper


def _asked(paper: Paper, key: str) -> Paper:
    left, right = st.columns(2)
    widths = [*COLUMNS_MM, _OTHER]
    now = next((words for words, mm in COLUMNS_MM.items() if mm == paper.width_mm), _OTHER)
    place = left.selectbox("Width", widths, widths.index(now), format_func=_width_words, key=f"{key}_place")
    style = right.selectbox(
        "Colours", STYLES, STYLES.index(paper.style), format_func=_STYLE_WORDS.__getitem__, key=f"{key}_style"
    )
    mm = COLUMNS_MM.get(place) or float(
        left.number_input("Millimetres", *MM_RANGE, value=paper.width_mm, step=1.0, key=f"{key}_mm")
    )
    points = left.number_input(
        "Letters, points", *POINTS_RANGE, value=paper.points, step=0.5, format="%.1f", key=f"{key}_points"
    )
    dpi = right.selectbox("PNG and TIFF, dots per inch", RESOLUTIONS, RESOLUTIONS.index(paper.dpi), key=f"{key}_dpi")
    caption = st.checkbox("Title and method inside the figure", paper.caption, key=f"{key}_caption")
    return replace(paper, style=style, width_mm=mm, points=float(points), dpi=dpi, caption=caption)


def _width_words(place: str) -> str:
    return f"{place}, {COLUMNS_MM[place]:.0f} mm" if place in COLUMNS_MM else place


def _made(figure: Figure, paper: Paper, kind: str) -> bytes:
    from ui.charts.export import for_paper  # the renderer is large: loaded by the first download

    return for_paper(figure.spec(), paper, kind, title=figure.title, caption=figure.caption)
