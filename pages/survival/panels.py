"""Panels: survival in several endpoints, or in every part of the cohort, beside each other on one time axis."""

from ui import cached, empty, messages, panels, sentences, state
from ui.grouping import candidates
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("panels")

with empty.errors("panels"):
    groups = cached.subset(cohort, selection).groups
st.title(sentences.panels_question(selection, groups))
headline = st.container()
with messages.plain_errors():
    looks = panels.choose(cohort, selection)
bar = st.container(horizontal=True)
if not looks:
    if not candidates(cohort):
        empty.no_factor(cohort, "panels")
    st.info("Choose above what stands in the panels.")
    st.stop()

with messages.plain_errors():
    made = panels.analyse(cohort, selection, looks)
if not made:
    st.info("No panel has patients: loosen a filter in the sidebar.")
    st.stop()

with headline:
    panels.headline(cohort, made)
with bar:
    panels.bar(cohort, made)
panels.figure(made)
panels.table(made)
