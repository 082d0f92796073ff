"""'+ Report' on a page: its question stands in the report and is computed anew; it is named and taken out there."""

from itertools import chain

import pytest

from core.cohort.study import open_study, study_bytes
from core.reporting.language.own_words import words_of
from core.reporting.language.translate import Translator
from core.reporting.report.value import Report
from core.reporting.report.word import report_word_bytes
from core.run import run
from core.spec import AnalysisSpec, FilterSpec
from tests.app.conftest import no_traceback
from tests.app.english_left import english_left, figure_texts, table_texts
from ui import cohorts, report_link, report_pages
from ui.report_blocks import MOST_ROWS, Answered, Block, Whole, written

REPORT = "pages/report/report.py"
PAGES = {
    "pages/survival/kaplan_meier.py": "survival", "pages/survival/hazards.py": "hazards",
    "pages/survival/subgroups.py": "subgroups", "pages/survival/panels.py": "side-by-side",
    "pages/survival/adjusted.py": "adjusted", "pages/survival/conventions.py": "conventions",
    "pages/safety/adverse_events.py": "adverse-events", "pages/safety/over_time.py": "events-over-time",
    "pages/patients/baseline.py": "baseline", "pages/patients/response.py": "response",
    "pages/patients/treatment.py": "treatment", "pages/recurrence/biomarkers.py": "biomarkers",
    "pages/cohort/flow.py": "flow",
}  # fmt: skip


def headers(app):
    return [header.value for header in app.header]


def put(app):
    button = next(one for one in app.button if one.label == "+ Report")
    return no_traceback(button.click().run())


def kept_in(app):
    ((_, found),) = app.session_state["report_parts"].values()
    return found


def shown(part, name="hifu_ici"):
    """What a part draws of a sample, computed by the core alone from the part as text."""
    cohort, spec = cohorts.sample(name)
    asked = AnalysisSpec.from_json(AnalysisSpec(cohort=spec.cohort, report=(part,)).to_json())
    results = run(asked, cohort)
    return cohort, list(results.values()), report_pages.shown(cohort, part, list(results.values()))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_put_in_and_is_drawn_from_its_text(open_app, page):
    app = put(open_app(page, cohort="hifu_ici", endpoint="OS", group="hifu"))
    (part,) = kept_in(app)
    assert part.page == PAGES[page]
    assert [toast.value for toast in app.toast] == [f"'{part.title}' is in the report now (1 block of your own)."]
    cohort, _, made = shown(part)
    assert made.figure is not None or made.tables()
    if made.figure is not None:
        assert made.figure.title == part.title
        assert made.figure.alt()
        assert made.figure.spec()
    figure = figure_texts(made.figure) if made.figure is not None else ()
    texts = [part.title, *(made.sentences or ()), *figure, *chain.from_iterable(map(table_texts, made.tables()))]
    left = english_left(map(Translator("zh", words_of(cohort)), texts), words_of(cohort))
    assert not left, "\n".join(left)


def test_it_stands_in_the_report_under_its_title_and_comes_out_again(open_app):
    app = put(put(open_app("pages/survival/hazards.py", cohort="hifu_ici", endpoint="OS", group="hifu")))
    first, second = kept_in(app)
    no_traceback(app.switch_page(REPORT).run())
    assert headers(app).count(first.title) == 2
    assert headers(app)[-2:] != [first.title] * 2  # before what limits them all
    title = next(one for one in app.text_input if one.key and one.key.endswith("report_1_cox_title"))
    no_traceback(title.set_value("My model").run())
    assert "My model" in headers(app)
    assert [part.title for part in kept_in(app)] == ["My model", second.title]
    out = next(one for one in app.button if one.key and one.key.endswith("report_2_cox_out"))
    no_traceback(out.click().run())
    assert [part.title for part in kept_in(app)] == ["My model"]
    assert headers(app).count(first.title) == 0


