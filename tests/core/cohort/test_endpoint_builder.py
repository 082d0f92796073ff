"""Endpoints built from dates, counts and pairs of columns, their origins, and what a data cut takes away: by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.cohort.endpoints import resolve_endpoint
from core.cohort.mapping_memory import recalled, remember
from core.cohort.origins import origin_of, origins
from core.cohort.recognise import found_endpoints
from core.cohort.validate_endpoints import check_endpoints
from core.errors import SpecError
from core.spec import EndpointSpec


def said(endpoint):
    return {exclusion.reason: exclusion.rows for exclusion in endpoint.exclusions}


def found(table):
    return {endpoint.name: endpoint.spec for endpoint in found_endpoints(table)}


DATED = {
    "first_ici_date": ["2020-01-01"] * 5,
    "progression_date": ["2020-01-11", None, None, "2020-02-10", None],
    "death_date": ["2020-01-31", "2020-01-21", None, "2020-02-10", None],
    "transplant_date": [None, None, "2020-01-06", None, None],
    "last_seen_date": ["2020-01-31", "2020-01-21", "2020-03-01", "2020-02-10", "2020-04-10"],
}


class TestOrigins:
    @pytest.mark.parametrize(
        ("name", "means"),
        [
            ("diagnosis_date", "diagnosis"), ("date of diagnosis", "diagnosis"), ("确诊日期", "diagnosis"),
            ("first_ici_date", "first ICI dose"), ("Date of first PD-1 dose", "first ICI dose"),
            ("首次免疫治疗日期", "first ICI dose"), ("first HIFU date", "first HIFU session"),
            ("首次HIFU治疗日期", "first HIFU session"), ("海扶治疗日期", "first HIFU session"),
            ("TACE date", "first TACE"), ("消融日期", "first ablation"), ("手术日期", "surgery"),
            ("randomisation_date", "randomisation or enrolment"), ("入组日期", "randomisation or enrolment"),
            ("first_treatment_date", "first treatment"), ("首次治疗日期", "first treatment"),
            ("progression_date", None), ("last_seen_date", None), ("death_date", None), ("dob", None),
            ("治疗结束日期", None), ("date of last HIFU", None), ("visit", None), ("pd_date", None),
        ],
    )  # fmt: skip
    def test_what_a_date_marks_the_beginning_of(self, name, means):
        assert origin_of(name) == means

    def test_every_date_that_may_be_time_zero_is_offered_and_said(self, patients):
        table = patients(DATED | {"diagnosis_date": ["2019-06-01"] * 5, "age": [50, 61, 72, 43, 54]})
        assert {origin.column: origin.means for origin in origins(table)} == {
            "first_ici_date": "first ICI dose", "diagnosis_date": "diagnosis",
        }  # fmt: skip
        (issue,) = [issue for issue in table.issues if issue.code == "confirm-start"]
        assert "Times run from 'first_ici_date' (first ICI dose)" in issue.message
        assert "'diagnosis_date' (diagnosis)" in issue.message
        assert table.column("diagnosis_date").reason == "it holds dates; may be time zero: diagnosis"

    def test_an_origin_nobody_listed_is_found_by_its_words(self, patients):
        table = patients(
            {"Datum HIFU 1. Sitzung": DATED["first_ici_date"]}
            | {k: DATED[k] for k in ("death_date", "last_seen_date")},
            kinds={"Datum HIFU 1. Sitzung": "date"},
        )
        assert found(table)["OS"].start == "Datum HIFU 1. Sitzung"


class TestDates:
    def test_every_endpoint_that_the_dates_allow(self, patients):
        specs = found(patients(DATED | {"local progression date": [None, None, None, "2020-02-01", None]}))
        assert list(specs) == ["OS", "PFS", "TTP", "LTP"]
        assert specs["PFS"].event_date == ("progression_date", "death_date")
        assert specs["PFS"].competing_date == {}
        assert specs["TTP"].event_date == "progression_date"
        assert specs["TTP"].competing_date == {"death": "death_date", "transplant": "transplant_date"}
        assert specs["LTP"].competing_date == specs["TTP"].competing_date
        assert {spec.start for spec in specs.values()} == {"first_ici_date"}

    def test_pfs_is_the_earlier_of_progression_and_death(self, patients):
        spec = EndpointSpec(
            start="first_ici_date", event_date=("progression_date", "death_date"), censor_date="last_seen_date",
            unit="days",
        )  # fmt: skip
        endpoint = resolve_endpoint(patients(DATED), "PFS", spec)
        np.testing.assert_array_equal(endpoint.time, [10, 20, 60, 40, 100])
        assert endpoint.event.tolist() == [True, True, False, True, False]

    def test_ttp_with_death_and_transplant_competing(self, patients):
        spec = EndpointSpec(
            start="first_ici_date", event_date="progression_date", censor_date="last_seen_date", unit="days",
            competing_date={"death": "death_date", "transplant": "transplant_date"},
        )  # fmt: skip
        endpoint = resolve_endpoint(patients(DATED), "TTP", spec)
        np.testing.assert_array_equal(endpoint.time, [10, 20, 5, 40, 100])
        assert endpoint.event.tolist() == [True, False, False, True, False]  # on the same day the event counts
        assert {cause: flags.tolist() for cause, flags in endpoint.competing.items()} == {
            "death": [False, True, False, False, False],
            "transplant": [False, False, True, False, False],
        }

    def test_ttp_with_death_censored(self, patients):
        spec = EndpointSpec(
            start="first_ici_date", event_date="progression_date", censor_date="last_seen_date", unit="days"
        )
        endpoint = resolve_endpoint(patients(DATED), "TTP", spec)
        np.testing.assert_array_equal(endpoint.time, [10, 20, 60, 40, 100])
        assert endpoint.event.tolist() == [True, False, False, True, False]
        assert endpoint.competing == {}

    def test_duration_of_response_is_of_responders(self, patients, cohort_of):
        columns = DATED | {"response_date": ["2020-01-06", None, "2020-02-20", None, None]}
        spec = found(patients(columns))["DOR"]
        assert (spec.start, spec.event_date) == ("response_date", ("progression_date", "death_date"))
        spec = spec.model_copy(update={"unit": "days"})
        endpoint = resolve_endpoint(patients(columns), "DOR", spec)
        assert said(endpoint) == {"DOR without a date of response": (3, 5, 6)}
        np.testing.assert_array_equal(endpoint.time[endpoint.usable], [5, 10])
        assert endpoint.event[endpoint.usable].tolist() == [True, False]
        (issue,) = [one for one in check_endpoints(cohort_of(columns, {"DOR": spec})) if one.code == "no-response"]
        assert (issue.severity, issue.rows) == ("info", (3, 5, 6))

    @settings(max_examples=60, deadline=None)
    @given(rows=st.lists(st.tuples(*[st.none() | st.integers(0, 30)] * 3), min_size=1, max_size=12))
    def test_the_first_of_all_dates_counts_in_any_table(self, patients, rows):
        columns = {name: [row[i] for row in rows] for i, name in enumerate(("relapse", "death", "transplant"))}
        spec = EndpointSpec(
            event_date="relapse", competing_date={"death": "death", "transplant": "transplant"}, censor_date="seen",
            unit="days",
        )  # fmt: skip
        table = patients(columns | {"seen": [99] * len(rows)}, endpoints={"TTR": spec})
        endpoint = resolve_endpoint(table, "TTR", spec)
        for i, (relapse, death, transplant) in enumerate(rows):
            order = [(day, rank) for rank, day in enumerate((relapse, death, transplant)) if day is not None]
            day, rank = min(order, default=(99, None))
            flags = [endpoint.event[i], endpoint.competing["death"][i], endpoint.competing["transplant"][i]]
            assert flags == [rank == which for which in range(3)]
            assert endpoint.time[i] == day


TCGA = {
    "days_to_death": [100, None, 300, None],
    "days_to_last_followup": [100, 200, None, 400],
    "days_to_progression": [50, None, None, 150],
    "vital_status": ["Dead", "Alive", "Dead", "Alive"],
}


class TestCounts:
    def test_days_to_each_event_are_endpoints(self, patients):
        table = patients(TCGA)
        specs = found(table)
        assert list(specs) == ["OS", "PFS", "TTP"]
        assert {spec.unit for spec in specs.values()} == {"days"}
        os, pfs, ttp = (resolve_endpoint(table, name, spec) for name, spec in specs.items())
        np.testing.assert_array_equal(os.time, [100, 200, 300, 400])
        assert os.event.tolist() == [True, False, True, False]
        np.testing.assert_array_equal(pfs.time, [50, 200, 300, 150])
        assert pfs.event.tolist() == [True, False, True, True]
        np.testing.assert_array_equal(ttp.time, [50, 200, 300, 150])
        assert ttp.event.tolist() == [True, False, False, True]
        assert ttp.competing["death"].tolist() == [False, False, True, False]

    def test_months_are_months(self, patients):
        table = patients({"months_to_death": [1.5, None, 3.5], "months_to_last_follow_up": [2.5, 8.5, 4.5]})
        assert found(table)["OS"].unit == "months"

    def test_a_time_that_is_always_filled_is_a_time_with_its_event(self, patients):
        columns = TCGA | {"days_to_death": [100, 200, 300, 400]}
        spec = found(patients(columns))["OS"]
        assert (spec.time, spec.event) == ("days_to_death", "vital_status")


PAIRS = {
    "ttp": [5, 10, 8, 12, None], "progressed": [1, 0, 0, 1, 1],
    "os_weeks": [70, 84, 140, 91, 70], "dead": [1, 1, 0, 0, 1],
}  # fmt: skip


class TestPairs:
    def test_pfs_of_two_times_and_two_events(self, patients):
        spec = EndpointSpec.model_validate(
            {"time": "ttp", "event": "progressed", "event_is": [1], "unit": "months",
             "also": [{"time": "os_weeks", "event": "dead", "event_is": [1], "unit": "weeks"}]}
        )  # fmt: skip
        endpoint = resolve_endpoint(patients(PAIRS, endpoints={"PFS": spec}), "PFS", spec)
        # 5 months; dead at 84 weeks = 588 days; neither: the shorter follow-up; 12 months; time to progression missing
        np.testing.assert_allclose(endpoint.time[:4], [5, 588 / 30.4375, 8, 12], rtol=1e-14)
        assert endpoint.event[:4].tolist() == [True, True, False, True]
        assert said(endpoint) == {"PFS time missing": (6,)}
        assert "earliest of 'progressed' at 'ttp', 'dead' at 'os_weeks'" in endpoint.notes[0]

    def test_suggested_where_both_are_there(self, patients):
        n = 12
        table = patients(
            {"ttp_months": [3 + 0.5 * i for i in range(n)], "progressed": [i % 2 for i in range(n)],
             "os_months": [9 + 0.5 * i for i in range(n)], "os_event": [i % 3 % 2 for i in range(n)]}
        )  # fmt: skip
        specs = found(table)
        assert list(specs) == ["TTP", "OS", "PFS"]
        (pair,) = specs["PFS"].also
        assert (pair.time, pair.event, pair.event_is, pair.unit) == ("os_months", "os_event", (1,), None)
        assert [table.column(name).endpoint for name in ("ttp_months", "os_months")] == ["TTP", "OS"]


class TestDataCut:
    def dated(self, **more):
        return EndpointSpec(
            start="first_ici_date", event_date=("progression_date", "death_date"), censor_date="last_seen_date",
            unit="days", **more,
        )  # fmt: skip

    def test_what_happened_later_is_censored_at_the_cut(self, patients):
        endpoint = resolve_endpoint(patients(DATED), "PFS", self.dated(data_cut="2020-01-21"))
        np.testing.assert_array_equal(endpoint.time, [10, 20, 20, 20, 20])
        assert endpoint.event.tolist() == [True, True, False, False, False]  # an event on the day of the cut counts
        assert endpoint.notes[-1] == (
            "PFS is cut at 2020-01-21: 3 patients followed longer, of whom 1 had an event after it and is censored "
            "there."
        )

    def test_who_began_later_is_left_out_with_a_count(self, patients, cohort_of):
        columns = DATED | {"first_ici_date": ["2020-01-01", "2020-01-01", "2020-01-16", "2020-01-02", "2020-01-15"]}
        spec = self.dated(data_cut="2020-01-15")
        endpoint = resolve_endpoint(patients(columns), "PFS", spec)
        assert said(endpoint) == {"PFS begins after the data cut": (4,)}
        np.testing.assert_array_equal(endpoint.time[endpoint.usable], [10, 14, 13, 0])
        issues = {issue.code: issue for issue in check_endpoints(cohort_of(columns, {"PFS": spec}))}
        assert issues["start-after-cut"].rows == (4,)

    def test_a_column_of_days(self, patients):
        columns = DATED | {"closed": ["2020-01-06", "2020-02-01", None, "2020-02-10", "2020-01-01"]}
        endpoint = resolve_endpoint(patients(columns), "PFS", self.dated(data_cut="closed"))
        assert said(endpoint) == {"PFS data cut missing": (4,)}
        np.testing.assert_array_equal(endpoint.time[endpoint.usable], [5, 20, 40, 0])
        assert endpoint.event[endpoint.usable].tolist() == [False, True, True, False]

    def test_a_time(self, patients):
        spec = EndpointSpec(time="os", event="dead", event_is=(1,), competing={"other": (2,)}, until=12)
        table = patients({"os": [5, 12, 13, 20, 30], "dead": [1, 1, 1, 2, 0]}, endpoints={"OS": spec})
        endpoint = resolve_endpoint(table, "OS", spec)
        np.testing.assert_array_equal(endpoint.time, [5, 12, 12, 12, 12])
        assert endpoint.event.tolist() == [True, True, False, False, False]
        assert not endpoint.competing["other"].any()
        assert endpoint.notes[-1].startswith("OS is cut at 12 months: 3 patients followed longer, of whom 2 had")

    def test_a_day_beside_a_column_of_times_needs_the_date_of_time_zero(self, patients):
        parts = {"time": "os", "event": "dead", "event_is": (1,), "unit": "days", "data_cut": "2020-03-01"}
        with pytest.raises(ValidationError, match="'data_cut' needs 'start', the date of time zero"):
            EndpointSpec(**parts)
        spec = EndpointSpec(**parts, start="begun")
        table = patients(
            {"os": [10, 61, 60, 90], "dead": [1, 1, 1, 0], "begun": ["2020-01-01", "2020-01-01", "2020-01-01", None]},
            endpoints={"OS": spec},
        )
        endpoint = resolve_endpoint(table, "OS", spec)
        np.testing.assert_array_equal(endpoint.time[:3], [10, 60, 60])
        assert endpoint.event[:3].tolist() == [True, False, True]
        assert said(endpoint) == {"OS start missing (needed for the data cut)": (5,)}

    def test_delayed_entry_after_the_cut(self, patients):
        spec = EndpointSpec(time="os", event="dead", event_is=(1,), entry="entry", until=12)
        table = patients({"entry": [0, 12, 5], "os": [20, 20, 9], "dead": [1, 1, 1]}, endpoints={"OS": spec})
        assert said(resolve_endpoint(table, "OS", spec)) == {"OS entry not before time": (3,)}

    def test_neither_a_day_nor_a_column(self, patients):
        with pytest.raises(SpecError, match="'2020-13-01' is neither a day nor a column with dates"):
            resolve_endpoint(patients(DATED), "PFS", self.dated(data_cut="2020-13-01"))


def test_what_was_confirmed_is_remembered_for_another_spelling_of_the_header(cohort_of, tmp_path):
    spec = EndpointSpec(
        start="first_ici_date", event_date="progression_date", censor_date="last_seen_date",
        competing_date={"death": ("death_date", "transplant_date")}, data_cut="2020-03-01",
    )  # fmt: skip
    pairs = EndpointSpec.model_validate(
        {"time": "ttp", "event": "pd", "also": [{"time": "os", "event": "dead"}], "start": "first_ici_date",
         "data_cut": "last_seen_date"}
    )  # fmt: skip
    columns = DATED | {
        "ttp": [1, 2, 3, 4, 5.5],
        "pd": [1, 0, 1, 0, 1],
        "os": [2, 3, 4, 5, 6.5],
        "dead": [1, 0, 0, 0, 1],
    }
    remember(cohort_of(columns, {"TTP": spec, "PFS": pairs}), date="2024-05-31", file=tmp_path / "m.json")
    again = cohort_of({name.upper(): cells for name, cells in columns.items()})
    found, _ = recalled(again, file=tmp_path / "m.json")
    assert found.endpoints["TTP"].competing_date == {"death": ("DEATH_DATE", "TRANSPLANT_DATE")}
    assert found.endpoints["TTP"].data_cut == "2020-03-01"
    assert (found.endpoints["PFS"].also[0].time, found.endpoints["PFS"].data_cut) == ("OS", "LAST_SEEN_DATE")


def test_treatment_is_time_zero_rather_than_diagnosis(patients):
    dates = {name: DATED[name] for name in ("death_date", "last_seen_date")}
    table = patients({"确诊日期": DATED["first_ici_date"], "首次免疫治疗日期": DATED["first_ici_date"], **dates})
    assert found(table)["OS"].start == "首次免疫治疗日期"


class TestRefused:
    @pytest.mark.parametrize(
        ("parts", "why"),
        [
            ({"time": "a", "event": "b", "start": "c"}, "not both"),
            ({"start": "c", "event_date": "d"}, "needs 'start', 'event_date' and 'censor_date'"),
            ({"event_date": "d"}, "needs 'start', 'event_date' and 'censor_date'"),
            ({"time": "a"}, "an endpoint needs 'time' and 'event'"),
            ({"unit": "days"}, "an endpoint needs 'time' and 'event'"),
            ({"start": "s", "event_date": ["d", "d"], "censor_date": "c"}, "names a column twice"),
            ({"start": "s", "event_date": "d", "censor_date": "c", "also": [{"time": "t", "event": "e"}]}, "'also'"),
            ({"start": "s", "event_date": "d", "censor_date": "c", "event": "e", "competing_date": {"x": "y"}},
             "either 'event' or 'competing_date'"),
            ({"time": "a", "event": "b", "until": 0}, "greater than 0"),
        ],
    )  # fmt: skip
    def test_combinations_that_make_no_sense(self, parts, why):
        with pytest.raises(ValidationError, match=why):
            EndpointSpec.model_validate(parts)

    def test_what_nobody_said_is_not_written(self):
        written = EndpointSpec(time="a", event="b").model_dump()
        assert not {"also", "competing_date", "data_cut", "until"} & set(written)


class TestUnits:
    N = 10

    def cohort(self, cohort_of, times, unit):
        months = [6 * (i + 1) for i in range(self.N)]
        day = np.datetime64("2020-01-01")
        columns = {
            "start_date": [str(day)] * self.N,
            "last_seen_date": [str(day + round(30.4375 * m)) for m in months],
            "os": times(months),
            "dead": [i % 2 for i in range(self.N)],
        }
        return cohort_of(columns, {"OS": EndpointSpec(time="os", event="dead", event_is=(1,), unit=unit)})

    def codes(self, cohort):
        return {issue.code: issue for issue in check_endpoints(cohort)}

    def test_times_that_the_dates_confirm(self, cohort_of):
        found = self.codes(self.cohort(cohort_of, lambda months: months, "months"))
        assert not {"unit-contradicted", "mixed-units", "implausible-time"} & set(found)

    @pytest.mark.parametrize(("per", "unit"), [(30.4375, "days"), (30.4375 / 7, "weeks"), (1 / 12, "years")])
    def test_all_in_another_unit(self, cohort_of, per, unit):
        cohort = self.cohort(cohort_of, lambda months: [round(per * m, 2) for m in months], "months")
        issue = self.codes(cohort)["unit-contradicted"]
        assert issue.message == f"OS time is read in months, but the dates say that it is in {unit}."
        assert len(issue.rows) == self.N

    def test_some_in_another_unit(self, cohort_of):
        cohort = self.cohort(cohort_of, lambda months: [*months[:8], *(30 * m for m in months[8:])], "months")
        issue = self.codes(cohort)["mixed-units"]
        assert "by the dates 2 rows of 'os' are in days, most are in months" in issue.message
        assert issue.rows == (10, 11)

    def test_longer_than_a_life(self, cohort_of):
        columns = {"os": [10.5, 2500, 30.5], "dead": [1, 0, 1]}
        cohort = cohort_of(columns, {"OS": EndpointSpec(time="os", event="dead", event_is=(1,), unit="months")})
        issue = self.codes(cohort)["implausible-time"]
        assert issue.rows == (3,)
        assert "longer than 60 years in 1 row" in issue.message
