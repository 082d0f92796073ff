"""Subgroups: whether the difference between two groups is the same in every part of the cohort."""

from ui import cached, messages, sentences, state, subgroups
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    messages.no_endpoint()

with messages.plain_errors():
    groups = cached.subset(cohort, selection).groups
st.title(sentences.subgroups_question(selection, groups))
subgroups.need_two_groups(groups)
headline = st.container()
factors = subgroups.choose_factors(cohort, selection)
bar = st.container(horizontal=True)
if not factors:
    st.info("Choose at least one factor above.")
    st.stop()

with messages.plain_errors():
    result = subgroups.analyse(cohort, selection, factors)

with headline:
    subgroups.headline(cohort, result)
with bar:
    subgroups.bar(cohort, result)
subgroups.figure(cohort, result)
subgroups.table(result)
