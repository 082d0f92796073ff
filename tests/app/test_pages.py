"""Every page, on the samples and on cohorts that lack what a page wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGES = [
    "pages/survival/kaplan_meier.py",
    "pages/survival/hazards.py",
    "pages/survival/panels.py",
    "pages/survival/subgroups.py",
    "pages/survival/conventions.py",
    "pages/survival/adjusted.py",
    "pages/survival/cut_point.py",
    "pages/recurrence/cumulative_incidence.py",
    "pages/bias/immortal_time.py",
    "pages/safety/adverse_events.py",
    "pages/safety/over_time.py",
    "pages/patients/baseline.py",
    "pages/patients/treatment.py",
    "pages/patients/profile.py",
    "pages/patients/response.py",
    "pages/report/report.py",
    "pages/cohort/about.py",
    "pages/cohort/ledger.py",
    "pages/cohort/load.py",
]
COHORTS = ["hifu_ici", "ablation_tace_net", "hcc_ablation"]
Open = Callable[..., AppTest]


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_on_every_sample(open_app: Open, page: str, cohort: str) -> None:
    app = open_app(page, cohort=cohort)
    assert len(app.title) == 1
    assert app.title[0].value.endswith("?")
    assert not app.error
    if not page.startswith("pages/cohort/load"):
        assert "synthetic" in text_of(app).lower()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_speaks_in_code(open_app: Open, page: str) -> None:
    said = text_of(open_app(page))
    for word in (" nan", "None", "Traceback", "NaN", "inf "):
        assert word not in said, word


def test_the_survival_page_says_what_the_published_study_printed(open_app: Open) -> None:
    said = text_of(open_app())
    assert "Does overall survival differ between HIFU and No HIFU?" in said
    assert "10.7 months" in said
    assert "19.6 months" in said
    assert "94 patients · 66 events · 0 excluded" in said
    assert "No HIFU: 66 patients (reference)" in said


def test_the_sidebar_stays_when_pages_change(open_app: Open) -> None:
    app = open_app()
    _box(app, "Endpoint").set_value("PFS")
    no_traceback(app.run())
    assert "progression-free survival" in app.title[0].value
    no_traceback(app.switch_page("pages/survival/hazards.py").run())
    assert "progression-free survival" in app.title[0].value
    assert app.query_params["endpoint"] == "PFS"
    no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
    assert "progression-free survival" in app.title[0].value


def test_a_link_opens_the_same_view(open_app: Open) -> None:
    grouping = '{"column": "who_grade", "levels": {"G1/2": ["G1", "G2"], "G3": ["G3"]}, "reference": "G3"}'
    only = '{"column": "arm", "op": "in", "value": ["TACE"]}'
    app = open_app(cohort="ablation_tace_net", endpoint="OS", group=grouping, filter=only)
    said = text_of(app)
    assert "between G1/2 and G3" in said
    assert "62 patients" in said
    assert "46 excluded" in said


def test_a_broken_link_is_said_and_the_page_is_there(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="NONE", group='{"column"')
    assert "cannot be read" in text_of(app)
    assert app.title[0].value.endswith("?")


@pytest.mark.parametrize("page", PAGES[:-1])
def test_a_link_to_somebody_elses_upload_says_so(open_app: Open, page: str) -> None:
    app = open_app(page, cohort="upload")
    assert "load the file again" in text_of(app)


def test_an_unknown_grouping_column_is_said(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", group="no_such_column")
    assert "no_such_column" in text_of(app)
    assert app.error


def test_a_filter_that_leaves_nobody_is_said(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", filter='{"column": "age_years", "op": ">=", "value": 200}')
    assert "No patients left" in text_of(app)


NO_EVENTS = "id,os_months,os_event,arm\n" + "\n".join(f"p{i},{i + 1},0,{'AB'[i % 2]}" for i in range(12))
ONE_GROUP = "id,os_months,os_event,arm\n" + "\n".join(f"p{i},{i + 1},{i % 2},A" for i in range(12))
NO_ENDPOINT = "id,age,sex\n" + "\n".join(f"p{i},{40 + i},{'MF'[i % 2]}" for i in range(12))
TINY = "id,os_months,os_event,arm\np1,3,1,A\np2,4,0,B\n"


@pytest.mark.parametrize(
    "content", [NO_EVENTS, ONE_GROUP, NO_ENDPOINT, TINY], ids=["no events", "one group", "none", "two"]
)
@pytest.mark.parametrize("page", PAGES)
def test_poor_cohorts_get_words_not_tracebacks(open_app: Open, page: str, content: str) -> None:
    uploaded = cohort_from_files({"poor.csv": content.encode()}, name="poor")
    app = open_app(page, uploaded=uploaded, cohort="upload")
    assert len(text_of(app)) > 40


def test_every_grouping_of_a_sample_can_be_chosen(open_app: Open) -> None:
    app = open_app()
    for column in _box(app, "Group by").options:
        _box(app, "Group by").select(column)
        no_traceback(app.run())
        assert app.title[0].value.endswith("?")


def _box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == label)


def test_the_group_that_began_late_is_said(open_app: Open) -> None:
    assert "HIFU started after time zero in 26 of 28 patients" in text_of(open_app())


def test_competing_events_are_said(open_app: Open) -> None:
    app = open_app(cohort="hcc_ablation", endpoint="LTP")
    assert "Another event came first" in text_of(app)
    assert any(part.label.startswith("Cumulative incidence") for part in app.expander)


def test_cohorts_can_be_switched_one_after_the_other(open_app: Open) -> None:
    app = open_app()
    for cohort, patients in (("ablation_tace_net", 108), ("hifu_ici", 94), ("hcc_ablation", 240), ("hifu_ici", 94)):
        _box(app, "Cohort").set_value(cohort)
        no_traceback(app.run())
        assert f"{patients} patients" in text_of(app)
        assert app.query_params["cohort"] == cohort


def test_the_way_back_to_a_cohort_keeps_what_was_looked_at(open_app: Open) -> None:
    app = open_app()
    _box(app, "Endpoint").set_value("PFS")
    no_traceback(app.run())
    for cohort in ("ablation_tace_net", "hifu_ici"):
        _box(app, "Cohort").set_value(cohort)
        no_traceback(app.run())
    assert app.query_params["endpoint"] == "PFS"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"cohort": "nope"}, "a cohort 'nope' that is not here"),
        ({"cohort": "hifu_ici", "endpoint": "XX"}, "endpoint 'XX', which this cohort does not have"),
        (
            {"cohort": "hifu_ici", "filter": '{"column": "patient_id", "op": "in", "value": ["H001"]}'},
            "filters by 'patient_id', which cannot filter here",
        ),
    ],
)
def test_what_a_link_cannot_have_is_said(open_app: Open, query: dict[str, str], says: str) -> None:
    app = open_app(**query)
    assert says in text_of(app)
    assert "94 patients" in text_of(app)


def test_a_filter_value_that_is_not_there_leaves_nobody(open_app: Open) -> None:
    only = '{"column": "sex", "op": "in", "value": ["Alien"]}'
    assert "No patients left" in text_of(open_app(cohort="hifu_ici", endpoint="OS", filter=only))


def test_an_equals_filter_is_shown_as_chosen(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", filter='{"column": "sex", "op": "==", "value": "Male"}')
    assert next(box for box in app.multiselect if box.label == "Sex").value == ["Male"]
    assert "67 patients" in text_of(app)


@pytest.mark.parametrize("typed", ["nan", "inf", "abc", "-3", "6,,", "1e999"])
def test_times_that_are_no_times_are_said(open_app: Open, typed: str) -> None:
    app = open_app()
    next(box for box in app.text_input if box.label.startswith("Survival at")).set_value(typed)
    no_traceback(app.run())
    assert len(app.title) == 1


def test_a_comma_separates_times(open_app: Open) -> None:
    app = open_app()
    next(box for box in app.text_input if box.label.startswith("Survival at")).set_value("6,12")
    no_traceback(app.run())
    assert {"6 months (95 % CI)", "12 months (95 % CI)"} <= set(app.table[0].value.columns)


def test_a_samples_own_reference_levels_are_the_start(open_app: Open) -> None:
    app = open_app("pages/survival/hazards.py", cohort="ablation_tace_net", endpoint="OS", group="arm")
    chosen = {box.label: box.value for box in app.selectbox}
    assert chosen["Sex"] == "Female"
    assert chosen["Primary site"] == "Other"
    assert "Arm" not in chosen  # the sidebar says which group is the reference
