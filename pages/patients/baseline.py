"""Table 1: what the patients of each group were like."""

from ui import baseline, baseline_options, cached, messages, safety, sentences, state
from ui.screen import st

selection = safety.without_endpoint(state.current())
cohort = state.current_cohort()

with messages.plain_errors():
    groups = cached.subset(cohort, selection).groups
st.title(sentences.baseline_question(selection, groups))
headline = st.container()
bar = st.container(horizontal=True)
variables = baseline.choose(cohort, selection)
if not variables:
    st.info("Choose at least one variable above.")
    st.stop()

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
