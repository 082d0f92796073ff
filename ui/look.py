"""What the theme's settings cannot say about the page's look."""

from __future__ import annotations

from ui.screen import st

# On a dark page the primary colour must be light to be read as text, and Streamlit writes white on it.
_DARK_ON_PRIMARY = """<style>
[data-testid="stMultiSelectTagsContainer"] [data-tag], [data-testid="stMultiSelectTagsContainer"] [data-tag] *,
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] * { color: #0e1117; }
</style>"""


def apply() -> None:
    """Once per run, before anything is drawn."""
    if st.context.theme.type == "dark":
        st.html(_DARK_ON_PRIMARY)
