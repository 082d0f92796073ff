"""Every comparison that was looked at in this cohort, and what chance alone would give."""

from ui import ledger, messages, state
from ui.screen import st

cohort = state.current_cohort()
st.title("How many comparisons were looked at?")
with messages.plain_errors():
    ledger.show(cohort)
