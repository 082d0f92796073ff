"""The report page: blocks in the order of a paper, switched, renamed and moved, and what the file then holds."""

import pytest

from tests.app.conftest import no_traceback

PAGE = "pages/report/report.py"


def headers(app):
    return [header.value for header in app.header]


def boxes(app):
    return [box for box in app.checkbox if box.label == "In the report"]


@pytest.fixture
def app(open_app):
    return open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")


def test_a_paper_is_there_at_once(app):
    assert headers(app) == [
        "Statistical methods", "Patients", "Baseline characteristics", "Overall survival", "Progression-free survival",
        "Factors associated with overall survival", "Response", "Adverse events", "Limitations that the data show",
        "Comparisons looked at", "STROBE checklist",
    ]  # fmt: skip
    said = " ".join(str(one.value) for one in app.markdown).replace("\xa0", " ")
    assert "10.7 months" in said
    assert "immortal time" in said


def test_a_block_can_be_left_out(app):
    no_traceback(boxes(app)[2].set_value(False).run())
    assert "Baseline characteristics" not in headers(app)


def test_the_groups_made_alike_stand_there_where_asked_for(app):
    box = next(box for box in boxes(app) if "balance" in str(box.key))
    assert not box.value
    no_traceback(box.set_value(True).run())
    assert "Overall survival once the groups are alike" in headers(app)
    said = " ".join(str(one.value) for one in app.markdown).replace("\xa0", " ")
    assert "with the groups made alike" in said


def test_a_block_can_be_renamed_and_moved(app):
    title = next(one for one in app.text_input if one.value == "Patients")
    no_traceback(title.set_value("Who was studied").run())
    assert headers(app)[1] == "Who was studied"
    down = next(one for one in app.button if one.key and one.key.endswith("_flow_down"))
    no_traceback(down.click().run())
    assert headers(app)[1:3] == ["Baseline characteristics", "Who was studied"]


def test_without_a_group_nothing_is_compared(open_app):
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="OS")
    assert "Overall survival" in headers(app)
    assert not app.error
