"""Immortal time through the specification: who is counted, JSON, tables, sentences, methods, errors."""

import dataclasses
import json
import re
from functools import cache
from pathlib import Path

import pytest

from core.bias.immortal_time import late_start
from core.cohort.load import cohort_from_files, load_cohort
from core.errors import CohortError, MissingColumnError, SpecError
from core.reporting.as_json import as_json
from core.reporting.immortal_time_sentence import (
    immortal_time_caveat,
    immortal_time_headline,
    late_start_sentence,
    stake_sentence,
)
from core.reporting.immortal_time_tables import landmark_table, mantel_byar_table, methods_table, strategies_table
from core.reporting.methods_text import method_lines
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "immortal_time.json").read_text(encoding="utf-8"))
SAMPLE = Path(__file__).parents[2] / "sample_data" / "hifu_ici"
GROUP = {"column": "transplanted", "levels": {"No": ["0"], "Yes": ["1"]}}
ASKED = {"kind": "immortal_time", "endpoint": "OS", "starts": "transplant_day", "landmarks": [30, 90], "grace": 30}


@cache
def sample():
    spec = AnalysisSpec.from_json((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    return spec, load_cohort(spec.cohort, base=SAMPLE)


@cache
def stanford():
    rows = [line.split(",") for line in (HERE / "data" / "stanford.csv").read_text().splitlines()]
    days = rows[0].index("days")
    for row in rows[1:]:
        row[days] = "0.5" if row[days] == "0" else row[days]
        row[3] = "0" if row[rows[0].index("transplant_day")] == "" else "1"
    text = "\n".join(",".join(row) for row in rows)
    return cohort_from_files({"p.csv": text.encode()}, name="stanford")


def ask(cohort=None, group=GROUP, endpoint=None, **asked):
    cohort = cohort or stanford()
    endpoint = endpoint or {"time": "days", "event": "died", "event_is": [1], "unit": "days"}
    described = cohort.spec.model_dump(exclude={"endpoints"})
    spec = AnalysisSpec.model_validate(
        {
            "cohort": {**described, "endpoints": {"OS": endpoint}},
            "group": group,
            "analyses": [{"id": "a", **ASKED, "draws": 20, **asked}],
        }
    )

    return run_analysis(spec, dataclasses.replace(cohort, spec=spec.cohort), spec.analyses[0])


def on_sample(**asked):
    spec, cohort = sample()
    whole = spec.model_copy(update={"analyses": ()}).model_dump()
    whole["analyses"] = [{"endpoint": "OS", "id": "a", "kind": "immortal_time", **asked}]
    spec = AnalysisSpec.model_validate(whole)
    return run_analysis(spec, cohort, spec.analyses[0])


@cache
def found():
    return on_sample()


class TestNumbers:
    def test_as_r(self):
        written = as_json(ask())
        crude = R["time_dependent"]["crude"]
        assert written["time_dependent"]["log_hazard_ratio"] == pytest.approx(crude["coef"], rel=1e-8)
        assert written["mantel_byar"]["statistic"] == pytest.approx(R["time_dependent"]["score_exact"], rel=1e-9)
        assert [mark["n_dropped_event"] for mark in written["landmarks"]] == [23, 49]
        assert written["clones"]["ratio"]["log_hazard_ratio"] == pytest.approx(R["clones"]["crude"]["coef"], rel=1e-7)

    def test_adjusted_as_r(self):
        written = as_json(ask(covariates=["age", "surgery"]))
        assert written["naive"]["log_hazard_ratio"] == pytest.approx(R["naive"]["adjusted"]["coef"], rel=1e-8)
        assert written["clones"]["ratio"]["log_hazard_ratio"] == pytest.approx(
            R["clones"]["adjusted"]["coef"], rel=1e-7
        )

    def test_dates_give_the_same_starts_as_days(self):
        by_day, by_date = found(), on_sample(starts="first_hifu_date")
        same = by_day.immortal_time.time_dependent.ratio.hazard_ratio
        assert by_date.immortal_time.time_dependent.ratio.hazard_ratio == pytest.approx(same, rel=1e-9)
        assert "First HIFU date is counted from First ICI date." in by_date.notes

    def test_landmarks_are_three_and_six_months_unless_given(self):
        assert [mark.time for mark in found().immortal_time.landmarks] == [3, 6]
        assert [mark.time for mark in ask(landmarks=None).immortal_time.landmarks] == pytest.approx([91.3125, 182.625])

    def test_a_later_time_zero_counts_from_there(self):
        """From the first HIFU nobody without HIFU has a time zero."""
        with pytest.raises(CohortError, match="both groups"):
            on_sample(time_zero="first_hifu_date")
        same = on_sample(time_zero="first_ici_date").immortal_time
        assert same.naive.hazard_ratio == pytest.approx(found().immortal_time.naive.hazard_ratio)

    def test_an_earlier_time_zero_makes_entry_late(self):
        treated = ["1,5", "1,6", "1,7", "0,", "0,", "0,"]
        rows = "\n".join(f"p{i},2020-01-0{i + 1},2020-02-01,2020-02-{21 + i},1,{tx}" for i, tx in enumerate(treated))
        cohort = cohort_from_files({"p.csv": f"id,accepted,seen,last,died,tx,tx_day\n{rows}".encode()}, name="p")
        endpoint = {
            "start": "seen",
            "event_date": "last",
            "censor_date": "last",
            "event": "died",
            "event_is": [1],
            "unit": "days",
        }
        result = ask(
            cohort, {"column": "tx"}, endpoint, starts="tx_day", time_zero="accepted", landmarks=[35], grace=40
        )
        assert result.subset.data.entry.tolist() == [31, 30, 29, 28, 27, 26]
        assert result.subset.data.time[0] == 51
        assert result.immortal_time.clones is None
        assert "6 patients followed only from a later day on enter then." in result.notes


class TestWho:
    def test_a_treated_patient_without_a_start_is_left_out_and_counted(self):
        group = {"column": "transplanted", "levels": {"No": ["0"], "Yes": ["1"]}}
        cohort = stanford()
        frame = cohort.patients.frame.copy()
        row = int(frame.index[frame["transplant_day"].notna()][0])
        frame.loc[row, "transplant_day"] = float("nan")

        table = dataclasses.replace(cohort.patients, frame=frame, cache={})
        result = ask(dataclasses.replace(cohort, patients=table), group)
        assert [(e.n, e.reason) for e in result.subset.exclusions] == [(1, "Yes, but no start in Transplant day")]
        assert result.subset.exclusions[0].rows == (row + 2,)

    def test_missing_covariates_are_counted_once_for_all_methods(self):
        cohort = stanford()
        frame = cohort.patients.frame.copy()
        frame.loc[[3, 8], "age"] = float("nan")

        result = ask(
            dataclasses.replace(cohort, patients=dataclasses.replace(cohort.patients, frame=frame, cache={})),
            covariates=["age"],
        )
        assert result.subset.n == cohort.n - 2 == result.immortal_time.naive.n
        assert "Age missing (adjusted for)" in [e.reason for e in result.subset.exclusions]


class TestReports:
    def test_the_headline_sets_the_naive_ratio_beside_the_guarded_one(self):
        said = immortal_time_headline(found())
        assert said.startswith(
            "Compared as if HIFU had been known from the beginning, the hazard ratio is 0.57 (95 % CI "
        )
        assert "counted only from the day it began it is 0.59" in said
        assert "By landmarks and clones it lies between 0.67 and 0.81, which leaves 38 % to 70 %." in said

    def test_yes_is_spoken_of_by_its_column(self):
        said = immortal_time_headline(ask()) + stake_sentence(ask())
        assert "Transplanted counted only from the day it began" in said
        assert "Yes" not in said

    def test_a_method_without_a_ratio_is_not_named(self):
        few = on_sample(endpoint="PFS", filters=[{"column": "systemic_therapy", "op": "==", "value": "ICI only"}])
        said = immortal_time_headline(few)
        assert "not estimable" in said
        assert "By clones it is " in said
        assert "nan" not in said

    def test_what_is_at_stake_and_what_no_method_does(self):
        value = found().immortal_time
        assert "26 of 28 patients; 7 % of that group's follow-up lies before HIFU began" in stake_sentence(found())
        assert "not selection" in immortal_time_caveat(value)
        assert "adjusted for sex only" in immortal_time_caveat(on_sample(covariates=["sex"]).immortal_time)

    def test_tables_hold_the_numbers_of_the_json(self):
        written = as_json(found())
        frame = methods_table(found()).values_frame()
        assert list(frame["Method"]) == [
            "Naive", "Landmark at 3 months", "Landmark at 6 months", "Time-dependent", "Clones, 3 months",
        ]  # fmt: skip
        assert frame["Hazard ratio"][3] == written["time_dependent"]["hazard_ratio"]
        assert list(landmark_table(found()).values_frame()["Dropped: event before"]) == [6, 17]
        assert list(mantel_byar_table(found()).values_frame()["Events"]) == [46, 20]
        assert len(strategies_table(found()).rows) == 2
        assert "Synthetic" in " ".join(methods_table(found()).footnotes)

    def test_the_whole_is_json(self):
        written = as_json(found())
        assert json.loads(json.dumps(written, allow_nan=False)) == written
        assert set(written["clones"]["strategies"]) == {"wait", "begin"}

    def test_the_method_names_r_and_seed(self):
        lines = " ".join(method_lines(on_sample(covariates=["sex"])))
        assert "tx + sex" in lines
        assert "seed 20250101" in lines
        assert "tmerge" in lines

    def test_no_words_of_code(self):
        said = " ".join([immortal_time_headline(found()), *method_lines(found())[:2]])
        assert not re.search(r"nan|None|_", said)

    def test_the_guard_has_the_same_words_for_the_same_start(self):

        assert "26 of 28 patients, and 7 % of the follow-up" in late_start_sentence(late_start(found().subset))


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"group": None}, SpecError, "two groups; there are none"),
        ({"starts": "nowhere"}, MissingColumnError, "nowhere"),
        ({"starts": None}, SpecError, "No column says when"),
        ({"starts": "accepted"}, SpecError, "not built from dates|filled alike"),
        ({"covariates": ["transplanted"]}, SpecError, "makes the groups"),
        ({"covariates": ["weight"]}, MissingColumnError, "weight"),
        ({"references": {"age": 1}}, SpecError, "references"),
        ({"starts": "op", "time_zero": "accepted"}, SpecError, "not built from dates"),
        ({"starts": "op", "time_zero": "age"}, SpecError, "no dates"),
    ],
)
def test_what_cannot_be_is_said(asked, error, words):
    with pytest.raises(error, match=words):
        ask(**{"group": GROUP, **asked}, cohort=stanford_without_names())


@cache
def stanford_without_names():
    """A start that is not named after the group, and no recognised time zero."""

    cohort = stanford()
    table = cohort.patients
    columns = tuple(
        dataclasses.replace(column, role="covariate" if column.role == "start_date" else column.role)
        for column in table.columns
    )
    frame = table.frame.rename(columns={"transplant_day": "op"})
    columns = tuple(dataclasses.replace(c, name="op") if c.name == "transplant_day" else c for c in columns)
    return dataclasses.replace(cohort, patients=dataclasses.replace(table, frame=frame, columns=columns, cache={}))


@pytest.mark.parametrize("asked", [{"landmarks": [0]}, {"grace": 0}, {"draws": 3}, {"covariates": ["age", "age"]}])
def test_options_out_of_range_are_refused(asked):
    with pytest.raises(ValueError, match=r"landmarks|grace|draws|twice"):
        ask(**asked)
