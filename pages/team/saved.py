"""Saved analyses: opened as they were saved."""

from ui.screen import st
from ui.team import saved

st.title("What was saved?")
saved.show()
