"""States over time from a specification to JSON, sentence and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.methods_text import method_lines
from core.reporting.state_report import occupancy_difference_table, occupancy_table, transition_table
from core.reporting.state_sentence import state_headline, time_sentence
from core.run import run
from core.spec import AnalysisSpec

HEAD = "id,arm,rfs,rfs_event,ttr,ttr_status,os,os_event\n"
ROWS = """1,a,3,1,3,recurrence,9,1
2,a,5,1,5,death,5,1
3,a,8,0,8,none,8,0
4,b,2,1,2,recurrence,6,0
5,b,4,1,4,transplant,10,0
6,b,7,1,7,recurrence,4,1
7,b,6,0,6,none,6,0
"""
ENDPOINTS = {
    "OS": {"time": "os", "event": "os_event", "event_is": [1]},
    "RFS": {"time": "rfs", "event": "rfs_event", "event_is": [1]},
    "TTR": {"time": "ttr", "event": "ttr_status", "event_is": ["recurrence"],
            "competing": {"transplant": ["transplant"], "death": ["death"]}},
}  # fmt: skip


def answer(tmp_path: Path, rows: str = ROWS, **asked):
    (tmp_path / "patients.csv").write_text(HEAD + rows, encoding="utf-8")
    analysis = {"id": "s", "kind": "state_occupancy", "endpoint": "TTR", **asked}
    spec = AnalysisSpec.model_validate(
        {"cohort": {"patients": "patients.csv", "endpoints": ENDPOINTS}, "analyses": [analysis]}
    )
    return run(spec, load_cohort(spec.cohort, base=tmp_path))["s"]


def test_states_moves_and_who_is_left_out(tmp_path):
    result = answer(tmp_path, times=[6], tau=8)
    value = result.state_occupancy
    assert value.states == ("Event-free", "Alive after recurrence", "Alive after transplant", "Dead")
    assert [(one.reason, one.n, one.rows) for one in result.subset.exclusions] == [("recurrence after death", 1, (7,))]
    np.testing.assert_array_equal(value.groups[0].estimate.transitions[0], [0, 2, 1, 1])
    np.testing.assert_array_equal(value.groups[0].estimate.transitions[1], [0, 0, 0, 1])
    assert sum(mean.value for mean in value.groups[0].mean_time) == pytest.approx(8)


def test_json_tables_and_sentences_agree(tmp_path):
    result = answer(tmp_path, times=[6], tau=8, group={"column": "arm"})
    written = as_json(result)
    share = written["groups"]["a"]["states"]["Dead"]["at"][0]["probability"]
    assert share == pytest.approx(1 / 3)
    assert "33.3 %" in state_headline(result)
    table = occupancy_table(result)
    assert table.rows[-2].cells[3].values[0] == share
    assert written["contrasts"]["Dead"]["level"] == "b"
    assert "on average" in time_sentence(result)
    differences = occupancy_difference_table(result)
    assert differences is not None
    assert len(differences.rows) == 2 * len(result.state_occupancy.states)
    moves = transition_table(result)
    assert [cell.text for cell in moves.rows[1].cells] == ["a", "3", "1", "0", "1", "1"]
    assert any("survfit(Surv(tstart, tstop, state) ~ group, id = id)" in line for line in method_lines(result))


def test_a_composite_takes_its_deaths_as_deaths(tmp_path):
    value = answer(tmp_path, endpoint="RFS", filters=[{"column": "id", "op": "not in", "value": [5, 6]}])
    found = value.state_occupancy
    assert found.states == ("Event-free", "Alive after recurrence", "Dead")
    np.testing.assert_array_equal(found.groups[0].estimate.transitions[0], [0, 2, 1])
    assert not any("day of death" in note for note in value.notes)


def test_without_two_groups_there_is_no_difference(tmp_path):
    assert occupancy_difference_table(answer(tmp_path, times=[6])) is None
    assert time_sentence(answer(tmp_path)) == ""
    assert "of 6 patients came to be alive after" in state_headline(answer(tmp_path))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"endpoint": "OS"}, "is death itself"),
        ({"death": "OSS"}, "is not defined"),
        ({"by_type": True}, "one kind of event"),
    ],
)
def test_what_cannot_be_asked_says_so(tmp_path, asked, message):
    with pytest.raises(SpecError, match=message):
        answer(tmp_path, **asked)


def test_few_in_a_state_is_said(tmp_path):
    assert any(note.startswith("Fewer than 10 came to") for note in answer(tmp_path).notes)
