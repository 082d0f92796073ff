"""Cox regression: univariable and multivariable hazard ratios, as a forest plot and a table."""

from ui import empty, hazards, hazards_options, messages, model_building, proportionality, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("hazards")

st.title(sentences.hazards_question(selection))
headline = st.container()
covariates = hazards.choose_factors(cohort, selection)
bar = st.container(horizontal=True)
with bar:
    options = hazards_options.choose_options(cohort, selection, covariates)
if not covariates:
    empty.no_factor(cohort, "hazards")

with headline, messages.plain_errors():
    result = hazards.analyse(cohort, selection, covariates, options)
if result is None:
    st.stop()

with headline:
    hazards.headline(cohort, result)
with bar:
    hazards.bar(cohort, selection, result, options)
hazards.figure(cohort, selection, result)
hazards.table(result)
model_building.show(cohort, selection, result, options)
proportionality.show(cohort, selection, result, options)
