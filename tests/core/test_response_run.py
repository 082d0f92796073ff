"""The kind `response` from files to JSON: which column, what its values mean, who counts as not evaluable."""

import json
from pathlib import Path

import pytest

from core.cohort.load import cohort_from_files, load_cohort
from core.errors import CohortError
from core.reporting.as_json import as_json
from core.run import run
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).parents[2] / "sample_data"
ROWS = ["PR,A,x", "CR,A,x", "SD,A,y", "PD,B,y", "NE,B,x", "Partial response,B,y", ",B,x", "mixed,A,y"]
TABLE = "id,best_response,arm,site\n" + "\n".join(f"p{i},{row}" for i, row in enumerate(ROWS))


def ask(analysis=None, *, table=TABLE, **spec):
    cohort = cohort_from_files({"p.csv": table.encode()}, name="p")
    asked = AnalysisSpec.model_validate(
        {
            "cohort": cohort.spec,
            "group": {"column": "arm"},
            "analyses": [{"id": "r", "kind": "response"} | (analysis or {})],
        }
        | spec
    )
    return run(asked, cohort)["r"]


def test_the_words_are_read_and_everybody_counts():
    result = ask({"column": "best_response"})
    body = as_json(result)
    assert body["groups"]["A"]["counts"] == {"CR": 1, "PR": 1, "SD": 1, "PD": 0, "NE": 1}
    assert body["groups"]["B"]["counts"] == {"CR": 0, "PR": 1, "SD": 0, "PD": 1, "NE": 2}
    assert body["groups"]["A"]["orr"]["proportion"] == 0.5
    said = " ".join(body["notes"])
    assert "no value in 1 patient (row 8)" in said
    assert "'mixed'" in said
    assert "row 9" in said
    assert "3 patients were not evaluable" in said


def test_the_column_is_found_by_what_it_holds():
    table = TABLE.replace("mixed", "SD").replace("best_response", "ergebnis")
    assert ask(table=table).response.n.tolist() == [4, 4]


def test_the_role_can_be_said():
    table = TABLE.replace("best_response", "outcome_2")
    cohort = cohort_from_files({"p.csv": table.encode()}, name="p")
    spec = cohort.spec.model_copy(update={"roles": {**cohort.spec.roles, "best_response": "outcome_2"}})
    cohort = cohort_from_files({"p.csv": table.encode()}, name="p", spec=spec)
    asked = AnalysisSpec.model_validate({"cohort": spec, "analyses": [{"id": "r", "kind": "response"}]})
    assert run(asked, cohort)["r"].response.n.tolist() == [8]


def test_codes_need_their_meaning():
    table = "id,resp,arm\n" + "\n".join(f"p{i},{i % 4 + 1},{'AB'[i % 2]}" for i in range(12))
    with pytest.raises(CohortError, match="No value of 'resp' is a response") as error:
        ask({"column": "resp"}, table=table)
    assert "values" in error.value.hint
    values = {"CR": [1], "PR": ["2"], "SD": [3.0], "PD": [4]}
    found = ask({"column": "resp", "values": values}, table=table).response
    assert found.counts.sum(axis=0).tolist() == [3, 3, 3, 3, 0]
    with pytest.raises(CohortError, match="no value '9'"):
        ask({"column": "resp", "values": {"CR": [9]}}, table=table)
    with pytest.raises(CohortError, match="stands for two responses"):
        ask({"column": "resp", "values": {"CR": [1], "PR": [1]}}, table=table)


def test_no_column_is_an_error_that_says_what_to_do():
    with pytest.raises(CohortError, match="No column holds the best response") as error:
        ask(table="id,arm\np1,A\np2,B\n")
    assert "CR, PR, SD, PD and NE" in error.value.hint


def test_stable_without_measurable_lesions_is_said():
    result = ask({"column": "best_response"}, table=TABLE.replace("mixed", "NON-CR/NON-PD"))
    assert result.response.counts[0].tolist() == [1, 1, 2, 0, 0]
    assert "'NON-CR/NON-PD' is counted as SD." in result.notes


def test_strata_and_evaluable():
    body = as_json(ask({"column": "best_response", "strata": ["site"], "denominator": "evaluable"}))
    assert body["groups"]["B"]["denominator"] == 2
    assert set(body["stratified"]["orr"]) >= {"statistic", "df", "p_value", "odds_ratio"}


