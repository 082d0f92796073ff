"""Immortal time: how much of a difference is time in which one group could not have had the event."""

from ui import cached, immortal_time, immortal_time_options, messages, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    messages.no_endpoint()

with messages.plain_errors():
    subset = cached.subset(cohort, selection)
st.title(sentences.immortal_time_question(selection, subset.groups))
headline = st.container()
bar = st.container(horizontal=True)
options = None
if len(subset.groups.levels) == 2:
    with bar:
        options = immortal_time_options.choose_options(subset, selection)
if options is None:
    immortal_time.not_here(subset)
    st.stop()

with messages.plain_errors():
    result = immortal_time.analyse(cohort, selection, options)

with headline:
    immortal_time.headline(cohort, result)
with bar:
    immortal_time.bar(cohort, result)
immortal_time.figure(result)
immortal_time.curves(cohort, result)
immortal_time.show_tables(cohort, result)
