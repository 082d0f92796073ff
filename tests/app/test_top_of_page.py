"""A page opened by a button begins at its top; a page drawn again stays where it is."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from ui import top_of_page
with st.sidebar:
    top_of_page.begin(st.text_input("Page", "load"))
"""


def test_scrolls_up_only_where_another_page_is_shown() -> None:
    app = AppTest.from_string(SCRIPT).run()
    assert not app.get("html")
    app.text_input[0].set_value("survival").run()
    assert "scrollTo(0, 0)" in app.get("html")[0].proto.body
    assert not app.run().get("html")
