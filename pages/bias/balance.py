"""Balance: what is left of a difference once the groups are alike in what was known at the start."""

from ui import balance, balance_options, cached, empty, messages, sentences, state, survival_options
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("balance")

with empty.errors("balance"):
    subset = cached.subset(cohort, selection)
st.title(sentences.balance_question(selection, subset.groups))
if len(subset.groups.levels) != 2:
    empty.two_groups(cohort, subset.groups, "balance")
unit, _ = survival_options.follow_up(subset)
headline = st.container()
factors = balance_options.choose_factors(cohort, selection)
bar = st.container(horizontal=True)
with bar:
    options = balance_options.choose_options(cohort, selection, factors, unit=unit)
if not factors:
    empty.no_factor(cohort, "balance")

with headline, messages.plain_errors():
    result = balance.analyse(cohort, selection, factors, options)
if result is None:
    st.stop()

with headline:
    balance.headline(cohort, result)
with bar:
    balance.bar(cohort, result)
balance.forest(result)
balance.love_plot(result)
balance.overlap(result)
balance.curves(cohort, result)
balance.show_tables(cohort, result)
