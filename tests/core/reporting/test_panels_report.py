"""Panels beside each other: their numbers in a table and a sentence, and what so many comparisons do."""

import math

import pytest

from core.cohort.cohort import Cohort
from core.reporting.panels_report import (
    SurvivalPanel,
    many_comparisons,
    panel_heading,
    panels_method,
    panels_sentence,
    panels_table,
)
from core.run import run_analysis
from core.spec import AnalysisSpec
from core.survival.quantiles import IntervalEstimate
from tests.core.reporting.conftest import make_table

HIFU = {"column": "hifu"}


@pytest.fixture
def panels(answer, two_arms):
    """Two panels, the second of the shorter half of the patients, with their test and a ratio."""
    found = []
    for name, frame in (("Overall survival", two_arms), ("Age: <62", two_arms[two_arms["time"] < 10])):
        curves, test, model = (
            answer(frame, {"kind": kind, **more}, group=HIFU)
            for kind, more in (("kaplan_meier", {}), ("compare", {}), ("cox", {"covariates": ["hifu"]}))
        )
        term = model.cox.multivariable.terms[0]
        ratio = IntervalEstimate(value=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high)
        known = ratio if math.isfinite(ratio.value) else None
        found.append(SurvivalPanel(name=name, curves=curves, comparison=test, cox=model, hazard_ratio=known))
    return found


def test_the_heading_counts(panels, two_arms):
    events = int((two_arms["event"] == 1).sum())
    assert panel_heading(panels[0]) == f"Overall survival: {len(two_arms)} patients, {events} events"


def test_the_table_counts_every_panel_and_its_groups(panels, two_arms):
    table = panels_table(panels)
    assert [row.kind for row in table.rows] == ["total", "body", "body"] * 2
    for panel, frame, start in ((panels[0], two_arms, 0), (panels[1], two_arms[two_arms["time"] < 10], 3)):
        total, *groups = table.rows[start : start + 3]
        events = int((frame["event"] == 1).sum())
        assert [cell.values[0] for cell in total.cells[1:4]] == [len(frame), events, len(frame) - events]
        assert total.cells[6].values[0] == panel.comparison.comparison.p_value
        for row, level in zip(groups, panel.curves.subset.groups.levels, strict=True):
            own = frame[frame["hifu"] == level]
            died = int((own["event"] == 1).sum())
            assert [cell.values[0] for cell in row.cells[1:4]] == [len(own), died, len(own) - died]


def test_the_sentence_names_every_ratio(panels):
    told = panels_sentence(panels)
    assert told.startswith("The hazard ratio is ")
    assert "for overall survival" in told


def test_without_ratios_the_tests_are_told_and_without_groups_the_medians(panels, answer, two_arms):
    tests = [SurvivalPanel(name=p.name, curves=p.curves, comparison=p.comparison) for p in panels]
    assert panels_sentence(tests).startswith("The log-rank test gives P = ")
    alone = SurvivalPanel(name="Overall survival", curves=answer(two_arms, {"kind": "kaplan_meier"}))
    assert panels_sentence([alone]).startswith("The median is ")
    assert math.isnan(alone.p_value)
    assert len(panels_table([alone]).rows) == 1


def test_the_method_covers_every_panel(panels, answer, two_arms):
    lines = panels_method(panels)
    assert [line.split(":")[0] for line in lines if line.startswith("In ") and " R:" not in line] == [
        "In every panel"
    ] * 3
    alone = SurvivalPanel(name="Time to progression", curves=answer(two_arms, {"kind": "kaplan_meier"}))
    mixed = panels_method([alone, *panels])  # the first one has no groups
    assert any(line.startswith("In Time to progression: Kaplan-Meier") for line in mixed)
    assert any(line.startswith("In Overall survival and Age: <62: Log-rank test") for line in mixed)
    assert any(line.startswith("In Overall survival and Age: <62: Cox") for line in mixed)
    assert panels_method(panels[:1])[0].startswith("Kaplan-Meier")


def test_many_comparisons_are_warned_of(panels):
    assert many_comparisons(panels[:1]) == ""
    said = many_comparisons(panels * 3)
    assert said.startswith("6 comparisons stand here: were nothing different anywhere, about 0.3 of them")
    assert many_comparisons(panels) in panels_table(panels).footnotes


def test_a_competing_event_is_neither_event_nor_censored_in_the_total_and_in_the_groups(two_arms):
    frame = two_arms.assign(event=[1, 1, 2, 1, 0, 1, 1, 0, 2, 0, 2, 0])
    endpoint = {"time": "time", "event": "event", "event_is": [1], "competing": {"death": [2]}}
    spec = AnalysisSpec.model_validate(
        {
            "cohort": {"patients": "p.csv", "endpoints": {"TTP": endpoint}},
            "group": HIFU,
            "analyses": [{"id": "a", "kind": "kaplan_meier", "endpoint": "TTP"}],
        }
    )
    cohort = Cohort(
        name="test", patients=make_table(frame), adverse_events=None, spec=spec.cohort, issues=(), digest="0"
    )
    curves = run_analysis(spec, cohort, spec.analyses[0])
    rows = panels_table([SurvivalPanel(name="TTP", curves=curves)]).rows
    assert [[cell.values[0] for cell in row.cells[1:4]] for row in rows] == [[12, 5, 4], [6, 4, 1], [6, 1, 3]]
