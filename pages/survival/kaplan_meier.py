"""Kaplan-Meier curves with numbers at risk, and the test between groups."""

import streamlit as st

from ui import cached, messages, sentences, state, survival, survival_options

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    messages.no_endpoint()

with messages.plain_errors():
    subset = cached.subset(cohort, selection)
unit, last = survival.follow_up(subset)

st.title(sentences.survival_question(selection, subset.groups))
headline = st.container()
bar = st.container(horizontal=True)
with bar:
    options = survival_options.choose(unit, last)

with messages.plain_errors():
    results = survival.analyse(cohort, selection, options)

with headline:
    survival.headline(cohort, selection, results)
with bar:
    survival.bar(cohort, selection, results, options)
survival.figure(selection, results, options)
survival.show_tables(results)
