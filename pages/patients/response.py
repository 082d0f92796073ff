"""Best response: how many patients responded, in how many the disease was controlled, by group."""

from ui import cached, empty, messages, response, safety, sentences, state
from ui.screen import st

selection = safety.without_endpoint(state.current())
cohort = state.current_cohort()

with empty.errors("response"):
    groups = cached.subset(cohort, selection).groups
st.title(sentences.response_question(selection, groups))
headline = st.container()
bar = st.container(horizontal=True)
with messages.plain_errors():
    column, values = response.choose_column(cohort)
with bar:
    options = response.choose(cohort, selection, column)

with messages.plain_errors():
    result = response.analyse(cohort, selection, column, values=values, options=options)
    lesions = response.lesions(cohort, selection, options)

with headline:
    response.headline(cohort, result)
with bar:
    response.bar(cohort, result)
response.figure(result)
response.table(result)
if lesions is not None:
    response.sizes(cohort, lesions)
