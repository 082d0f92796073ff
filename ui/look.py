"""What the theme's settings cannot say about the page's look."""

from __future__ import annotations

from ui import language
from ui.charts.theme import theme_named
from ui.screen import st

# On a dark page the primary colour must be light to be read as text, and Streamlit writes white on it.
_DARK_ON_PRIMARY = """<style>
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] * { color: #0e1117; }
</style>"""

# The picture is what one came for: at 1440 x 900 it stands above the fold, under title, finding and caveat.
_CLOSE_TOGETHER = """<style>
[data-testid="stMain"] [data-testid="stHeadingWithActionElements"] h1 { padding-top: 0.25rem; padding-bottom: 0.5rem; }
[data-testid="stMain"] [data-testid="stAlertContainer"] { padding-top: 0.5rem; padding-bottom: 0.5rem; }
</style>"""

# Undo and redo by themselves stand above the title's right end: nothing moves when the first step is made.
_STEPS_ALONE = """<style>
[data-testid="stVerticalBlock"]:has(> [data-testid="stLayoutWrapper"] > .st-key-steps_alone) { position: relative; }
[data-testid="stLayoutWrapper"]:has(> .st-key-steps_alone) {
  position: absolute; top: -1.4rem; right: 0; width: auto; z-index: 1;
}
.st-key-steps_alone button { min-height: 1.6rem; padding-top: 0; padding-bottom: 0; }
</style>"""

# What leads elsewhere looks like it, and begins where the lines above it begin.
_LINKS = """<style>
:is([data-testid="stMain"], [data-testid="stSidebar"]) [data-testid="stPageLink-NavLink"]:not([aria-current]) {
  padding-left: 0; padding-right: 0; background: transparent;
}
:is([data-testid="stMain"], [data-testid="stSidebar"])
  :is([data-testid="stPageLink-NavLink"], [data-testid="stBaseButton-tertiary"]:enabled) p { color: %(link)s; }
[data-testid="stPageLink-NavLink"]:hover p { text-decoration: underline; }
[data-testid="stApp"] a:focus-visible { outline: 2px solid %(link)s; outline-offset: 2px; }
</style>"""

# What was chosen is calm: the finding is what stands out on a page.
_CHOSEN = """<style>
[data-testid="stMultiSelectTagsContainer"] [data-tag] { background: %(chosen)s; }
[data-testid="stMultiSelectTagsContainer"] [data-tag], [data-testid="stMultiSelectTagsContainer"] [data-tag] * {
  color: %(text)s;
}
</style>"""

# A table wider than its place scrolls inside itself: whose numbers they are stays in sight.
_FIRST_COLUMN = """<style>
[data-testid="stTable"] :is(th, td):first-child { position: sticky; left: 0; background: %(paper)s; z-index: 1; }
[data-testid="stTable"] :is(th, td):first-child { padding-left: 0; }
@media (max-width: 40rem) {
  [data-testid="stTable"] td:first-child { min-width: 6.5rem; }
  [data-testid="stTable"] td:not(:first-child) [data-testid="stMarkdownContainer"] {
    width: max-content; max-width: 13rem;
  }
}
[data-testid="stTable"] td [data-testid="stMarkdownContainer"] { max-width: 34rem; }
</style>"""

# A figure keeps room until it is drawn, so that what stands below does not jump as far as a figure is high.
_ROOM_FOR_FIGURES = """<style>
.stPrintGraphic:has([data-testid="stVegaLiteChart"]:empty), .stPrintGraphic > [data-testid="stSkeleton"] {
  min-height: 22rem;
}
</style>"""

# On paper: the page without what is pressed or opened, in ink; a figure, its heading and a row stay whole.
_PRINTED = """<style>
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stPopover"],
  [data-testid="stButton"], [data-testid="stDownloadButton"], [data-testid="stPageLink"], [data-testid="stSelectbox"],
  [data-testid="stMultiSelect"], [data-testid="stButtonGroup"], [data-testid="stCheckbox"],
  [data-testid="stExpander"]:not(:has(details[open])) { display: none; }
  [data-testid="stTable"] tr, [data-testid="stVegaLiteChart"], h1, h2, h3 { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  [data-testid="stMainBlockContainer"] { padding: 0; }
}
</style>"""

# Chinese may break after every sign: a narrow table would stand its headings and labels upright.
_WHOLE_WORDS = """<style>
[data-testid="stTable"] :is(thead, td:first-child), [data-testid="stTable"] :is(thead, td:first-child) * {
  word-break: keep-all; overflow-wrap: normal;
}
</style>"""

# Words of Streamlit's own widgets that no parameter changes: others stand in their place. The button keeps its own for
# who listens, as nothing but its text can be its name.
_IN_PLACE = """<style>
:is(%(upload)s, %(limit)s, %(typed)s, %(written)s) { font-size: 0; }
:is(%(limit)s, %(typed)s, %(written)s) { visibility: hidden; }
:is(%(limit)s, %(typed)s, %(written)s)::after { visibility: visible; }
:is(%(upload)s)::after { content: "上传"; font-size: 1rem; }
:is(%(limit)s)::after { content: "每个文件最大%(mb)s MB"; font-size: 0.875rem; }
:is(%(typed)s)::after { content: "按Enter键确认"; font-size: 0.75rem; }
:is(%(written)s)::after { content: "按Ctrl+Enter键确认"; font-size: 0.75rem; }
</style>"""
_PLACES = {
    "upload": '[data-testid="stFileUploaderDropzone"] > span [data-testid="stBaseButton-secondary"] p',
    "limit": '[data-testid="stFileUploaderDropzoneInstructions"] span',
    "typed": ':is([data-testid="stTextInput"], [data-testid="stNumberInput"]) [data-testid="InputInstructions"]'
    " > span:first-child",
    "written": '[data-testid="stTextArea"] [data-testid="InputInstructions"] > span:first-child',
}


def apply() -> None:
    """Once per run, before anything is drawn."""
    dark = st.context.theme.type == "dark"
    palette = theme_named(st.context.theme.type)
    link = _LINK[palette.name]
    colors = {
        "link": link,
        "chosen": palette.tint(link, 0.28 if dark else 0.14),
        "text": palette.text,
        "paper": palette.background,
    }
    styles = _CLOSE_TOGETHER + _STEPS_ALONE + (_LINKS + _CHOSEN + _FIRST_COLUMN) % colors + _ROOM_FOR_FIGURES + _PRINTED
    if language.current() == language.CHINESE:
        styles += _WHOLE_WORDS + _IN_PLACE % {**_PLACES, "mb": st.get_option("server.maxUploadSize")}
    st.html(styles + _DARK_ON_PRIMARY if dark else styles)


_LINK = {"light": "#0b5e8a", "dark": "#6db8ee"}  # the primary colour of the settings
