"""Cells put right by hand and rows entered twice left out: only as asked, counted, said, and undone without a trace."""

from __future__ import annotations

import pytest

from core.cohort.corrections import same_text
from core.cohort.flow import cohort_flow
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.remedies import named_cells, remedies, with_corrections, without_corrections
from core.cohort.select import analysis_set
from core.cohort.study import open_study, study_bytes
from core.errors import MissingColumnError
from core.reporting.caveat_facts import caveat_facts
from core.reporting.caveats import caveats
from core.reporting.flow_words import flow_sentence
from core.run import run_analysis
from core.spec import AnalysisSpec, CohortSpec, CorrectionSpec, EndpointSpec
from tests.core.cohort.tables import codes, delimited, issue

N = 24
HEADER = ["id", "age", "AFP", "start_date", "last_seen_date", "os_months", "os_event"]


def row(i: int) -> list[object]:
    return [f"P{i:02}", 45 + i, 10 + 3 * i, f"2020-01-{i + 1:02}", f"2022-03-{i + 1:02}", i + 1.5, i % 2]


def sheet(**cells: dict[int, object]) -> list[list[object]]:
    rows = [HEADER, *(row(i) for i in range(N))]
    for column, of_rows in cells.items():
        for number, value in of_rows.items():
            rows[number - 1][HEADER.index(column)] = value
    return rows


@pytest.fixture(scope="module")
def odd():
    rows = sheet(age={5: 620}, AFP={7: -35}, last_seen_date={9: "2092-03-08"})
    return cohort_from_files({"odd.csv": delimited([*rows, rows[3]])}, name="odd")


def changed(cohort, **said):
    return with_spec(cohort, cohort.spec.model_copy(update=said))


COX = {"id": "m", "kind": "cox", "endpoint": "OS", "covariates": ["age"]}


def notes_of(cohort, **asked):
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [COX | asked]})
    return run_analysis(spec, cohort, spec.analyses[0]).notes


def test_impossible_cells_are_found_once_and_have_a_remedy(odd):
    found = {one.code: one for one in odd.issues}
    assert (found["implausible-age"].rows, found["impossible-value"].rows) == ((5,), (7,))
    assert found["impossible-date"].rows == (9,)
    assert "outlier" not in found
    assert [remedies(odd, found[code])[0] for code in ("implausible-age", "impossible-value", "impossible-date")] == (
        ["missing"] * 3
    )
    assert remedies(odd, found["duplicate-patient"]) == ("keep-first",)
    (cell,) = named_cells(odd, found["implausible-age"])
    assert (cell.row, cell.patient, cell.text) == (5, "P03", "620")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("AFP_change", [-5]),
        ("log AFP", [-0.3]),
        ("AFP", [-1] * 10),
        ("profit", [-5]),
    ],
)
def test_what_may_be_below_zero_is_left_alone(column, values):
    rows = [["id", column], *([i, 5 + i] for i in range(30))]
    for i, value in enumerate(values):
        rows[i + 1][1] = value
    assert "impossible-value" not in codes(cohort_from_files({"s.csv": delimited(rows)}, name="s"))


def test_an_analysis_says_so_until_it_is_put_right(odd):
    (said,) = [note for note in notes_of(odd) if "620" in note]
    assert said.endswith("It is used as it stands until it is put right (row 5).")
    assert not any("AFP" in note for note in notes_of(odd))
    assert any("-35" in note and "(row 7)" in note for note in notes_of(odd, covariates=["AFP"]))
    assert any(
        "620" in n for n in notes_of(odd, covariates=["AFP"], filters=[{"column": "age", "op": ">", "value": 1}])
    )
    dated = EndpointSpec(
        start="start_date", event_date="last_seen_date", censor_date="last_seen_date", event="os_event"
    )
    later = changed(odd, endpoints={"OS": odd.spec.endpoints["OS"], "TTR": dated})
    assert any("future" in n and "(row 9)" in n for n in notes_of(later, endpoint="TTR", covariates=["AFP"]))


def test_a_cell_counts_as_missing(odd):
    made = changed(odd, corrections=(CorrectionSpec(column="age", row=5, was="620"),))
    assert made.patients.frame["age"].isna().sum() == 1
    assert "implausible-age" not in codes(made)
    assert "'620'" in issue(made, "cell-emptied").message
    notes = notes_of(made)
    assert any("counted as missing by hand" in note and "row 5" in note for note in notes)
    assert "age is missing in row 5." in notes
    undone = changed(made, corrections=())
    assert undone.patients.frame.equals(odd.patients.frame)
    assert codes(undone) == codes(odd)


def test_a_typed_value_is_read_like_one_of_the_file(odd):
    made = changed(
        odd,
        corrections=(
            CorrectionSpec(column="age", row=5, was="620.0", becomes=62),
            CorrectionSpec(column="last_seen_date", row=9, was="2092-03-08", becomes="2022-03-08"),
        ),
    )
    assert made.patients.frame["age"][3] == 62
    assert str(made.patients.frame["last_seen_date"][7])[:10] == "2022-03-08"
    said = [one.message for one in made.issues if one.code == "cell-corrected"]
    assert said == [
        "'age': 1 cell corrected by hand: '620.0' to '62'.",
        "'last_seen_date': 1 cell corrected by hand.",
    ]


