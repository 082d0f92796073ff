"""Adverse events over time from files to results: which events, when risk ends, who is left out, tables and words."""

import json

import pandas as pd
import pytest

from core.cohort.load import load_files
from core.errors import CohortError
from core.reporting.adverse_event_time_sentence import adverse_event_time_headline
from core.reporting.adverse_event_time_tables import (
    censored_table,
    duration_report,
    first_event_table,
    mean_count_table,
    over_time_difference_table,
)
from core.reporting.all_tables import all_tables
from core.reporting.as_json import as_json
from core.reporting.ledger import looks_of
from core.reporting.methods_text import method_lines
from core.reporting.report.answers import answer_sentences
from core.reporting.tables import INDENT
from core.run import run
from core.spec import AnalysisSpec

PATIENTS = pd.DataFrame(
    {
        "id": [f"P{i:02d}" for i in range(12)],
        "arm": ["A", "B"] * 6,
        "start_date": ["2024-01-01"] * 12,
        "os_days": [100, 200, 150, 300, 250, 120, 90, 310, 260, 280, 330, 75],
        "os_event": [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1],
        "stopped_day": [50, 60, None, 90, 40, 80, 90, 100, 20, 30, 45, 70],
    }
)
EVENTS = pd.DataFrame(
    [
        ("P00", "Rash", "Skin", 1, 10, 20, "Y"),
        ("P00", "Rash", "Skin", 3, 60, None, "Y"),
        ("P01", "Rash", "Skin", 2, 30, 35, "N"),
        ("P02", "Fever", "General", 3, 5, 6, "N"),
        ("P03", "Rash", "Skin", 2, None, None, "N"),
        ("P04", "Fever", "General", 1, 41, 50, "Y"),
        ("P04", "Rash", "Skin", None, 100, 110, "N"),
        ("P05", "Rash", "Skin", 4, 119, None, "Y"),
        ("P07", "Fever", "General", 2, 400, None, "N"),
    ],
    columns=["id", "ae_term", "ae_class", "ae_grade", "ae_start_day", "ae_end_day", "ae_serious"],
)


@pytest.fixture
def ask(tmp_path):
    def answer(*, patients=PATIENTS, table=EVENTS, group="arm", **asked):
        patients.to_csv(tmp_path / "patients.csv", index=False)
        table.to_csv(tmp_path / "ae.csv", index=False)
        cohort = load_files([tmp_path / "patients.csv", tmp_path / "ae.csv"])
        spec = AnalysisSpec.model_validate(
            {
                "cohort": cohort.spec,
                "group": {"column": group} if group else None,
                "analyses": [{"id": "t", "kind": "adverse_event_time", "endpoint": "OS", "times": [50, 150]} | asked],
            }
        )
        return run(spec, cohort)["t"]

    return answer


def first(result):
    value = result.adverse_event_time
    return {g.level: int(g.cause(value.name).estimate.n_events_total) for g in value.first.groups}


