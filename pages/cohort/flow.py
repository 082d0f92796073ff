"""The flow of patients: in the file, eligible, analysed, and who is left out on the way."""

from ui import flow, messages, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()

st.title("Who is analysed, and who is left out?")
with messages.plain_errors():
    result = flow.analyse(cohort, selection)
flow.headline(cohort, result)
with st.container(horizontal=True):
    flow.bar(cohort, result)
flow.figure(result)
flow.table(result)
