"""Lesions: how often ablated lesions progress locally, and which ones."""

from ui import lesions, messages, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
table = lesions.table_of(cohort)
if table is None:
    lesions.teach(cohort)
    st.stop()

title = st.empty()
headline = st.container()
factors = lesions.choose_factors(cohort, table)
bar = st.container(horizontal=True)
with bar:
    options = lesions.choose_options(cohort, table, factors)

with messages.plain_errors():
    result = lesions.analyse(cohort, selection, options)
title.title(lesions.question(result))
with headline:
    lesions.headline(cohort, result)
with bar:
    lesions.bar(cohort, result)
lesions.curves(result)
lesions.forest(result)
lesions.show_tables(result)
