"""Two cuts of the same data: who came, went or changed, and what that does to the results."""

from ui import data_cuts, messages, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()

st.title("What changed since the last data cut?")
files = data_cuts.earlier()
if not files:
    st.info("The later cut is the cohort on screen. Drop the earlier one to see who came, went and changed.")
    st.stop()
with messages.plain_errors():
    cuts = data_cuts.compared(files, cohort, selection)
if cuts is not None:
    data_cuts.show(cuts, cohort)
