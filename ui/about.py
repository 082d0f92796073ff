"""About this cohort: origin, fit to published figures, columns, and the analysis as a file."""

from __future__ import annotations

import pandas as pd

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.evidence.published import compare_with_published
from core.reporting.labels import column_label
from ui import cohorts, ledger, messages, report_kept, safety_view, study_file, tables
from ui.screen import st
from ui.selection import Selection

_ORIGINS = {
    "hifu_ici": "HIFU with immune checkpoint inhibitors against checkpoint inhibitors alone for liver metastases, "
    "94 patients. Fitted to Oncology Letters 2025, DOI 10.3892/ol.2025.14871.",
    "ablation_tace_net": "Ablation with TACE against TACE alone for liver metastases of neuroendocrine tumours, "
    "108 patients. Fitted to J Cancer Res Clin Oncol 2025, DOI 10.1007/s00432-025-06274-y.",
    "hcc_ablation": "Recurrence after thermal ablation of hepatocellular carcinoma, 240 patients and their lesions. "
    "Built on the risk factors of a 2025 review; no single study is reproduced.",
}


def origin(cohort: Cohort) -> None:
    """Where the patients come from, and how many there are."""
    if cohort.synthetic:
        st.markdown(_ORIGINS.get(cohort.name, ""))
        messages.synthetic()
    elif cohort.saved is None:
        st.markdown("Loaded in this session. The patients stay in this computer's memory; nothing is sent anywhere.")
    events = f", {len(cohort.adverse_events.frame):,} adverse events" if cohort.adverse_events is not None else ""
    st.markdown(f"{cohort.n:,} patients, {len(cohort.patients.columns)} columns{events}.")
    st.caption(f"Content digest (SHA-256): {cohort.digest}")
    study_file.origin(cohort)


def published(cohort: Cohort) -> None:
    """Published and computed figures side by side, for a sample."""
    if cohort.name not in cohorts.SAMPLES or not cohort.synthetic:
        return
    rows = _fit(cohort.name)
    if not rows:
        return
    st.header("How it compares with what was published")
    ruled = [row for row in rows if row.required]
    st.markdown(f"{sum(row.agrees for row in ruled)} of {len(ruled)} figures agree within the stated rule.")
    if len(ruled) < len(rows):
        st.markdown(f"{len(rows) - len(ruled)} printed figures are shown for information: no rule binds them.")
    st.dataframe(
        pd.DataFrame(
            {
                "Figure": [row.quantity for row in rows],
                "Group": [row.group for row in rows],
                "Published": [row.published for row in rows],
                "This cohort": [row.computed for row in rows],
                "Rule": [row.rule for row in rows],
                "Agrees": ["yes" if row.agrees else "no" if row.required else "differs" for row in rows],
            }
        ),
        hide_index=True,
        alt="Published figures and this cohort's",
    )


@st.cache_resource(show_spinner=False)
def _fit(name: str):  # type: ignore[no-untyped-def]
    return compare_with_published(name, cohorts.sample(name)[0])


def columns(cohort: Cohort) -> None:
    """What each column was taken for."""
    st.dataframe(
        pd.DataFrame(
            {
                "Column": [column.name for column in cohort.patients.columns],
                "Shown as": [column_label(column.name) for column in cohort.patients.columns],
                "Taken for": [(column.role or "not used").replace("_", " ") for column in cohort.patients.columns],
                "Kind": [column.kind for column in cohort.patients.columns],
                "Why": [column.reason for column in cohort.patients.columns],
            }
        ),
        hide_index=True,
        alt="Columns",
    )


def save(cohort: Cohort, selection: Selection) -> None:
    """Data and analysis as one file, and the analysis alone as a specification that the headless command runs."""
    try:
        spec = selection.spec(cohort.spec, *study_file.questions(selection), *safety_view.questions(cohort))
    except CohortError as error:
        st.error(tables.escaped(error.message))
        return
    spec = spec.model_copy(update={"looks": ledger.kept(cohort), "report": report_kept.fitting(cohort)})
    study_file.save(cohort, spec)
    st.header("Save this analysis")
    st.markdown(
        "The file asks for the same analyses without a screen: `python -m core run SPEC.json`, beside the data."
    )
    st.download_button(
        "Download SPEC.json", spec.to_json(), file_name="SPEC.json", mime="application/json", on_click="ignore"
    )
