"""What the page says of itself to the script around it (``team/web/page_marks.js``): its language and its address.

The script sets the language of the document, by which it is read aloud, and begins another page at its top: the browser
would keep how far the last one was scrolled.
"""

from __future__ import annotations

import html

import streamlit
from streamlit.navigation.page import StreamlitPage

from team.web.first_html import NAME, TAGS
from ui import language


def write(page: StreamlitPage) -> None:
    """Say both, and name the window after the page; to be called inside the sidebar, where it takes no room."""
    streamlit.set_page_config(page_title=f"{page.title} · {NAME}")
    tag, address = TAGS[language.current()], html.escape(page.url_path)
    streamlit.html(f'<span data-page-language="{tag}" data-page-address="{address}"></span>')
