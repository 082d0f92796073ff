"""'+ Report' on a page: its figure and table stand in the report as they were; they are named and taken out there."""

import pytest

from core.reporting.report.value import Report
from core.reporting.report.word import report_word_bytes
from tests.app.conftest import no_traceback
from ui import report_kept
from ui.report_blocks import Answered, Block, Whole, written

REPORT = "pages/report/report.py"
PAGES = [
    "pages/survival/kaplan_meier.py", "pages/survival/hazards.py", "pages/survival/subgroups.py",
    "pages/safety/adverse_events.py", "pages/safety/over_time.py", "pages/patients/baseline.py",
    "pages/patients/response.py", "pages/cohort/flow.py",
]  # fmt: skip


def headers(app):
    return [header.value for header in app.header]


def put(app):
    button = next(one for one in app.button if one.label == "+ Report")
    return no_traceback(button.click().run())


def kept_in(app):
    (found,) = app.session_state["report_kept"].values()
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_put_in(open_app, page):
    app = put(open_app(page, cohort="hifu_ici", endpoint="OS", group="hifu"))
    (one,) = kept_in(app)
    assert one.figure is not None or one.table is not None
    assert one.table is None or len(one.table.rows) <= report_kept.MOST_ROWS
    assert [toast.value for toast in app.toast] == [f"'{one.title}' is in the report now (1 block of your own)."]


def test_it_stands_in_the_report_under_its_title_and_comes_out_again(open_app):
    app = put(put(open_app(PAGES[1], cohort="hifu_ici", endpoint="OS", group="hifu")))
    first, second = kept_in(app)
    no_traceback(app.switch_page(REPORT).run())
    assert headers(app).count(first.title) == 2
    assert headers(app)[-2:] != [first.title] * 2  # before what limits them all
    title = next(one for one in app.text_input if one.key and one.key.endswith(f"{first.key}_title"))
    no_traceback(title.set_value("My model").run())
    assert "My model" in headers(app)
    out = next(one for one in app.button if one.key and one.key.endswith(f"{second.key}_out"))
    no_traceback(out.click().run())
    assert [one.key for one in kept_in(app)] == [first.key]
    assert headers(app).count(first.title) == 0


def test_later_choices_do_not_change_it(open_app):
    app = put(open_app(PAGES[0], cohort="hifu_ici", endpoint="OS", group="hifu"))
    (before,) = kept_in(app)
    endpoint = next(box for box in app.selectbox if box.label == "Endpoint")
    no_traceback(endpoint.set_value("PFS").run())
    (after,) = kept_in(app)
    assert after is before
    assert any(line.startswith("Overall survival: ") for line in after.figure.caption)


def test_the_files_hold_it_and_its_method_once(open_app):
    app = put(open_app(PAGES[0], cohort="hifu_ici", endpoint="OS", group="hifu"))
    (one,) = kept_in(app)
    block = Block(key=one.key, title=one.title, kept=one)
    whole = Whole(cohort=None, spec=None, results=(), looks=(), titles=())
    made = written(Answered(block=block), whole, drawn=True)
    (picture,), (table,) = made.pictures, made.tables
    assert picture.svg.startswith(b"<svg")
    assert not set(picture.caption) & set(table.footnotes)
    assert report_word_bytes(Report(title="R", about=(), blocks=(made,)))[:2] == b"PK"


def test_a_cohort_has_its_own(open_app):
    app = put(open_app(PAGES[0], cohort="hifu_ici", endpoint="OS", group="hifu"))
    no_traceback(app.switch_page(REPORT).run())
    cohort = next(box for box in app.selectbox if box.label == "Cohort")
    no_traceback(cohort.set_value("hcc_ablation").run())
    assert not any(one.key and one.key.endswith("_out") for one in app.button)
