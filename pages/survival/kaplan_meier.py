"""Kaplan-Meier curves with numbers at risk, and the test between groups."""

import streamlit as st

from ui import cached, messages, render, sentences, state, survival_options

selection = state.current()
cohort = state.current_cohort()

with messages.plain_errors():
    subset = cached.subset(cohort, selection)
    unit, last = sentences.follow_up(subset)

st.title(sentences.survival_question(selection, subset.groups))
headline = st.container()
bar = st.container(horizontal=True)
with bar:
    options = survival_options.choose(unit, last)

with messages.plain_errors():
    result = cached.survival(cohort, selection, options)

with headline:
    render.survival_headline(cohort, selection, result)
with bar:
    render.survival_bar(cohort, selection, result, options)
render.survival_figure(selection, result, options)
render.survival_tables(result)
