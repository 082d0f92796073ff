"""Comparing with published figures: a changed cohort is found out, a missing file is said."""

import dataclasses
import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.cohort.load import cohort_from_files
from core.errors import MissingColumnError, ReadError
from core.evidence.measured import adverse_events, counted, first_median, grouping, has_value, numbers, population
from core.evidence.published import compare_with_published, read_published
from core.spec import EndpointSpec, FilterSpec, GroupSpec

# Six patients of each arm; in arm A half are dead at 4 (S = 1/2 exactly), in arm B at 9.
PATIENTS = b"""id,arm,months,dead,site
1,A,1,1,Lung
2,A,2,1,Bone
3,A,4,1,Lung
4,A,6,0,
5,A,7,1,Bone
6,A,8,0,Lung
7,B,3,1,Bone
8,B,5,0,Lung
9,B,9,1,Bone
10,B,10,1,Bone
11,B,12,0,Lung
12,B,13,0,Bone
"""
EVENTS = b"""id,ae_term,ae_grade
1,Fever,2
1,Fever,3
2,Fever,1
7,Nausea,1
"""
SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"
ARM = GroupSpec(column="arm", levels={"A": ("A",), "B": ("B",)}, reference="B")


@pytest.fixture(scope="module")
def cohort():
    found = cohort_from_files({"patients.csv": PATIENTS, "events.csv": EVENTS}, name="twelve")
    endpoint = EndpointSpec(time="months", event="dead", event_is=(1,), unit="months")
    return dataclasses.replace(found, spec=found.spec.model_copy(update={"endpoints": {"OS": endpoint}}))


@pytest.fixture(scope="module")
def files():
    return {name: (SAMPLES / "hifu_ici" / name).read_bytes() for name in ("patients.csv", "adverse_events.csv")}


class TestMeasured:
    def test_medians_are_the_first_time_at_one_half(self, cohort):
        found = population(cohort, "OS", ARM)
        # A: 5/6, 4/6, 3/6 at 4; R and Prism would take the middle of 4 and 7.
        assert first_median(found.curves["A"]) == 4.0
        # B: 5/6 at 3, 5/6 * 3/4 at 9, 5/6 * 3/4 * 2/3 = 0.4167 at 10.
        assert first_median(found.curves["B"]) == 10.0

    def test_a_median_that_is_not_reached(self, cohort):
        found = population(cohort, "OS", ARM, filters=[FilterSpec(column="site", op="==", value="Lung")])
        assert first_median(found.curves["A"]) == 4.0
        assert str(first_median(found.curves["B"])) == "nan"

    def test_counts_by_group_leave_missing_values_out(self, cohort):
        groups = grouping(cohort, ARM)
        assert counted(has_value(cohort, "site", ["Lung"]), groups) == [3, 2]
        assert counted(has_value(cohort, "site", ["Lung", "Bone"]), groups) == [5, 6]
        assert counted(has_value(cohort, "site", ["Liver"]), groups) == [0, 0]

    def test_numbers(self, cohort):
        assert numbers(cohort, "months")[:3].tolist() == [1.0, 2.0, 4.0]

    def test_adverse_events_have_all_patients_as_denominator(self, cohort):
        table = adverse_events(cohort, grouping(cohort, ARM))
        assert table.denominators.tolist() == [6, 6]
        fever = next(row for row in table.rows if row.term == "Fever")
        assert (fever.any.tolist(), fever.grade3plus.tolist()) == ([2, 0], [1, 0])


class TestReading:
    def test_figures_stay_as_printed(self, tmp_path):
        path = tmp_path / "study.json"
        path.write_text('{"median": [10.95, 4.60], "n": 28}', encoding="utf-8")
        figures = read_published(path)
        assert figures == {"median": [Decimal("10.95"), Decimal("4.6")], "n": 28}
        assert str(figures["median"][1]) == "4.60"

    @pytest.mark.parametrize("text", [None, "{", "[1]"], ids=["missing", "broken", "list"])
    def test_a_file_that_cannot_be_read(self, tmp_path, text):
        path = tmp_path / "study.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(ReadError, match=r"published figures 'study\.json'"):
            read_published(path)


class TestComparing:
    def test_a_cohort_without_study_has_no_rows(self, cohort):
        assert compare_with_published("twelve", cohort) == ()

    def test_a_cohort_that_is_not_the_study_s_is_refused(self, cohort):
        with pytest.raises(MissingColumnError, match="hifu"):
            compare_with_published("hifu_ici", cohort)

    def test_missing_figures_are_said(self, cohort, tmp_path):
        with pytest.raises(ReadError, match="Cannot read the published figures"):
            compare_with_published("hifu_ici", cohort, folder=tmp_path)


class TestAChangeIsFoundOut:
    """The rows are computed from the cohort given and the file given: change either, and the row disagrees."""

    @staticmethod
    def load(files):
        found = cohort_from_files(files, name="hifu_ici")
        endpoints = {
            name: EndpointSpec(time=f"{name.lower()}_months", event=f"{name.lower()}_event", event_is=(1,))
            for name in ("OS", "PFS")
        }
        return dataclasses.replace(found, spec=found.spec.model_copy(update={"endpoints": endpoints}))

    @staticmethod
    def disagreeing(rows):
        return {row.quantity for row in rows if row.required and not row.agrees}

    def test_as_committed_all_agree(self, files):
        assert self.disagreeing(compare_with_published("hifu_ici", self.load(files))) == set()

    def test_arms_exchanged(self, files):
        text = files["patients.csv"].decode()
        text = text.replace(",Yes,Male", ",?,Male").replace(",No,Male", ",Yes,Male").replace(",?,Male", ",No,Male")
        found = self.disagreeing(
            compare_with_published("hifu_ici", self.load({**files, "patients.csv": text.encode()}))
        )
        assert {"Patients", "Sex: Male", "OS: median, months", "OS: log-rank hazard ratio (95 % CI)"} <= found

    def test_one_grade_raised(self, files):
        lines = files["adverse_events.csv"].decode().splitlines()
        i = next(i for i, line in enumerate(lines) if ",Arthralgia," in line)
        cells = lines[i].split(",")
        cells[3] = "4"
        lines[i] = ",".join(cells)
        changed = {**files, "adverse_events.csv": "\n".join(lines).encode()}
        found = self.disagreeing(compare_with_published("hifu_ici", self.load(changed)))
        assert found == {"Arthralgia: grade 3 or more"}

    def test_another_figure_published(self, files, tmp_path):
        name = "hifu_ici_liver_metastases_2025.json"
        figures = json.loads((SAMPLES / "published" / name).read_text(encoding="utf-8"))
        figures["survival"]["OS"]["survival_at"]["12"][0] = 0.7858
        (tmp_path / name).write_text(json.dumps(figures), encoding="utf-8")
        rows = compare_with_published("hifu_ici", self.load(files), folder=tmp_path)
        assert self.disagreeing(rows) == {"OS: survival at 12 months"}
