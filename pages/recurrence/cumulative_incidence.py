"""Competing events: how often each event came first, by group, and which factors go with it."""

from ui import (
    cached,
    competing,
    competing_empty,
    competing_factors,
    competing_options,
    empty,
    messages,
    sentences,
    state,
    survival_options,
)
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("competing")

with empty.errors("competing"):
    subset = cached.subset(cohort, selection)
if not competing.several_events(subset):
    competing_empty.teach(cohort, selection)
unit, last = survival_options.follow_up(subset)

top = st.container()
view = competing.choose_view(subset)
bar = st.container(horizontal=True)
with bar:
    options = competing_options.choose(unit, last)

with top:
    st.title(sentences.competing_question(selection, subset.groups, event=view.event, others=view.others))
    with messages.plain_errors():
        result = competing.analyse(cohort, selection, options, view=view, groups=len(subset.groups.levels))
    competing.headline(cohort, result, view)
with bar:
    competing.bar(cohort, selection, result, view=view, options=options)
competing.figure(result, view, options)
competing.show_tables(cohort, selection, result)
competing_factors.show(cohort, selection, view.event, conf_level=options.conf_level)
