"""A paper's results in one file: blocks in the order of a paper, a preview, Word and HTML."""

import streamlit as st

from ui import messages, report, state

selection = state.current()
cohort = state.current_cohort()

st.title("What goes into the report?")
with messages.plain_errors():
    title = report.title_of(cohort)
    blocks = report.choose(cohort, selection)
    found = report.answer_all(cohort, selection, blocks)
    report.headline(cohort, found)
    report.downloads(cohort, title, found)
    report.preview(cohort, found)
