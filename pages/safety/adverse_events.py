"""Adverse events by group: any grade and grade 3 or more, worst grade per patient and term."""

from ui import (
    cached,
    empty,
    messages,
    safety,
    safety_options,
    safety_patients,
    safety_picture,
    safety_survival,
    safety_terms,
    sentences,
    state,
)
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if cohort.adverse_events is None:
    st.title("Which adverse events occurred?")
    st.info("This cohort has no adverse events. Load them as a second file or sheet with one row per event.")
    empty.would_show("safety")
    st.page_link("pages/cohort/load.py", label="Load a cohort")
    st.stop()

with empty.errors("safety"):
    groups = cached.subset(cohort, safety.without_endpoint(selection)).groups
st.title(sentences.adverse_events_question(selection, groups))
headline = st.container()
bar = st.container(horizontal=True)
with bar:
    with messages.plain_errors():
        kinds = safety.kinds(cohort, selection)
    options = safety_options.choose(cohort, groups, kinds)

with headline, messages.plain_errors():
    result = safety.analyse(cohort, selection, options)
if result is None:
    st.stop()

with headline:
    safety.headline(cohort, result)
    safety_terms.hint(cohort)
with messages.plain_errors():
    picture = safety.shown(cohort, selection, result, options)
with bar:
    safety.bar(cohort, result, options, picture)
safety_picture.draw(cohort, result, picture)
if safety_patients.show(cohort, result):  # beside the picture: a click there must show that it did something
    st.switch_page("pages/survival/kaplan_meier.py")
safety.table(result, options)
safety_terms.show(cohort)
safety_survival.show(cohort, selection, result, kinds)
