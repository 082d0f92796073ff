"""Filters by an adverse event: who is kept, by grade, the other way round, what is said, what is refused."""

import pytest

from core.cohort.load import load_files
from core.cohort.select import analysis_set
from core.errors import SpecError
from core.safety.affected import affected_patients
from core.spec import AdverseEventsSpec, AnalysisSpec, EndpointSpec, FilterSpec

PATIENTS = "id,arm,os_months,os_event,start\n" + "".join(
    f"{i:02d},{'AB'[i % 2]},{i + 1},{i % 2},2024-01-{i + 1:02d}\n" for i in range(12)
)
EVENTS = """id,ae_term,grade,ae_start,related
01,Rash,1,5,Yes
01,Rash,3,2,No
4,rash,2,9,Yes
05,Fever,4,1,No
11,RASH ,1,,Yes
"""


@pytest.fixture
def cohort(tmp_path):
    (tmp_path / "patients.csv").write_text(PATIENTS)
    (tmp_path / "ae.csv").write_text(EVENTS)
    return load_files([tmp_path / "patients.csv", tmp_path / "ae.csv"])


def kept(cohort, *filters, **options):
    return analysis_set(cohort, filters=[FilterSpec.model_validate(one) for one in filters], **options)


def test_who_had_it(cohort):
    # '4' is not '04': leading zeros count, so its event is nobody's
    assert kept(cohort, {"column": "Rash", "op": "had event"}).row_numbers == (3, 13)
    assert kept(cohort, {"column": "rash", "op": "had event", "value": 2}).row_numbers == (3,)


def test_who_had_not(cohort):
    without = kept(cohort, {"column": "Rash", "op": "had no event"})
    assert without.n == 10
    assert [(one.n, one.reason) for one in without.exclusions] == [(2, "kept only where Patient did not have Rash")]


def test_with_an_endpoint_immortal_time_is_said(cohort):
    (name,) = cohort.spec.endpoints
    asked = {"column": "Rash", "op": "had event"}
    assert "immortal time" in kept(cohort, asked, endpoint=name).notes[0]
    assert not any("immortal" in note for note in kept(cohort, asked).notes)


@pytest.mark.parametrize("value", [0, 6, True, "x", [1, 2]])
def test_a_grade_that_is_none(value):
    with pytest.raises(ValueError, match="takes a grade from 1 to 5"):
        FilterSpec.model_validate({"column": "Rash", "op": "had event", "value": value})


def test_an_event_that_is_not_there(cohort):
    with pytest.raises(SpecError, match="No adverse event is called 'Rush'") as error:
        kept(cohort, {"column": "Rush", "op": "had event"})
    assert "rash" in error.value.hint.casefold()


def test_without_a_table_of_events(tmp_path):
    (tmp_path / "patients.csv").write_text(PATIENTS)
    with pytest.raises(SpecError, match="needs a table of adverse events"):
        kept(load_files([tmp_path / "patients.csv"]), {"column": "Rash", "op": "had event"})


def test_it_is_written_and_read(cohort):
    spec = AnalysisSpec(cohort=cohort.spec, filters=(FilterSpec(column="Rash", op="had event", value=3),))
    assert AnalysisSpec.from_json(spec.to_json()).filters == spec.filters
    assert isinstance(next(iter(spec.cohort.endpoints.values())), EndpointSpec)


class TestPatients:
    def listed(self, cohort, term="Rash", *, least=0, **asked):
        spec = AdverseEventsSpec(id="ae", kind="adverse_events", **{"merge_terms": {"Rash": ("Rash",)}, **asked})
        found = affected_patients(analysis_set(cohort), term, spec, least=least)
        return [(one.row, one.grade, one.start, one.day == one.day and one.day) for one in found]

    def test_by_row_and_day(self, cohort):
        assert self.listed(cohort) == [(3, 3, "2", 2.0), (3, 1, "5", 5.0), (13, 1, "", False)]

    def test_of_one_kind(self, cohort):
        assert self.listed(cohort, events="related") == [(3, 1, "5", 5.0), (13, 1, "", False)]

    def test_of_a_grade_and_more(self, cohort):
        assert self.listed(cohort, least=3) == [(3, 3, "2", 2.0)]

    def test_of_nobody(self, cohort):
        assert self.listed(cohort, "Cough") == []
