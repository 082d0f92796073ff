"""Load a cohort: drop a spreadsheet in, confirm what was recognised, or open a sample."""

import streamlit as st

from core.cohort.load import with_spec
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
    st.caption("Excel, CSV or TSV, one row per patient. A second file can hold one row per adverse event.")
    st.caption("A saved analysis (SPEC.json) can be dropped here too, alone or with its data.")
with right:
    st.markdown("Or explore a sample (synthetic, fitted to a published study)")
    for name, title in cohorts.SAMPLES.items():
        if st.button(title, key=f"load_sample_{name}", width="stretch"):
            state.replace(cohorts.default_selection(name))
            st.switch_page("pages/survival/kaplan_meier.py")

draft = intake.draft([(file.name, file.getvalue()) for file in files or ()])
if draft is None and files and intake.opened_saved_analysis():
    st.switch_page("pages/survival/kaplan_meier.py")
if draft is None:
    st.stop()

st.header("Is this what you meant?")
findings = st.container()
left, right = st.columns([3, 2], gap="large")
with left:
    spec = mapping.edit_mapping(draft)
with right:
    intake.preview(draft)

with findings:
    messages.issues((intake.checked(draft, spec) if spec is not None else draft).issues)
if st.button("Looks right, show survival", type="primary", disabled=spec is None, key="load_confirm"):
    intake.confirm(with_spec(draft, spec) if spec is not None else draft)
    st.switch_page("pages/survival/kaplan_meier.py")
