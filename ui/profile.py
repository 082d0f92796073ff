"""The profile page: which patient, the course as a picture and as a list, and the patient's row.

Which patient is looked at is kept in the session only: no identifier stands in the link.
"""

from __future__ import annotations

import pandas as pd

from core.cohort.cohort import Cohort
from core.cohort.lesion_columns import texts_of
from core.reporting.lab_report import lab_report
from core.reporting.methods_text import method_lines
from core.reporting.profile_report import profile_report
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, empty, figures, messages, one_patient, patient_list, says, tables
from ui.charts.patient_course import describe_patient_course, patient_course_spec
from ui.screen import st
from ui.selection import Selection
from ui.treatment import endpoints


def choose(cohort: Cohort, selection: Selection) -> str | None:
    """One of the selected patients by the cohort's own number; None where patients have none."""
    column = cohort.patients.with_role("patient_id")
    if column is None or not cohort.spec.endpoints:
        st.info("A profile needs a column that identifies patients and an endpoint. Say which it is when loading.")
        empty.would_show("profile")
        st.page_link("pages/cohort/load.py", label="Load a cohort")
        return None
    if (refused := patient_list.refusal()) is not None:
        st.info(tables.escaped(refused))
        return None
    everybody = texts_of(cohort.patients, column)
    names = [str(name) for name in everybody[cached.subset(cohort, selection).positions]]
    chosen = st.selectbox("Patient", names, key=one_patient.profile_key(cohort), persist_state="session")
    return chosen if chosen in names else names[0]


def analyse(cohort: Cohort, selection: Selection, patient: str) -> AnalysisResult:
    """The profile of one patient."""
    end, progression = endpoints(cohort)
    question = {"kind": "patient_profile", "patient": patient, "endpoint": end, "progression": progression}
    return cached.analysis(cohort, selection, question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The course in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads; the patient's number is in the file, not in its name."""
    downloads.method(method_lines(result))
    patient = result.patient_profile.course.patient
    downloads.download(
        f"{cohort.name}_patient",
        made=lambda: _tables(result),
        whose=f"Patient {patient}.",
        figure=downloads.Figure(
            spec=lambda: patient_course_spec(result.patient_profile, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title="Course of one patient",
            caption=(f"Patient {patient}. Days count from time zero.",),
        ),
    )


def _tables(result: AnalysisResult) -> dict[str, ReportTable]:
    labs = lab_report(result)
    return {"Course": profile_report(result)} | ({} if labs is None else {"Laboratory values": labs})


def figure(result: AnalysisResult) -> None:
    """The course on one time axis."""
    profile = result.patient_profile
    spec = patient_course_spec(profile, palette=figures.palette())
    figures.show(spec, key="patient_course", alt=describe_patient_course(profile), of_patients=True)
    if profile.adverse_events:
        st.caption("Adverse events: the number is the grade, orange from 3 on; without a recorded end drawn as 2 days.")
    if profile.labs:
        st.caption(
            "Laboratory values: each line from its own smallest to its own largest value, the last one written; hover "
            "for all. Orange: outside the reference limits."
        )


def details(result: AnalysisResult) -> None:
    """Everything day by day, and the patient's row."""
    st.subheader("Day by day")
    tables.show(profile_report(result))
    messages.notes(result.notes, said=profile_report(result).footnotes)
    labs = lab_report(result)
    if labs is not None:
        with st.expander("Laboratory values"):
            tables.show(labs)
    facts = result.patient_profile.facts
    with st.expander("Recorded of this patient"):
        shown = [[tables.escaped(name), tables.escaped(value)] for name, value in facts]
        st.table(pd.DataFrame(shown, columns=["Column", "Value"], dtype="str"), border="horizontal", hide_index=True)