def test_a_stratum_that_is_missing_leaves_the_patient_out():
    table = TABLE.replace("PR,A,x", "PR,A,", 1)
    result = ask({"column": "best_response", "strata": ["site"]}, table=table)
    assert result.subset.n == 7
    assert "left out: Site missing (stratification) (row 2)" in result.notes[0]


def test_without_a_group_there_is_one_level():
    body = as_json(ask({"column": "best_response"}, group=None))
    assert list(body["groups"]) == ["all"]
    assert "difference" not in body
    assert "p_value" not in body


def test_the_hifu_cohort_has_the_published_disease_control():
    asked = AnalysisSpec.from_file(SAMPLES / "hifu_ici" / "spec.json")
    asked = asked.model_copy(
        update={"analyses": AnalysisSpec.model_validate(
            {"cohort": asked.cohort, "analyses": [{"id": "r", "kind": "response"}]}).analyses}
    )  # fmt: skip
    body = as_json(run(asked, load_cohort(asked.cohort, base=SAMPLES / "hifu_ici"))["r"])
    published = json.loads((SAMPLES / "published" / "hifu_ici_liver_metastases_2025.json").read_text())
    for arm, (controlled, n) in published["response"]["disease_control"].items():
        assert body["groups"][arm]["dcr"]["count"] == controlled
        assert body["groups"][arm]["n"] == n


def test_infinite_odds_ratios_are_null():
    # one event of two against none of two: P(no event in the other group) = 1 / (1 + psi) = 0.025
    table = "id,best_response,arm\n1,PR,A\n2,PD,A\n3,PD,B\n4,SD,B\n"
    body = as_json(ask({"column": "best_response"}, table=table))
    assert body["odds_ratio"]["orr"] == {"value": 0.0, "conf_low": 0.0, "conf_high": pytest.approx(39)}
    turned = as_json(ask({"column": "best_response"}, table=table, group={"column": "arm", "reference": "B"}))
    assert turned["odds_ratio"]["orr"] == {"value": None, "conf_low": pytest.approx(1 / 39), "conf_high": None}
    assert any(note.startswith("null:") for note in turned["notes"])