def test_a_correction_is_not_made_where_the_file_says_something_else(odd):
    made = changed(odd, corrections=(CorrectionSpec(column="age", row=6, was="620"),))
    assert issue(made, "correction-not-made").rows == (6,)
    assert made.patients.frame["age"].equals(odd.patients.frame["age"])
    with pytest.raises(MissingColumnError, match="corrections"):
        changed(odd, corrections=(CorrectionSpec(column="agee", row=6, was="620"),))


@pytest.mark.parametrize(
    ("text", "was", "same"),
    [(None, "", True), (" 620 ", "620", True), ("620.0", "620", True), ("62", "620", False), (None, "0", False)],
)
def test_same_text(text, was, same):
    assert same_text(text, was) is same


def test_the_first_of_rows_entered_twice_is_kept_and_counted(odd):
    made = changed(odd, repeated_rows="keep-first")
    assert (odd.n, made.n) == (N + 1, N)
    assert issue(made, "repeated-rows").rows == (N + 2,)
    assert "duplicate-patient" not in codes(made)
    assert any("(row 26)" in note for note in notes_of(made))
    flow = cohort_flow(analysis_set(made, endpoint="OS"))
    assert [(step.name, step.n) for step in flow.steps] == [("in the file", 25), ("once each", 24), ("analysed", 24)]
    spec = AnalysisSpec.model_validate(
        {"cohort": made.spec.model_dump(), "analyses": [{"id": "f", "kind": "flow", "endpoint": "OS"}]}
    )
    said = flow_sentence(run_analysis(spec, made, spec.analyses[0]))
    assert said == "Of 25 patients in the file 24 are analysed for overall survival; 1 patient entered twice."
    assert changed(made, repeated_rows=None).n == N + 1


def test_rows_that_differ_in_one_cell_stay():
    rows = sheet()
    again = [*rows[3]]
    again[1] = 99
    cohort = cohort_from_files({"s.csv": delimited([*rows, again])}, name="s")
    assert remedies(cohort, issue(cohort, "duplicate-patient")) == ()
    assert changed(cohort, repeated_rows="keep-first").n == N + 1


def test_it_is_kept_in_the_specification_and_in_a_saved_study(odd):
    said = (CorrectionSpec(column="age", row=5, was="620"), CorrectionSpec(column="AFP", row=7, was="-35", becomes="0"))
    made = changed(odd, corrections=said, repeated_rows="keep-first")
    assert CohortSpec.model_validate_json(made.spec.model_dump_json()) == made.spec
    opened = open_study(study_bytes(made, AnalysisSpec(cohort=made.spec), saved="2026-01-01"), name="s.cohortscope")
    assert (opened.cohort.spec.corrections, opened.cohort.spec.repeated_rows) == (said, "keep-first")
    assert notes_of(opened.cohort, covariates=["AFP", "age"]) == notes_of(made, covariates=["AFP", "age"])
    assert cohort_flow(analysis_set(opened.cohort)).steps[0].n == N + 1


def test_shifted_dates_are_not_told_by_a_correction(odd):
    date = CorrectionSpec(column="last_seen_date", row=9, was="2092-03-08", becomes="2022-03-08")
    made = changed(odd, corrections=(date, CorrectionSpec(column="age", row=5, was="620")), shift_dates=7)
    content = study_bytes(made, AnalysisSpec(cohort=made.spec), saved="2026-01-01")
    opened = open_study(content, name="s.cohortscope").cohort
    assert [one.column for one in opened.spec.corrections] == ["age"]
    assert not any("2022-03-08" in one.message for one in opened.issues)


def test_corrections_add_up_and_are_undone_cell_by_cell():
    first = CorrectionSpec(column="age", row=5, was="620")
    second = CorrectionSpec(column="age", row=5, was="", becomes="62")
    other = CorrectionSpec(column="AFP", row=7, was="-35")
    made = with_corrections((first,), (second, other))
    assert made == (CorrectionSpec(column="age", row=5, was="620", becomes="62"), other)
    assert without_corrections(made, [("age", 5)]) == (other,)


def test_a_guess_at_codes_of_events_is_said_with_every_result():
    rows = sheet(os_event=dict.fromkeys(range(2, 9), 2))
    cohort = cohort_from_files({"s.csv": delimited(rows)}, name="s")
    assert any("which values mean OS event is not certain" in note for note in notes_of(cohort))
    assert not any("not certain" in note for note in notes_of(with_spec(cohort, cohort.spec)))


def test_it_is_the_caveat_of_the_page(odd):
    def about(**asked):
        spec = AnalysisSpec.model_validate({"cohort": odd.spec.model_dump(), "analyses": [COX | asked]})
        made = with_spec(odd, odd.spec.model_copy(update={"repeated_rows": "keep-first"}))
        facts = caveat_facts(run_analysis(spec, made, spec.analyses[0]))
        return caveats(facts)[0]

    assert about().about == "impossible"
    said = "Values of 'age' that cannot be (row 5) are used as they stand until they are put right."
    assert about().sentence == said
    assert about(covariates=["age", "AFP"]).sentence.startswith("Values of 'age', 'AFP' that cannot be are used")
