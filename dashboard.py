"""The dashboard: page configuration, navigation, the sidebar, and the page that was asked for."""

from pathlib import Path

from ui import frame, language
from ui.screen import st
from ui.team import gate, navigation

language.begin()
st.set_page_config(
    page_title="Cohortscope",
    page_icon=str(Path(__file__).parent / "ui" / "icon.png"),
    layout="wide",
    initial_sidebar_state="auto",
    menu_items={"About": "Cohortscope: survival and safety for liver-tumour cohorts, on your computer."},
)

ANALYSES = {
    "": [  # one click away; the others stand in menus
        st.Page("pages/survival/kaplan_meier.py", title="Survival", url_path="survival", default=True),
        st.Page("pages/survival/hazards.py", title="Hazards", url_path="hazards"),
        st.Page("pages/safety/adverse_events.py", title="Adverse events", url_path="adverse-events"),
        st.Page("pages/patients/baseline.py", title="Baseline", url_path="baseline"),
        st.Page("pages/patients/response.py", title="Response", url_path="response"),
        st.Page("pages/report/report.py", title="Report", url_path="report"),
    ],
    "More": [
        st.Page("pages/survival/panels.py", title="Side by side", url_path="side-by-side"),
        st.Page("pages/survival/subgroups.py", title="Subgroups", url_path="subgroups"),
        st.Page("pages/survival/adjusted.py", title="Adjusted curves", url_path="adjusted"),
        st.Page("pages/survival/cut_point.py", title="Cut-point", url_path="cut-point"),
        st.Page("pages/survival/conventions.py", title="Conventions", url_path="conventions"),
        st.Page("pages/safety/over_time.py", title="Events over time", url_path="events-over-time"),
        st.Page("pages/patients/treatment.py", title="Treatment course", url_path="treatment"),
        st.Page("pages/patients/profile.py", title="One patient", url_path="patient"),
    ],
    "Recurrence": [
        st.Page("pages/recurrence/cumulative_incidence.py", title="Competing events", url_path="competing-events"),
        st.Page("pages/recurrence/states.py", title="States over time", url_path="states"),
        st.Page("pages/recurrence/lesions.py", title="Lesions", url_path="lesions"),
        st.Page("pages/recurrence/biomarkers.py", title="Biomarkers", url_path="biomarkers"),
    ],
    "Bias": [
        st.Page("pages/bias/immortal_time.py", title="Immortal time", url_path="immortal-time"),
        st.Page("pages/bias/balance.py", title="Balance", url_path="balance"),
    ],
    "Cohort": [
        st.Page("pages/cohort/flow.py", title="Flow of patients", url_path="flow"),
        st.Page("pages/cohort/quality.py", title="Data quality", url_path="quality"),
        st.Page("pages/cohort/ledger.py", title="Comparisons looked at", url_path="comparisons"),
        st.Page("pages/cohort/data_cuts.py", title="Two data cuts", url_path="data-cuts"),
        st.Page("pages/cohort/about.py", title="About this cohort", url_path="about"),
        st.Page("pages/cohort/load.py", title="Load a cohort", url_path="load"),
    ],
}

if gate.enter():
    frame.run(st.navigation(navigation.of(ANALYSES), position="top"))
else:
    st.navigation(navigation.behind_the_door(ANALYSES), position="hidden")