class TestWhichEvents:
    def test_all_of_them(self, ask):
        result = ask()
        assert first(result) == {"A": 3, "B": 2}
        assert result.adverse_event_time.name == "adverse events"
        assert result.adverse_event_time.ends == ("death",)
        # P03's only event has no start; P07's came after the end of follow-up.
        assert [(one.reason, one.n, one.rows) for one in result.subset.exclusions] == [
            ("adverse events without a start", 1, (5,))
        ]
        assert "1 event after the end of follow-up not counted." in result.notes
        assert [group.n_events_total for group in result.adverse_event_time.counts.groups] == [5, 2]

    @pytest.mark.parametrize(
        ("asked", "name", "counts"),
        [
            ({"terms": ["rash"]}, "rash", {"A": 2, "B": 2}),
            ({"terms": ["Rash", "Fever"]}, "rash or fever", {"A": 3, "B": 2}),
            ({"classes": ["General"]}, "adverse events of the class General", {"A": 2, "B": 0}),
            ({"events": "serious"}, "serious adverse events", {"A": 2, "B": 1}),
            ({"min_grade": 3}, "adverse events of grade 3 or more", {"A": 2, "B": 1}),
            (
                {"terms": ["Rash"], "events": "serious", "min_grade": 3},
                "rash (serious) of grade 3 or more",
                {"A": 1, "B": 1},
            ),
            ({"merge_terms": {"Any": ["Rash", "Fever"]}, "terms": ["Any"]}, "any", {"A": 3, "B": 2}),
        ],
    )
    def test_some_of_them(self, ask, asked, name, counts):
        result = ask(**asked)
        assert result.adverse_event_time.name == name
        assert first(result) == counts

    def test_events_without_grade_are_said(self, ask):
        assert "1 event without grade not among those of grade 3 or more." in ask(min_grade=3).notes

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"terms": ["Rsh"]}, r"no adverse event 'Rsh'.*Did you mean 'Rash'"),
            ({"events": "immune-mediated"}, "do not say which are immune-mediated"),
        ],
    )
    def test_what_is_not_there(self, ask, asked, message):
        with pytest.raises(CohortError, match=message):
            ask(**asked)

    def test_without_starts_nothing_can_be_said(self, ask):
        with pytest.raises(CohortError, match="have no start"):
            ask(table=EVENTS.drop(columns=["ae_start_day"]))

    def test_dates_need_a_day_zero(self, ask):
        dated = EVENTS.assign(ae_start_day="2024-02-01").rename(columns={"ae_start_day": "ae_start_date"})
        with pytest.raises(CohortError, match="which day time zero was"):
            ask(patients=PATIENTS.drop(columns="start_date"), table=dated.drop(columns="ae_end_day"))


def test_dates_give_what_days_give(ask):
    days = ask()
    zero = pd.Timestamp("2024-01-01")
    dated = EVENTS.assign(
        ae_start_date=(zero + pd.to_timedelta(EVENTS["ae_start_day"], "D")).dt.date,
        ae_end_date=(zero + pd.to_timedelta(EVENTS["ae_end_day"], "D")).dt.date,
    ).drop(columns=["ae_start_day", "ae_end_day"])
    dates = ask(table=dated)
    one, other = (as_json(result) for result in (days, dates))
    for key in ("first", "mean_count", "durations"):
        assert one[key] == other[key]


class TestEndOfTreatment:
    def test_patients_are_censored_there(self, ask):
        result = ask(until="stopped_day", until_unit="days")
        # P00's second rash (60 > 50), P04's events (41, 100 > 40) and P05's (119 > 80) come after the end.
        assert first(result) == {"A": 2, "B": 1}
        assert result.adverse_event_time.ends == ("death",)
        assert "1 patient without Stopped day: at risk until the end of follow-up." in result.notes

    def test_a_window_counts_too(self, ask):
        assert first(ask(until="stopped_day", window=5)) == {"A": 3, "B": 1}

    def test_it_may_compete(self, ask):
        value = ask(until="stopped_day", until_competes=True).adverse_event_time
        assert value.ends == ("death", "end of treatment")
        counts = {g.level: int(g.cause("end of treatment").estimate.n_events_total) for g in value.first.groups}
        assert counts == {"A": 4, "B": 4}

    def test_durations_go_on_to_the_end_of_follow_up(self, ask):
        rows = ask(until="stopped_day", terms=["Rash"]).adverse_event_time.durations.rows
        assert rows[0].resolved.tolist() == [1, 1]

    def test_the_options_need_it(self, ask):
        with pytest.raises(CohortError, match="need until"):
            AnalysisSpec.from_json(
                json.dumps(
                    {
                        "cohort": {"patients": "p.csv"},
                        "analyses": [{"id": "t", "kind": "adverse_event_time", "endpoint": "OS", "window": 30}],
                    }
                )
            )


