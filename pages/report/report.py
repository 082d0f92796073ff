"""A paper's results in one file: blocks in the order of a paper, a preview, as Word, HTML or one zip."""

from ui import messages, report, report_blocks, state
from ui.screen import st

selection = state.current()
cohort = state.current_cohort()

st.title("What goes into the report?")
with messages.plain_errors():
    title = report.title_of(cohort)
    blocks = report.choose(cohort, selection)
    found = report.answer_all(cohort, selection, blocks)
    if found is None:
        st.stop()
    report.headline(cohort, found)
    of = report_blocks.whole(cohort, selection, found)
    report.downloads(title, found, of)
    report.preview(found, of)
