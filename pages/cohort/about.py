"""About this cohort: where it comes from, what was found in it, and how it compares with what was published."""

from ui import about, findings, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()

st.title("Where do these patients come from?")
about.origin(cohort)
about.published(cohort)

st.header("What was found in the file")
findings.show(cohort.issues)
st.header("Columns")
about.columns(cohort)
about.save(cohort, selection)
