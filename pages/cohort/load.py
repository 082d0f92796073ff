"""Load a cohort: drop a spreadsheet in, confirm what was recognised, or open a sample."""

import streamlit as st

from ui import cohorts, intake, mapping, messages, state

st.title("Which patients shall we look at?")
st.markdown("Survival and safety for liver-tumour cohorts, on your computer. Nothing is sent anywhere.")

left, right = st.columns([3, 2], gap="large")
with left:
    files = st.file_uploader(
        "Drop a spreadsheet here, or choose a file",
        type=intake.TYPES,
        accept_multiple_files=True,
        help="One row per patient. Adverse events, one row per event, can come as a second file or a second sheet.",
        key="load_files",
    )
    st.caption("Excel, CSV or TSV, one row per patient. A second file or sheet can hold one row per adverse event.")
    st.caption("A saved analysis (SPEC.json) can be dropped here too, alone or with its data.")
with right:
    st.markdown("Or explore a sample (synthetic patients)")
    for name, title in cohorts.SAMPLES.items():
        if st.button(title, key=f"load_sample_{name}", width="stretch"):
            state.replace(cohorts.default_selection(name))
            st.switch_page("pages/survival/kaplan_meier.py")

dropped = [(file.name, file.getvalue()) for file in files or ()]
draft = intake.draft(dropped)
if draft is None and intake.opened_saved_analysis(dropped):
    st.switch_page("pages/survival/kaplan_meier.py")
if draft is None:
    st.stop()

st.header("Is this what you meant?")
findings = st.container()
left, right = st.columns([3, 2], gap="large")
with findings:
    retyped = intake.retyped(draft)
with left:
    spec = mapping.edit_mapping(retyped or draft)
with right:
    intake.preview(retyped or draft, draft)

with findings:
    checked = intake.checked(retyped, spec) if retyped is not None and spec is not None else None
    messages.issues((checked or retyped or draft).issues)
if checked is None:
    st.caption("Before it can be shown: say above how each endpoint is timed and which values mean the event.")
if st.button("Looks right, show survival", type="primary", disabled=checked is None, key="load_confirm") and checked:
    intake.confirm(checked)
    st.switch_page("pages/survival/kaplan_meier.py")
