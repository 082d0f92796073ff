"""Biomarkers: whether a number goes with an event, along a curve, in groups, and at a searched cut-point."""

from ui import biomarkers, cached, cut_point, empty, messages, sentences, state, survival_options
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("biomarkers")
with empty.errors("biomarkers"):
    subset = cached.subset(cohort, selection)

title = st.empty()
headline = st.container()
left, right = st.columns(2)
with left:
    column = cut_point.choose_column(cohort)
with right:
    event = biomarkers.choose_event(subset)
title.title(sentences.biomarker_question(column, event))
if column is None:
    st.stop()
bar = st.container(horizontal=True)
with bar:
    times, knots = biomarkers.choose_options(*survival_options.follow_up(subset))

curve_place, group_place = st.container(), st.container()
with group_place:
    st.header("In groups of equally many patients")
    groups = biomarkers.choose_groups()
asked = biomarkers.Biomarker(
    endpoint=selection.endpoint, column=column, event=event, groups=groups, knots=knots, times=times
)
with messages.plain_errors():
    grouped = biomarkers.in_groups(cohort, selection, asked)
with group_place:
    biomarkers.show_groups(grouped, asked)
with curve_place:
    curve = biomarkers.or_none(lambda: biomarkers.along(cohort, selection, asked))
    if curve is not None:
        biomarkers.show_curve(curve, asked)
with headline:
    biomarkers.headline(cohort, curve, grouped)
st.header("Is there a cut-point?")
search = biomarkers.or_none(lambda: biomarkers.searched(cohort, selection, asked))
if search is not None:
    biomarkers.show_search(search, asked)
with bar:
    found = {"groups": grouped, "curve": curve, "search": search}
    biomarkers.bar(cohort, asked, {name: result for name, result in found.items() if result is not None})
