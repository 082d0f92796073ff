"""Saved cohorts of the project: versions, and deletion with a receipt."""

from ui.screen import st
from ui.team import cohort_versions

st.title("Which cohorts are saved?")
cohort_versions.show()
