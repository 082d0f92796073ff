"""Adverse events over time: when the first comes, how many there are per patient, how long they last."""

from ui import empty, messages, over_time, over_time_options, safety, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("over_time")
if not over_time.has_starts(cohort):
    st.title("When do adverse events come?")
    st.info(
        "This cohort does not say when adverse events began. Load them as a second file or sheet with one row per "
        "event and a column with the day or date of its start; with one for its end, durations are shown too."
    )
    empty.would_show("over_time")
    st.page_link("pages/cohort/load.py", label="Load a cohort")
    st.stop()

title = st.empty()
headline = st.container()
with messages.plain_errors():
    table = safety.plain(cohort, selection).adverse_events
    kinds = safety.kinds(cohort, selection)
chosen = over_time_options.choose_events(cohort, table, kinds)
bar = st.container(horizontal=True)
with bar:
    picture = over_time_options.choose_picture()
    options = over_time_options.choose(cohort, selection, chosen, picture=picture)

with messages.plain_errors():
    result = over_time.analyse(cohort, selection, options)
title.title(sentences.over_time_question(selection, result.subset.groups))
with headline:
    over_time.headline(cohort, result)
with bar:
    over_time.bar(cohort, result, options)
over_time.figure(result, options)
over_time.show_tables(result)
