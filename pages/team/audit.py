"""The audit trail of the project, for its owners."""

from ui.screen import st
from ui.team import audit

st.title("Who did what, and when?")
audit.show()
