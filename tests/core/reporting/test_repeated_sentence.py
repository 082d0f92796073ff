"""Patients in several rows are said before any number is believed, and the filter that helps is named."""

from core.cohort.load import cohort_from_files
from core.reporting.repeated_sentence import repeated_sentence
from core.reporting.says import says
from core.run import run_analysis
from core.spec import AnalysisSpec


def subset_of(sheet: str, **more):
    cohort = cohort_from_files({"s.csv": sheet.encode()}, name="s")
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec, "analyses": [{"id": "a", "kind": "kaplan_meier", "endpoint": "OS"}], **more}
    )
    return run_analysis(spec, cohort, spec.analyses[0])


def long_table(n: int) -> str:
    rows = [f"{i},{10 + i + kind},{(i + kind) % 2},{'AB'[i % 2]},{kind}" for i in range(n) for kind in (1, 2)]
    return "\n".join(["id,time,status,rx,etype", *rows])


def test_every_patient_in_two_rows_is_the_first_caveat_and_names_the_column_that_tells_them_apart():
    result = subset_of(long_table(20))
    said = says(result)
    assert said.about == "repeated"
    assert said.caveat == (
        "20 patients stand in more than one row, and each row counts as a patient: keep the rows of one value of "
        "'etype' by a filter."
    )


def test_a_filter_on_that_column_settles_it():
    result = subset_of(long_table(20), filters=[{"column": "etype", "op": "==", "value": 2}])
    assert result.subset.n == 20
    assert repeated_sentence(result.subset) == ""


def test_without_such_a_column_the_numbers_are_said_to_be_too_sure():
    sheet = long_table(20).replace(",1\n", ",2\n")
    assert repeated_sentence(subset_of(sheet).subset).endswith("intervals and P are too sure of themselves.")


def test_one_row_entered_twice_among_many_is_left_to_the_findings():
    rows = [f"{i},{10 + i},{i % 2},A" for i in range(60)]
    sheet = "\n".join(["id,time,status,rx", *rows, rows[7]])
    assert repeated_sentence(subset_of(sheet).subset) == ""
    few = "\n".join(["id,time,status,rx", *rows[:20], rows[7]])
    assert repeated_sentence(subset_of(few).subset).startswith("1 patient stands in more than one row")