class TestLesions:
    """Best response computed from a table of lesions."""

    @pytest.fixture(scope="class")
    @staticmethod
    def hifu():
        spec = AnalysisSpec.from_file(SAMPLES / "hifu_ici" / "spec.json")
        return spec, load_cohort(spec.cohort, base=SAMPLES / "hifu_ici")

    def asked(self, hifu, **options):
        spec, cohort = hifu
        analysis = {"id": "r", "kind": "response", "source": "lesions"} | options
        return run(
            AnalysisSpec.model_validate({"cohort": spec.cohort, "group": spec.group, "analyses": [analysis]}), cohort
        )["r"]

    @pytest.mark.parametrize("confirmed", [False, True])
    def test_the_lesions_of_the_hifu_cohort_give_the_recorded_response_and_progression(self, hifu, confirmed):
        result = self.asked(hifu, confirmed=confirmed)
        frame = hifu[1].patients.frame.set_index("patient_id")
        courses = result.response.lesions.courses
        assert len(courses) == 94
        for course in courses:
            row = frame.loc[course.patient]
            assert course.best == row["best_response"]
            progressed = (row["progression_date"] - row["first_ici_date"]).days
            assert course.progression_day == pytest.approx(progressed, nan_ok=True)
        assert result.response.dcr.count.tolist() == [44, 23]
        assert "Best response as recorded is the same in all 94 patients who have both." in result.notes

    def test_in_json(self, hifu):
        body = as_json(self.asked(hifu, filters=[{"column": "hifu", "op": "==", "value": "Yes"}], group=None))
        patients = body["lesions"]["patients"]
        assert len(patients) == 28
        assert body["lesions"]["criteria"] == "recist-1.1"
        assert all(len(one["day"]) == len(one["change"]) == len(one["response"]) for one in patients)
        json.dumps(body, allow_nan=False)

    def test_another_response_than_the_recorded_one_is_said(self):
        patients = "id,best_response,arm\n1,SD,A\n2,CR,A\n3,PD,B\n"
        lesions = "id,lesion,day,diameter_mm\n1,a,-1,40\n1,a,60,20\n2,a,-1,40\n2,a,60,0\n3,a,-1,9\n3,a,60,20\n"
        cohort = cohort_from_files({"patients.csv": patients.encode(), "lesions.csv": lesions.encode()}, name="x")
        asked = {"id": "r", "kind": "response", "source": "lesions"}
        result = run(AnalysisSpec.model_validate({"cohort": cohort.spec, "analyses": [asked]}), cohort)["r"]
        assert (
            "Best response as recorded is not the one computed from lesions in 1 of 3 patients who have both (row 2)."
            in result.notes
        )

    def test_mrecist_without_viable_diameters_is_said(self, hifu):
        assert any("whole diameters" in note for note in self.asked(hifu, criteria="mrecist").notes)

    def test_dates_centimetres_and_patients_without_lesions(self):
        patients = "id,start_date,arm\n1,2024-01-01,A\n2,2024-01-10,B\n3,2024-02-01,B\n"
        lesions = "id,lesion,scan_date,size_cm,viable_cm,new_lesion\n" + "\n".join([
            "1,a,2023-12-30,4,4,no", "1,a,2024-02-26,2.8,0,no", "2,a,2024-01-09,3,3,no", "2,a,2024-03-06,3,3,yes",
        ])  # fmt: skip
        cohort = cohort_from_files({"patients.csv": patients.encode(), "lesions.csv": lesions.encode()}, name="x")
        best = {}
        for criteria in ("recist-1.1", "mrecist"):
            asked = {"id": "r", "kind": "response", "source": "lesions", "criteria": criteria}
            result = run(AnalysisSpec.model_validate({"cohort": cohort.spec, "analyses": [asked]}), cohort)["r"]
            best[criteria] = {course.patient: course.best for course in result.response.lesions.courses}
            assert result.response.counts[0].tolist()[4] == 1
            assert any("No lesion measured in 1 patient (row 4)" in note for note in result.notes)
        assert best == {"recist-1.1": {"1": "PR", "2": "PD"}, "mrecist": {"1": "CR", "2": "PD"}}
        (first, _) = result.response.lesions.courses
        assert (first.baseline_mm, first.day.tolist()) == (40, [56])

    def test_a_table_without_assessments_is_an_error_that_says_what_to_do(self):
        spec = AnalysisSpec.from_file(SAMPLES / "hcc_ablation" / "spec.json")
        cohort = load_cohort(spec.cohort, base=SAMPLES / "hcc_ablation")
        asked = {"id": "r", "kind": "response", "source": "lesions"}
        with pytest.raises(CohortError, match="no lesions measured over time"):
            run(AnalysisSpec.model_validate({"cohort": spec.cohort, "analyses": [asked]}), cohort)

    def test_duration_of_response(self, hifu):
        """Kaplan-Meier of PFS less the day of response, written out."""
        result = self.asked(hifu, duration="PFS")
        frame = hifu[1].patients.frame.set_index("patient_id")
        lasting = {"HIFU": [], "No HIFU": []}
        for course in result.response.lesions.courses:
            row = frame.loc[course.patient]
            if course.best in ("CR", "PR"):
                time = row["pfs_months"] - course.response_day / 30.4375
                lasting["HIFU" if row["hifu"] == "Yes" else "No HIFU"].append((time, int(float(row["pfs_event"])) == 1))
        body = as_json(result)["duration"]["groups"]
        for level, times in lasting.items():
            assert body[level]["n"] == len(times)
            assert body[level]["n_events"] == sum(event for _, event in times)
            survival = 1.0
            for time in sorted({t for t, event in times if event}):
                at_risk = sum(t >= time for t, _ in times)
                survival *= 1 - sum(t == time and event for t, event in times) / at_risk
                if survival < 0.5 - 1e-9:
                    assert body[level]["median"]["value"] == pytest.approx(time)
                    break
                assert abs(survival - 0.5) > 1e-9 or body[level]["median"]["value"] > time
                if abs(survival - 0.5) < 1e-9:
                    break
        assert any("among responders only" in note for note in result.notes)

    def test_duration_needs_the_day_and_an_endpoint(self, hifu):
        with pytest.raises(CohortError, match="needs the day of the response"):
            self.asked(hifu, duration="PFS", source="column")
        with pytest.raises(CohortError, match="is not defined"):
            self.asked(hifu, duration="DFS")