def test_later_choices_on_its_page_do_not_change_it(open_app):
    app = put(open_app("pages/survival/kaplan_meier.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    (before,) = kept_in(app)
    endpoint = next(box for box in app.selectbox if box.label == "Endpoint")
    no_traceback(endpoint.set_value("PFS").run())
    assert kept_in(app) == (before,)
    assert [one.endpoint for one in before.analyses] == ["OS"] * 3


def test_its_options_are_kept_with_it(open_app):
    app = open_app("pages/survival/kaplan_meier.py", cohort="hifu_ici", endpoint="OS", group="hifu")
    curve = next(box for box in app.selectbox if box.label == "Curve")
    no_traceback(curve.set_value("cumulative_hazard").run())
    (part,) = kept_in(put(app))
    assert part.drawn.curve == "cumulative_hazard"
    assert part.analyses[0].cumulative_hazard
    _, _, made = shown(part)
    assert any("not a probability" in line for line in made.figure.caption)


def test_it_is_computed_anew_when_the_patients_change(open_app):
    (part,) = kept_in(put(open_app("pages/survival/hazards.py", cohort="hifu_ici", endpoint="OS", group="hifu")))
    older = part.model_copy(update={"filters": (FilterSpec(column="age_years", op=">=", value=60),)})
    _, (everybody,), _ = shown(part)
    _, (old,), made = shown(older)
    assert old.subset.n < everybody.subset.n
    assert any(f"{old.subset.n} patients of 94" in line.replace("\xa0", " ") for line in made.figure.caption)


def test_it_comes_back_with_the_link_after_the_browser_was_reloaded(open_app):
    app = put(open_app("pages/survival/hazards.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    before = kept_in(app)
    text = app.query_params["report"]
    text = text if isinstance(text, str) else text[0]
    assert report_link.parts_of(text) == (before, "")
    again = open_app(REPORT, cohort="hifu_ici", endpoint="OS", group="hifu", report=text)
    assert kept_in(again) == before
    assert before[0].title in headers(again)


@pytest.mark.parametrize("text", ["", "%%%", "eJw", "x" * 5000, "eJyLVkpUitVRqlKKBQAKPwJV"])
def test_a_link_that_holds_nonsense_holds_no_part(text):
    parts, problem = report_link.parts_of(text)
    assert parts == ()
    assert problem


def test_a_link_that_holds_nonsense_is_said_on_the_page(open_app):
    app = open_app(REPORT, cohort="hifu_ici", report="nonsense")
    assert any("blocks of the report that cannot be read" in one.value for one in app.warning)


def test_a_saved_analysis_and_a_saved_study_hold_it_and_open_with_it(open_app, monkeypatch):
    saved = []
    monkeypatch.setattr("ui.about.study_file.save", lambda cohort, spec: saved.append((cohort, spec)))
    app = put(open_app("pages/survival/hazards.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    before = kept_in(app)
    no_traceback(app.switch_page("pages/cohort/about.py").run())
    cohort, spec = saved[-1]
    assert AnalysisSpec.from_json(spec.to_json()).report == before
    study = open_study(study_bytes(cohort, spec, saved="2026-01-01"), name="s.cohortscope")
    assert study.spec.report == before
    again = open_app("pages/cohort/load.py")
    again.file_uploader[0].set_value(("SPEC.json", spec.to_json().encode(), "application/json"))
    no_traceback(again.run())
    assert kept_in(again) == before


def test_an_endpoint_that_was_taken_away_is_said_in_its_place(open_app):
    app = put(open_app("pages/survival/hazards.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    (part,) = kept_in(app)
    gone = part.model_copy(update={"analyses": (part.analyses[0].model_copy(update={"endpoint": "TTP"}),)})
    app.session_state["report_parts"] = {"hifu_ici": ("hifu_ici", (gone,))}
    no_traceback(app.switch_page(REPORT).run())
    said = " ".join(str(one.value) for one in app.markdown)
    assert "endpoint 'TTP', which is not defined" in said


def test_the_files_hold_it_and_its_method_once(open_app):
    app = put(open_app("pages/survival/panels.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    (part,) = kept_in(app)
    cohort, results, made = shown(part)
    block = Block(key="k", title=part.title, part=part)
    whole = Whole(cohort=cohort, spec=None, results=(), looks=(), titles=())
    block = written(Answered(block=block, results=tuple(results), shown=made), whole, drawn=True)
    (picture,), (table,) = block.pictures, block.tables
    assert picture.svg.startswith(b"<svg")
    assert not set(picture.caption) & set(table.footnotes)
    assert len(table.rows) <= MOST_ROWS
    assert block.sentences
    assert report_word_bytes(Report(title="R", about=(), blocks=(block,)))[:2] == b"PK"


def test_a_cohort_has_its_own(open_app):
    app = put(open_app("pages/survival/kaplan_meier.py", cohort="hifu_ici", endpoint="OS", group="hifu"))
    no_traceback(app.switch_page(REPORT).run())
    cohort = next(box for box in app.selectbox if box.label == "Cohort")
    no_traceback(cohort.set_value("hcc_ablation").run())
    assert not any(one.key and one.key.endswith("_out") for one in app.button)
    assert "report" not in app.query_params
