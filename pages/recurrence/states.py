"""States over time: who is event-free, alive after recurrence, or dead."""

import dataclasses

from ui import cached, empty, messages, sentences, state, states, survival_options
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("states")
events, deaths = states.endpoints(cohort)
if not events or (len(events) == 1 and events == deaths):
    states.teach(cohort)

title = st.empty()
headline = st.container()
endpoint = states.choose_endpoint(cohort, selection)
with empty.errors("states"):
    subset = cached.subset(cohort, dataclasses.replace(selection, endpoint=endpoint))
title.title(sentences.states_question(selection, subset.groups, endpoint))
by_type = states.choose_types(subset)
unit, last = survival_options.follow_up(subset)
bar = st.container(horizontal=True)
with bar:
    options = states.choose_options(cohort, subset, endpoint=endpoint, by_type=by_type, unit=unit, last=last)

with messages.plain_errors():
    result = states.analyse(cohort, selection, options)
with headline:
    states.headline(cohort, result)
with bar:
    states.bar(cohort, result)
states.figure(result)
states.show_tables(result)
