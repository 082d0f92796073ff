"""A project that lets only results without small numbers out: set on Members, asked at every file."""

from __future__ import annotations

import pytest

from core.spec import FilterSpec, GroupSpec
from team import audit, disclosure
from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import ANALYST, OWNER
from ui.selection import Selection, to_query


@pytest.fixture(scope="module")
def lasting_protected(lasting):
    """The lasting team, its project protected."""
    disclosure.set_protection(lasting.store, lasting.owner, project_id=lasting.project, on=True, below=5)
    return lasting


def downloads_of(app) -> list[str]:
    return [node.proto.label for node in app.get("download_button")]


def opened_download(app):
    app.session_state["download"] = True
    return no_traceback(app.run())


def test_an_owner_sets_it_and_analysts_export_protected_files_only(team, come_in):
    assert downloads_of(opened_download(come_in(ANALYST)))
    app = come_in(OWNER, "pages/team/members.py")
    assert "export results and rows as they see them" in text_of(app)
    app.toggle(key=f"protect_{team.project}").set_value(True)
    app.number_input(key=f"protect_below_{team.project}").set_value(7)
    next(one for one in app.button if one.key == "protect_save").click()
    app = no_traceback(app.run())
    assert "counts below 7 are withheld" in text_of(app)
    line = audit.lines(team.store, team.owner, project_id=team.project)[0]
    assert (line.who, line.done) == ("Ada", "changed what may be exported")

    app = opened_download(come_in(ANALYST))
    assert "no count from 1 to 6 is shown" in text_of(app), "what stands in the files is said"
    assert {"Survival by group, Word", "Survival at round times, Word"} < set(downloads_of(app))
    assert "differ between" in app.title[0].value, "the page itself is whole"
    for page, said in (
        ("pages/survival/subgroups.py", "The page Summary has them"),
        ("pages/report/report.py", "The page Summary has them"),
        ("pages/cohort/about.py", "Rows of patients do not leave this project"),
    ):
        app = opened_download(no_traceback(app.switch_page(page).run()))
        assert said in text_of(app)
        assert set(downloads_of(app)) <= {"Download SPEC.json"}, page
    app = opened_download(no_traceback(app.switch_page("pages/team/summary.py").run()))
    assert {"JSON"} < set(downloads_of(app))
    assert "no count from 1 to 6 is shown" in text_of(app)


def test_a_sample_belongs_to_nobody(team, come_in):
    disclosure.set_protection(team.store, team.owner, project_id=team.project, on=True, below=5)
    assert downloads_of(opened_download(come_in(ANALYST, cohort="hifu_ici")))


PAGES = {
    "pages/patients/baseline.py": "Baseline characteristics",
    "pages/patients/response.py": "Best response",
    "pages/survival/hazards.py": "Hazard ratios",
}


def given_away(content: str) -> list[str]:
    """Counts below five that a CSV file of tables prints."""
    cells = [cell for line in content.splitlines() for cell in line.split(",")[1:]]
    return [cell for cell in cells if cell in ("1", "2", "3", "4")]


def test_each_page_hands_out_its_tables_without_small_numbers(lasting_protected, come_in):
    app = come_in(ANALYST)
    app.session_state["table_format"] = "CSV"
    for page, title in PAGES.items():
        app = opened_download(no_traceback(app.switch_page(page).run()))
        assert [one for one in downloads_of(app) if one.startswith(title)], page
        assert "Small numbers are protected" in text_of(app)
        assert not [one for one in downloads_of(app) if "PNG" in one], "bars and points are patients"
        assert not [one for one in app.button if one.label in ("PDF", "PNG", "SVG", "TIFF")], page


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ({"filters": (FilterSpec(column="sex", op="in", value=("F",)),)}, "With filters no file is let out"),
        ({"group": GroupSpec(column="afp", cut=(100.0,))}, "grouped by a column as it was saved"),
        ({"group": GroupSpec(column="diagnosis")}, "grouped by a column as it was saved"),
        ({"group": GroupSpec(column="sex", levels={"Women": ("F",)})}, "grouped by a column as it was saved"),
    ],
    ids=["a filter", "a cut", "a small level", "a level left out"],
)
def test_what_would_follow_by_subtraction_is_refused(lasting_protected, come_in, selection, said):
    asked = Selection(cohort=f"v-{lasting_protected.version.id}", endpoint="OS", **selection)
    app = opened_download(come_in(ANALYST, **{name: value[0] for name, value in to_query(asked).items()}))
    assert said in text_of(app)
    assert not downloads_of(app)


def test_who_takes_it_is_recorded_as_protected(lasting_protected, come_in, monkeypatch):
    handed = []
    monkeypatch.setattr("ui.downloads.handed_over", lambda data, **how: handed.append((data, how)) or data)
    app = come_in(ANALYST, "pages/patients/baseline.py")
    app.session_state["table_format"] = "CSV"
    handed.clear()
    opened_download(app)
    assert handed
    for data, how in handed:
        assert how["holds"] == "protected results"
        said = data().decode("utf-8-sig")
        assert "Small numbers are protected" in said
        assert not given_away(said)
