"""Cut-point: where to cut a number, and whether that cut is more than what a search finds by chance."""

from ui import cut_point, empty, messages, sentences, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()
if selection.endpoint is None:
    empty.no_endpoint("cut_point")

title = st.empty()
headline = st.container()
column = cut_point.choose_column(cohort)
title.title(sentences.cut_point_question(selection, column))
if column is None:
    st.stop()
bar = st.container(horizontal=True)
with bar:
    share = cut_point.choose_share()

with headline, messages.plain_errors():
    result = cut_point.analyse(cohort, selection, column, share)
if result is None:
    st.stop()

with headline:
    cut_point.headline(cohort, result)
with bar:
    cut_point.bar(cohort, result)
cut_point.figure(result)
with messages.plain_errors():
    cut_point.curves(cohort, selection, result)
cut_point.show_tables(result)
