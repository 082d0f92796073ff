"""Endpoints: times and events from columns and dates, and who cannot be used."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.endpoints import resolve_endpoint
from core.errors import MissingColumnError, SpecError
from core.spec import EndpointSpec


def said(endpoint):
    return {exclusion.reason: exclusion.rows for exclusion in endpoint.exclusions}


class TestColumns:
    def test_time_and_event(self, patients):
        table = patients({"os": [12.5, 3, 40, 7], "dead": [1, 0, 1, 0]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=(1,), unit="weeks"))
        np.testing.assert_array_equal(endpoint.time, [12.5, 3, 40, 7])
        assert endpoint.event.tolist() == [True, False, True, False]
        assert endpoint.usable.all()
        assert (endpoint.unit, endpoint.entry, endpoint.exclusions, endpoint.notes) == ("weeks", None, (), ())

    @pytest.mark.parametrize("event_is", [(2,), ("2",), (2.0,), ("2.0",)], ids=repr)
    def test_event_is_matches_by_value(self, patients, event_is):
        table = patients({"time": [1.5, 2.5, 3.5, 4.5], "status": ["1", "2", "2.0", "1"]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="time", event="status", event_is=event_is))
        assert endpoint.event.tolist() == [False, True, True, False]

    @pytest.mark.parametrize("event_is", [(True,), (1,), ("TRUE",), ("true",)], ids=repr)
    def test_truth_matches_by_value(self, patients, event_is):
        table = patients({"time": [1.5, 2.5, 3.5, 4.5], "dead": ["TRUE", "FALSE", "TRUE", "FALSE"]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="time", event="dead", event_is=event_is))
        assert endpoint.event.tolist() == [True, False, True, False]

    def test_without_event_is_the_values_are_recognised_and_said(self, patients):
        table = patients({"time": [1.5, 2.5, 3.5], "status": ["1", "2", "2"]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="time", event="status"))
        assert endpoint.event.tolist() == [False, True, True]
        assert endpoint.notes == ("OS event is 'status' = 2 (coded 1/2: 2 is the event).",)

    def test_any_other_value_is_censored(self, patients):
        table = patients({"time": [1.5, 2.5, 3.5], "status": ["dead", "moved away", "alive"]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="time", event="status", event_is=("dead",)))
        assert endpoint.event.tolist() == [True, False, False]
        assert endpoint.usable.all()

    def test_unusable_rows_are_counted_once_with_rows(self, patients):
        table = patients({"os": [12.5, None, -1, 7, None, 0, 5.5, 8.5], "dead": [1, 0, 1, None, None, 1, "unknown", 0]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=(1,)))
        assert said(endpoint) == {"OS time missing": (3, 6), "OS event missing": (5, 8), "OS time negative": (4,)}
        assert endpoint.usable.tolist() == [True, False, False, False, False, True, False, True]
        assert not endpoint.event[~endpoint.usable].any()
        assert endpoint.notes == ("OS time is zero for 1 patient.",)

    def test_unknown_is_an_event_where_the_user_says_so(self, patients):
        table = patients({"os": [1.5, 2.5, 3.5], "dead": ["yes", "unknown", "no"]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=("yes", "unknown")))
        assert endpoint.event.tolist() == [True, True, False]
        assert endpoint.usable.all()

    def test_competing_events_are_censored_flagged_and_said(self, patients):
        table = patients({"time": [1.5, 2.5, 3.5, 4.5], "status": [0, 1, 2, 3]})
        spec = EndpointSpec(time="time", event="status", event_is=(1,), competing={"transplant": (2,), "other": (3,)})
        endpoint = resolve_endpoint(table, "TTP", spec)
        assert endpoint.event.tolist() == [False, True, False, False]
        assert {c: f.tolist() for c, f in endpoint.competing.items()} == {
            "transplant": [False, False, True, False],
            "other": [False, False, False, True],
        }
        assert "Competing event 'transplant': 1 patient censored at its time." in endpoint.notes

    def test_a_value_cannot_be_event_and_competing(self, patients):
        table = patients({"time": [1.5, 2.5, 3.5], "status": [0, 1, 2]})
        spec = EndpointSpec(time="time", event="status", event_is=(1, 2), competing={"transplant": ("2",)})
        with pytest.raises(SpecError, match="both OS event and the competing event 'transplant'"):
            resolve_endpoint(table, "OS", spec)

    def test_delayed_entry(self, patients):
        table = patients({"entry": [0, 2, None, 5.5], "os": [1.5, 2, 3.5, 9.5], "dead": [1, 0, 1, 1]})
        spec = EndpointSpec(time="os", event="dead", event_is=(1,), entry="entry")
        endpoint = resolve_endpoint(table, "OS", spec)
        assert said(endpoint) == {"OS entry missing": (4,), "OS entry not before time": (3,)}
        np.testing.assert_array_equal(endpoint.entry, [0, 2, np.nan, 5.5])

    def test_no_event_at_all_is_said(self, patients):
        table = patients({"os": [1.5, 2.5, 3.5], "dead": [0, 0, 0]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=(1,)))
        assert not endpoint.event.any()
        assert "No patient has the OS event ('dead' = 1)." in endpoint.notes

    def test_a_missing_column_names_the_nearest(self, patients):
        table = patients({"os_months": [1.5, 2.5], "dead": [0, 1]})
        with pytest.raises(MissingColumnError, match=r"'os_month'.*endpoint OS.*Did you mean 'os_months'"):
            resolve_endpoint(table, "OS", EndpointSpec(time="os_month", event="dead"))

    def test_words_are_no_times(self, patients):
        table = patients({"os": ["long", "short", "long"], "dead": [0, 1, 1]})
        with pytest.raises(SpecError, match="'os', needed for endpoint OS, is not a number but a category"):
            resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead"))

    def test_words_nobody_knows_as_event(self, patients):
        table = patients({"os": [1.5, 2.5, 3.5], "dead": ["alpha", "beta", "alpha"]})
        with pytest.raises(SpecError, match=r"None of the values of 'dead' \(alpha, beta\).*event_is"):
            resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead"))

    def test_an_empty_time_column_leaves_nobody(self, patients):
        table = patients({"os": [None, None], "dead": [0, 1]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=(1,)))
        assert said(endpoint) == {"OS time missing": (2, 3)}

    def test_arrays_are_read_only(self, patients):
        table = patients({"os": [1.5, 2.5], "dead": [0, 1]})
        endpoint = resolve_endpoint(table, "OS", EndpointSpec(time="os", event="dead", event_is=(1,)))
        for array in (endpoint.time, endpoint.event, endpoint.usable):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


class TestDates:
    COLUMNS = ("2020-01-01", "2020-01-31", "2021-01-01")

    @pytest.mark.parametrize(
        ("unit", "per"), [("days", 1), ("weeks", 7), ("months", 30.4375), ("years", 365.25)], ids=lambda v: str(v)
    )
    def test_units(self, patients, unit, per):
        table = patients(
            {"start": [self.COLUMNS[0]] * 2, "death": [self.COLUMNS[1], None], "seen": [self.COLUMNS[2]] * 2}
        )
        spec = EndpointSpec(start="start", event_date="death", censor_date="seen", unit=unit)
        endpoint = resolve_endpoint(table, "OS", spec)
        np.testing.assert_allclose(endpoint.time, [30 / per, 366 / per], rtol=1e-15)
        assert endpoint.event.tolist() == [True, False]
        assert "30.4375" in endpoint.notes[0]

    def test_missing_and_reversed_dates(self, patients):
        table = patients(
            {
                "start": ["2020-01-01", None, "2020-01-01", "2020-06-01"],
                "death": [None, "2020-05-01", None, "2020-05-01"],
                "seen": ["2020-05-01", "2020-05-01", None, None],
            }
        )
        spec = EndpointSpec(start="start", event_date="death", censor_date="seen", unit="days")
        assert said(resolve_endpoint(table, "OS", spec)) == {"OS time missing": (3, 4), "OS time negative": (5,)}

    def test_a_status_says_whether_and_the_dates_when(self, patients):
        table = patients(
            {"start": ["2020-01-01"] * 3, "last": ["2020-01-11", "2020-01-21", "2020-01-31"], "status": [1, 0, None]}
        )
        spec = EndpointSpec(
            start="start", event_date="last", censor_date="last", event="status", event_is=(1,), unit="days"
        )
        endpoint = resolve_endpoint(table, "OS", spec)
        np.testing.assert_array_equal(endpoint.time, [10, 20, 30])
        assert endpoint.event.tolist() == [True, False, False]
        assert said(endpoint) == {"OS event missing": (4,)}

    def test_the_earliest_of_several_event_dates_counts(self, patients):
        table = patients(
            {
                "start": ["2020-01-01"] * 5,
                "progression": ["2020-01-11", "2020-02-10", None, None, "2020-01-21"],
                "death": ["2020-01-31", "2020-01-21", "2020-03-01", None, "2020-01-21"],
                "seen": ["2020-01-31", "2020-02-10", "2020-03-01", "2020-04-10", "2020-01-21"],
            }
        )
        spec = EndpointSpec(start="start", event_date=("progression", "death"), censor_date="seen", unit="days")
        endpoint = resolve_endpoint(table, "PFS", spec)
        np.testing.assert_array_equal(endpoint.time, [10, 20, 60, 100, 20])
        assert endpoint.event.tolist() == [True, True, True, False, True]
        assert "PFS event is the earliest of 'progression', 'death'." in endpoint.notes

    @settings(max_examples=60, deadline=None)
    @given(rows=st.lists(st.tuples(*[st.none() | st.integers(0, 400)] * 3), min_size=1, max_size=12))
    def test_the_earliest_date_counts_in_any_table(self, patients, rows):
        day = np.datetime64("2020-01-01")
        cells = [["" if d is None else str(day + d) for d in row] for row in rows]
        table = patients(
            {"start": ["2020-01-01"] * len(rows)}
            | {name: [row[i] or None for row in cells] for i, name in enumerate(("relapse", "death", "seen"))}
        )
        spec = EndpointSpec(start="start", event_date=("relapse", "death"), censor_date="seen", unit="days")
        endpoint = resolve_endpoint(table, "RFS", spec)
        for i, (relapse, death, seen) in enumerate(rows):
            events = [d for d in (relapse, death) if d is not None]
            assert endpoint.event[i] == bool(events)
            assert (endpoint.time[i] if endpoint.usable[i] else None) == (min(events) if events else seen)

    def test_words_are_no_dates(self, patients):
        table = patients({"start": ["soon", "later", "soon"], "death": ["2020-01-31"] * 3, "seen": ["2021-01-01"] * 3})
        with pytest.raises(SpecError, match="'start', needed for endpoint OS, holds no dates but a category"):
            resolve_endpoint(table, "OS", EndpointSpec(start="start", event_date="death", censor_date="seen"))

    def test_nobody_died(self, patients):
        table = patients({"start": ["2020-01-01"] * 2, "death": [None, None], "seen": ["2020-01-31"] * 2})
        spec = EndpointSpec(start="start", event_date="death", censor_date="seen", unit="days")
        endpoint = resolve_endpoint(table, "OS", spec)
        assert not endpoint.event.any()
        np.testing.assert_array_equal(endpoint.time, [30, 30])


CELL = st.sampled_from([None, "-1", "0", "3.5", "12", "NA", "oops"])
FLAG = st.sampled_from([None, "0", "1", "unknown", "2"])


@settings(max_examples=80, deadline=None)
@given(cells=st.lists(st.tuples(CELL, FLAG), min_size=1, max_size=25))
def test_every_row_is_usable_or_excluded_once(patients, cells):
    spec = EndpointSpec(time="os", event="dead", event_is=(1,), competing={"other": (2,)})
    table = patients({"os": [t for t, _ in cells], "dead": [f for _, f in cells]}, endpoints={"OS": spec})
    try:
        endpoint = resolve_endpoint(table, "OS", spec)
    except SpecError:
        assert all(time in ("oops", None, "NA") for time, _ in cells)
        return
    rows = [row for exclusion in endpoint.exclusions for row in exclusion.rows]
    assert len(rows) == len(set(rows)) == sum(e.n for e in endpoint.exclusions) == int((~endpoint.usable).sum())
    usable = [t not in (None, "NA", "-1", "oops") and f not in (None, "unknown") for t, f in cells]
    assert endpoint.usable.tolist() == usable
    assert endpoint.event.tolist() == [good and f == "1" for good, (_, f) in zip(usable, cells, strict=True)]
