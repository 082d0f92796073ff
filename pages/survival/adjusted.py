"""Adjusted curves: whether groups still differ once the patients' factors are the same."""

from ui import adjusted, adjusted_patient, cached, empty, messages, sentences, state, survival_options
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("adjusted")

with empty.errors("adjusted"):
    subset = cached.subset(cohort, selection)
unit, last = survival_options.follow_up(subset)
title = st.empty()
headline = st.container()
factors = adjusted.choose_factors(cohort, selection)
title.title(sentences.adjusted_question(selection, subset.groups, factors))
bar = st.container(horizontal=True)
with bar:
    options = adjusted.choose_options(unit, last, grouped=len(subset.groups.levels) > 1)
if not factors:
    empty.no_factor(cohort, "adjusted")

with messages.plain_errors():
    result = adjusted.analyse(cohort, selection, factors, options)

with headline:
    adjusted.headline(cohort, result)
with bar:
    adjusted.bar(cohort, result, options)
adjusted.figure(result, options)
adjusted.show_tables(result)
adjusted_patient.show(cohort, selection, factors, options, result)
