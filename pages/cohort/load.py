"""Load a cohort: drop a spreadsheet in, confirm what was recognised, or open a sample."""

from team.permits import Act
from ui import cohorts, draft_findings, encoding, intake, mapping, permits, preview, sheets, state, study_file, tour
from ui.screen import st
from ui.team import uploading

permits.require(Act.UPLOAD)
st.title("Which patients shall we look at?")
uploading.say_where_it_goes()

left, right = st.columns([3, 2], gap="large")
with left:
    files = st.file_uploader(
        "Drop a spreadsheet here, or choose a file",
        type=intake.TYPES,
        accept_multiple_files=True,
        help="One row per patient. Adverse events, one row per event, can come as a second file or a second sheet.",
        key="load_files",
    )
    st.caption(
        "Excel, CSV, SPSS, Stata, SAS, Parquet, GraphPad Prism, REDCap or CDISC ADaM; one row per patient. "
        "Further files or sheets can hold adverse events, lesions, treatment sessions, laboratory values and tumour "
        "responses."
    )
    st.caption(
        "A saved study (.cohortscope), or a saved analysis (SPEC.json) alone or with its data, is opened here too."
    )
    with st.expander("Paste a table"):
        pasted = st.text_area(
            "Copy the table with the names of its columns, and paste it here", height=120, key="load_pasted"
        )
with right:
    st.markdown("Or explore a sample (synthetic patients)")
    for name, title in cohorts.SAMPLES.items():
        if st.button(title, key=f"load_sample_{name}", width="stretch"):
            state.replace(cohorts.default_selection(name))
            st.switch_page("pages/survival/kaplan_meier.py")
        tour.offer(name)

dropped = [*((file.name, file.getvalue()) for file in files or ()), *intake.pasted(pasted)]
draft = intake.draft(dropped, sheets.chosen(dropped), encoding=encoding.chosen(dropped))
if draft is None and intake.opened_saved_analysis(dropped):
    st.switch_page("pages/survival/kaplan_meier.py")
if draft is None:
    st.stop()

if draft.saved is not None:
    where = uploading.choose(draft)
    if study_file.offer(draft) and intake.confirm(draft, files=dropped, where=where):
        st.switch_page("pages/survival/kaplan_meier.py")
    st.stop()

st.header("Is this what you meant?")
intake.remembered_notice(draft)
base = draft
draft = intake.protected(intake.graded(intake.corrected(draft)))
problems, values = st.container(), st.container()
left, right = st.columns([3, 2], gap="large")
with problems:
    retyped = intake.retyped(draft)
with values:
    valued = intake.valued(retyped or draft)
with left:
    spec = mapping.edit_mapping(valued)
with right:
    preview.show(retyped or draft, draft, shown=valued)

with problems:
    checked = intake.checked(valued, spec) if retyped is not None and spec is not None else None
    draft_findings.show(checked or valued, base, offered=retyped or draft)
if checked is None:
    st.caption("Before it can be shown: say above how each endpoint is timed and which values mean the event.")
where = uploading.choose(checked or draft)
sure = st.button("Looks right, show survival", type="primary", disabled=checked is None, key="load_confirm")
if sure and checked and intake.confirm(checked, files=dropped, where=where):
    st.switch_page("pages/survival/kaplan_meier.py")
