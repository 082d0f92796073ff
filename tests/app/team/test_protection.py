"""A project that lets only results without small numbers out: set on Members, asked at every file."""

from __future__ import annotations

from team import audit, disclosure
from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import ANALYST, OWNER


def downloads_of(app) -> list[str]:
    return [node.proto.label for node in app.get("download_button")]


def opened_download(app):
    app.session_state["download"] = True
    return no_traceback(app.run())


def test_an_owner_sets_it_and_analysts_export_from_the_summary_only(team, come_in):
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
    assert not downloads_of(app)
    assert "Only results in which counts below 7 are withheld leave this project" in text_of(app)
    assert "differ between" in app.title[0].value, "the page itself is whole"
    for page, said in (
        ("pages/report/report.py", "The page Summary has them"),
        ("pages/cohort/about.py", "Rows of patients do not leave this project"),
    ):
        app = no_traceback(app.switch_page(page).run())
        assert said in text_of(app)
        assert set(downloads_of(app)) <= {"Download SPEC.json"}, page
    app = opened_download(no_traceback(app.switch_page("pages/team/summary.py").run()))
    assert {"JSON"} < set(downloads_of(app))
    assert "no count from 1 to 6 is shown" in text_of(app)


def test_a_sample_belongs_to_nobody(team, come_in):
    disclosure.set_protection(team.store, team.owner, project_id=team.project, on=True, below=5)
    assert downloads_of(opened_download(come_in(ANALYST, cohort="hifu_ici")))
