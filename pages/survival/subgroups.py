"""Subgroups: whether the difference between two groups is the same in every part of the cohort."""

from ui import cached, empty, messages, sentences, state, subgroups
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("subgroups")

with empty.errors("subgroups"):
    groups = cached.subset(cohort, selection).groups
st.title(sentences.subgroups_question(selection, groups))
if len(groups.levels) != 2:
    empty.two_groups(cohort, groups, "subgroups")
headline = st.container()
factors = subgroups.choose_factors(cohort, selection)
bar = st.container(horizontal=True)
if not factors:
    empty.no_factor(cohort, "subgroups")

with messages.plain_errors():
    result = subgroups.analyse(cohort, selection, factors)

with headline:
    subgroups.headline(cohort, result)
with bar:
    subgroups.bar(cohort, result)
subgroups.figure(cohort, result)
subgroups.table(result)
