"""How complete and plausible the data are: findings, missing cells, distributions."""

from ui import quality, state
from ui.screen import st

cohort = state.current_cohort()

st.title("Can these data be trusted?")
made = quality.analyse(cohort)
quality.headline(cohort, made)
with st.container(horizontal=True):
    quality.bar(cohort, made)
quality.found(cohort)
quality.missing(made)
quality.columns(made)
