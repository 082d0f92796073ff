"""The treatment page: which endpoint ends a course, the courses as a picture, what was given and measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.cohort.cohort import Cohort
from core.reporting.courses_report import courses_report
from core.reporting.dose_report import dose_report
from core.reporting.dose_words import DOSE_WORDS, dose_sentence
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.treatment_report import given_report, sessions_report
from core.result import AnalysisResult
from ui import cached, downloads, empty, figures, messages, one_patient, patient_list, says, tables
from ui.charts.swimmer import describe_swimmer, shown_courses, swimmer_spec
from ui.screen import st
from ui.selection import Selection

PROGRESSIONS = ("PFS", "RFS", "TTP", "DFS", "EFS", "LTP")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentOptions:
    """What ends a course, what is marked on it, and which dose is looked at, in the keys of a specification."""

    endpoint: str
    progression: str | None
    dose: str


def has_sessions(cohort: Cohort) -> bool:
    """Whether the cohort has a table of sessions."""
    return "sessions" in cohort.other_tables


def nothing(cohort: Cohort) -> None:
    """What to do where there are no sessions."""
    st.info(
        "This cohort has no table of treatment sessions. Load one beside the patients: patient, day or date, "
        "treatment, and where measured energy (J), average power (W), time (s) and volume (cm³), a row per session or "
        "dose."
    )
    if cohort.synthetic:
        messages.synthetic()
    empty.would_show("treatment")
    st.page_link("pages/cohort/load.py", label="Load a cohort")


def endpoints(cohort: Cohort) -> tuple[str, str | None]:
    """The endpoint that ends a course, and the one that is marked on it."""
    known = list(cohort.spec.endpoints)
    end = "OS" if "OS" in known else known[0]
    return end, next((name for name in PROGRESSIONS if name in known and name != end), None)


def choose(cohort: Cohort) -> TreatmentOptions:
    """Draw the options popover and read it."""
    end, progression = endpoints(cohort)
    known = list(cohort.spec.endpoints)
    key = cohort.digest[:12]
    with st.popover("Options"):
        end = _one("A course ends with", {name: _name(name) for name in known}, f"treatment_end_{key}", end)
        marked = {"": "Nothing", **{name: _name(name) for name in known if name != end}}
        progression = _one(
            "Progression is the event of", marked, f"treatment_progression_{key}_{end}", progression or ""
        )
        dose = _one("Dose", DOSE_WORDS, "treatment_dose", "energy_per_volume")
    return TreatmentOptions(endpoint=end, progression=progression or None, dose=dose)


def _name(endpoint: str) -> str:
    words = endpoint_label(endpoint)
    return words[:1].upper() + words[1:]


def _one(label: str, choices: Mapping[str, str], key: str, start: str | None) -> str:
    names = list(choices)
    index = names.index(start) if start in names else 0
    chosen = st.selectbox(label, names, index=index, format_func=choices.__getitem__, key=key, persist_state="session")
    return names[0] if chosen is None else chosen


def analyse(cohort: Cohort, selection: Selection, options: TreatmentOptions) -> AnalysisResult:
    """Courses of the patients that are selected."""
    question = {
        "kind": "treatment_course",
        "endpoint": options.endpoint,
        "progression": options.progression,
        "dose": options.dose,
    }
    return cached.analysis(cohort, selection, question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    made = {"Treatments": given_report(result)}
    if patient_list.refusal() is None:
        made["Each patient"] = courses_report(result)
    if result.treatment_course.measured and patient_list.refusal() is None:
        made["Sessions"] = sessions_report(result)
    if (by_dose := dose_report(result)) is not None:
        made["Dose and outcome"] = by_dose
    downloads.download(
        f"{cohort.name}_treatment",
        made=lambda: made,
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="treatment", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    figure = downloads.Figure(
        spec=lambda: swimmer_spec(result.treatment_course, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title="Treatment course",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_swimmer(result.treatment_course),
    )
    return downloads.Shown(figure=figure, tables=lambda: [given_report(result)])


def figure(cohort: Cohort, result: AnalysisResult) -> None:
    """One lane per patient; a click on a lane chooses its patient."""
    course = result.treatment_course
    spec = swimmer_spec(course, palette=figures.palette())
    one_patient.draw(cohort, spec, alt=describe_swimmer(course), key="swimmer", menu="swimmer")
    drawn = shown_courses(course)
    shown = len(drawn)
    one_patient.show(cohort, [one.patient for one in drawn], menu="swimmer")
    if shown < len(course.courses):
        st.caption(f"Drawn: the {shown} longest courses of {len(course.courses)}, in proportion to the groups.")


def given(result: AnalysisResult) -> None:
    """What was given to whom."""
    st.subheader("Treatments given")
    tables.show(given_report(result))
    each = st.expander("Each patient", on_change="rerun", key="treatment_each")
    if each.open:
        with each:
            patient_list.show(courses_report(result))


def measured(result: AnalysisResult) -> None:
    """What the sessions measured, and dose against outcome."""
    course = result.treatment_course
    if not course.measured:
        messages.notes(result.notes)
        return
    if course.dose is not None:
        st.subheader("Dose and outcome")
        st.markdown(tables.prose(dose_sentence(result)))
        if (by_dose := dose_report(result)) is not None:
            said = given_report(result).footnotes  # the method stands above already
            tables.show(replace(by_dose, footnotes=tuple(note for note in by_dose.footnotes if note not in said)))
        messages.notes(result.notes, said=given_report(result).footnotes)
    st.subheader("Sessions measured")
    with st.expander(f"{len(course.measured)} sessions", expanded=len(course.measured) <= 12):
        patient_list.show(sessions_report(result))
