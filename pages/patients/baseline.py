"""Table 1: what the patients of each group were like."""

from ui import baseline, baseline_options, cached, empty, messages, safety, sentences, state
from ui.screen import st

selection = safety.without_endpoint(state.current())
cohort = state.current_cohort()

with empty.errors("baseline"):
    groups = cached.subset(cohort, selection).groups
st.title(sentences.baseline_question(selection, groups))
headline = st.container()
bar = st.container(horizontal=True)
variables = baseline.choose(cohort, selection)
if not variables:
    empty.no_factor(cohort, "baseline", what="variable")

with bar:
    options = baseline_options.choose(cohort, variables, baseline.own_table(selection))

with messages.plain_errors():
    result = baseline.analyse(cohort, selection, variables, options)

with headline:
    baseline.headline(cohort, result)
with bar:
    baseline.bar(cohort, result)
baseline.table(result)
baseline.figure(result)
