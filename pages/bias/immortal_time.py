"""Immortal time: how much of a difference is time in which one group could not have had the event."""

from ui import cached, empty, immortal_time, immortal_time_options, messages, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("immortal_time")

with empty.errors("immortal_time"):
    subset = cached.subset(cohort, selection)
st.title(sentences.immortal_time_question(selection, subset.groups))
headline = st.container()
bar = st.container(horizontal=True)
if len(subset.groups.levels) != 2:
    empty.two_groups(cohort, subset.groups, "immortal_time")
with bar:
    options = immortal_time_options.choose_options(subset, selection)
if options is None:
    immortal_time.not_here(subset)
    st.stop()

with headline, messages.plain_errors():
    result = immortal_time.analyse(cohort, selection, options)
if result is None:
    st.stop()

with headline:
    immortal_time.headline(cohort, result)
with bar:
    immortal_time.bar(cohort, result)
immortal_time.figure(result)
immortal_time.curves(cohort, result)
immortal_time.show_tables(cohort, result)
