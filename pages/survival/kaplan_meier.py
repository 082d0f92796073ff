"""Kaplan-Meier curves with numbers at risk, and the test between groups."""

from ui import cached, empty, messages, sentences, state, survival, survival_details, survival_figure, survival_options
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("survival")

with empty.errors("survival"):
    subset = cached.subset(cohort, selection)

st.title(sentences.survival_question(selection, subset.groups))
headline = st.container()
bar = st.container(horizontal=True)
with bar:
    options = survival_options.choose(cohort, subset)

with messages.plain_errors():
    results = survival.analyse(cohort, selection, options)

with headline:
    survival.headline(cohort, results)
with bar:
    survival_details.bar(cohort, selection, results, options)
survival_figure.show(cohort, selection, results, options)
survival.show_table(cohort, results)
survival_details.show(cohort, selection, results, options)
