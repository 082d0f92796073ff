"""Treatment course: who was treated when, what the sessions measured, and what became of the patients."""

from ui import cached, empty, messages, safety, sentences, state, treatment
from ui.screen import st

selection = safety.without_endpoint(state.current())
cohort = state.current_cohort()

with empty.errors("treatment"):
    groups = cached.subset(cohort, selection).groups
st.title(sentences.treatment_question(selection, groups))
if not treatment.has_sessions(cohort):
    treatment.nothing(cohort)
    st.stop()
headline = st.container()
bar = st.container(horizontal=True)
with bar:
    options = treatment.choose(cohort)

with messages.plain_errors():
    result = treatment.analyse(cohort, selection, options)

with headline:
    treatment.headline(cohort, result)
with bar:
    treatment.bar(cohort, result)
treatment.figure(cohort, result)
treatment.given(result)
treatment.measured(result)
