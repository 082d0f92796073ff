"""What the theme's settings cannot say about the page's look."""

from __future__ import annotations

from ui import language
from ui.screen import st

# On a dark page the primary colour must be light to be read as text, and Streamlit writes white on it.
_DARK_ON_PRIMARY = """<style>
[data-testid="stMultiSelectTagsContainer"] [data-tag], [data-testid="stMultiSelectTagsContainer"] [data-tag] *,
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

# Chinese may break after every sign: a narrow table would stand its headings and labels upright.
_WHOLE_WORDS = """<style>
[data-testid="stTable"] :is(thead, td:first-child), [data-testid="stTable"] :is(thead, td:first-child) * {
  word-break: keep-all; overflow-wrap: normal;
}
</style>"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    st.html(_CLOSE_TOGETHER + _STEPS_ALONE)
    if language.current() == language.CHINESE:
        st.html(_WHOLE_WORDS)
    if st.context.theme.type == "dark":
        st.html(_DARK_ON_PRIMARY)