def test_undated_events_at_either_end(ask):
    early, late = (ask(undated=rule) for rule in ("start", "end"))
    assert not early.subset.exclusions
    b = [result.adverse_event_time.first.groups[1].cause("adverse events").at.incidence for result in (early, late)]
    assert b[0][0] > b[1][0]
    assert "Events without a start are counted at time zero" in " ".join(first_event_table(early).footnotes)


class TestTables:
    def test_first_events(self, ask):
        made = first_event_table(ask())
        frame = made.to_frame()
        assert frame.iloc[:, 0].tolist() == [
            "Adverse events",
            f"{INDENT}A",
            f"{INDENT}B",
            "Death",
            f"{INDENT}A",
            f"{INDENT}B",
        ]
        assert made.rows[0].cells[-1].values
        assert "1 patient left out: adverse events without a start (row 5)." in made.footnotes

    def test_the_other_tables(self, ask):
        result = ask()
        assert [row.cells[0].text for row in censored_table(result).rows] == ["A", "B"]
        counts = mean_count_table(result)
        assert [cell.text for cell in counts.rows[0].cells[:4]] == ["A", "6", "3", "5"]
        difference = over_time_difference_table(result)
        assert len(difference.rows) == 4
        durations = duration_report(result)
        assert [row.cells[0].text for row in durations.rows] == ["All of these events", "Rash", "Fever"]
        assert [cell.text for cell in durations.rows[1].cells[1:4]] == ["3", "2", "1"]
        assert [cell.text for cell in durations.rows[2].cells[5:8]] == ["0", "0", "0"]

    def test_one_term_stands_once(self, ask):
        assert [row.cells[0].text for row in duration_report(ask(terms=["Rash"])).rows] == ["Rash"]

    def test_without_ends_there_are_no_durations(self, ask):
        result = ask(table=EVENTS.drop(columns="ae_end_day"))
        assert duration_report(result) is None
        assert as_json(result)["durations"] is None

    def test_one_group(self, ask):
        result = ask(group=None)
        assert over_time_difference_table(result) is None
        assert "Gray" not in " ".join(method_lines(result))
        assert adverse_event_time_headline(result).startswith("By 150 days, the cumulative incidence of adverse events")

    def test_few_events_are_said(self, ask):
        assert "Fewer than 10 patients with the event: A (3) and B (2); read with care." in ask().notes


def test_the_sentence(ask):
    told = adverse_event_time_headline(ask(times=[50]))
    assert told.startswith("By 50 days, the cumulative incidence of adverse events was 50.0 % (95 % CI")
    assert told.endswith("the mean number of events per patient by then was 0.50 for A and 0.20 for B.")


def test_json_has_full_precision(ask):
    written = as_json(ask())
    group = written["mean_count"]["groups"]["A"]
    assert (group["n"], group["n_with_event"], group["n_events"]) == (6, 3, 5)
    assert group["at"][0]["time"] == 50
    assert {"A", "B"} == set(written["censored"])
    assert [row["term"] for row in written["durations"]] == [None, "Rash", "Fever"]
    json.dumps(written, allow_nan=False)


def test_the_first_event_is_one_comparison_of_the_ledger(ask):
    result = ask(terms=["Rash"])
    spec = AnalysisSpec.model_validate({"cohort": {"patients": "p.csv"}, "group": {"column": "arm"}})
    (look,) = looks_of(result, spec)
    assert (look.kind, look.event, look.column, look.test) == ("adverse_event_time", "rash", "arm", "Gray's test")
    assert look.p_value == pytest.approx(result.adverse_event_time.first.gray["rash"].p_value)
    assert looks_of(ask(group=None), AnalysisSpec.model_validate({"cohort": {"patients": "p.csv"}})) == ()


def test_it_stands_in_a_report_with_all_its_tables(ask):
    result = ask()
    assert answer_sentences([result]) == (adverse_event_time_headline(result),)
    titles = [table.title for table in all_tables([result])]
    assert len(titles) == len(set(titles)) == 5
