"""One patient: treatment, lesions, adverse events, response, progression and end on one time axis."""

from ui import messages, profile, safety, state
from ui.screen import st

selection = safety.without_endpoint(state.current())
cohort = state.current_cohort()

st.title("What happened to this patient?")
with messages.plain_errors():
    patient = profile.choose(cohort, selection)
if patient is None:
    st.stop()
headline = st.container()
bar = st.container(horizontal=True)

with messages.plain_errors():
    result = profile.analyse(cohort, selection, patient)

with headline:
    profile.headline(cohort, result)
with bar:
    profile.bar(cohort, result)
profile.figure(result)
profile.details(result)
