"""Conventions: the same median, mean and hazard ratio as R, SAS, Prism and SPSS print them, and why they differ."""

from ui import conventions, empty, messages, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("conventions")

st.title(sentences.conventions_question(selection))
with messages.plain_errors():
    shown, problems = conventions.analyse(cohort, selection)

conventions.headline(cohort, shown)
with st.container(horizontal=True):
    conventions.bar(cohort, shown)
conventions.show_tables(shown, problems)
