"""Saving, opening, commenting and deleting; conflicts are told; on this computer without an account."""

from __future__ import annotations

import gc
import json
import weakref

import pytest

from core.cohort.load import cohort_from_files
from team import analyses, audit, cohorts, comments, deletion, drafts, members, projects
from team.permits import Role
from team.sign_ins import local_actor
from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import ANALYST, OWNER, VIEWER, canary_frame, signed_in, tables_of
from ui.team import store as ui_store


def save(app, name, *, button="save_new"):
    """Press Save in the sidebar."""
    app.session_state["save_place"] = True
    app = no_traceback(app.run())
    app.text_input(key="save_name").set_value(name)
    app.button(key=button).click()
    return no_traceback(app.run())


def all_saved(team):
    return analyses.listed(team.store, team.owner, project_id=team.project)


def test_an_analysis_is_saved_and_its_link_opens_the_exact_view(team, come_in):
    app = come_in(ANALYST, "pages/survival/hazards.py")
    app = save(app, "Hazards first")
    assert not app.error, text_of(app)
    (saved,) = all_saved(team)
    assert saved.name == "Hazards first"
    assert "page=hazards" in saved.view
    assert "CANARY" not in saved.view
    again = come_in(OWNER, analysis=saved.slug)
    assert again.session_state["opened_analysis"].name == "Hazards first"
    assert "What is associated" in again.title[0].value or "hazard" in text_of(again).lower()


def test_a_link_to_a_cohort_opens_the_project_that_has_it(team, come_in):
    """Not the person's first project, where the link would name a cohort that is not there."""
    projects.create(team.store, team.owner, name="A project before the other")
    name = f"v-{team.version.id}"
    app = come_in(OWNER, cohort=name, group="sex")
    assert app.session_state["selection"].cohort == name
    assert app.session_state["selection"].group.column == "sex"
    assert come_in(OWNER, cohort="v-" + "0" * 32).session_state["selection"].cohort != name


def test_a_sample_is_saved_with_its_analysis_once_and_its_link_opens_it(team, come_in):
    app = save(come_in(ANALYST, "pages/survival/hazards.py", cohort="hcc_ablation", endpoint="OS"), "On a sample")
    assert not app.error, text_of(app)
    app.text_input(key="save_name").set_value("On it again")
    app.button(key="save_new").click()
    no_traceback(app.run())
    kept = [one.name for one in cohorts.listed(team.store, team.owner, project_id=team.project)]
    assert kept == ["Canary", "Recurrence after HCC ablation, 240 patients (sample)"]
    second, first = all_saved(team)
    assert (first.name, second.name) == ("On a sample", "On it again")
    assert first.cohort_version_id == second.cohort_version_id != team.version.id
    again = come_in(OWNER, analysis=first.slug)
    assert not again.error, text_of(again)
    assert again.session_state["opened_analysis"].name == "On a sample"
    assert again.session_state["selection"].cohort == f"v-{first.cohort_version_id}"
    assert "240 patients" in text_of(again)


def test_a_link_is_not_there_for_others(team, come_in):
    save(come_in(ANALYST), "Secret question")
    (saved,) = all_saved(team)
    said = text_of(come_in("dan@hospital.example", analysis=saved.slug))
    assert "There is no such analysis" in said
    assert "Secret question" not in said
    missing = text_of(come_in("dan@hospital.example", analysis="no-such-analysis"))
    assert missing == said


def test_a_viewer_opens_a_link_as_a_summary(team, come_in):
    save(come_in(ANALYST), "For all")
    (saved,) = all_saved(team)
    app = come_in(VIEWER, analysis=saved.slug)
    assert app.title[0].value == "What are the results, without small numbers?"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(team, come_in):
    app = save(come_in(ANALYST), "Ours")
    (first,) = all_saved(team)
    draft = drafts.Draft(
        cohort_version_id=first.cohort_version_id, name="Ours, by Ada", spec=first.spec, view=first.view
    )
    drafts.save(team.store, team.owner, draft, analysis_id=first.id, read_version=1)
    app = save(app, "Ours, by Ben", button="save_next")
    assert "while you were working on it" in text_of(app)
    assert all_saved(team)[0].name == "Ours, by Ada"
    app.button(key="save_mine").click()
    no_traceback(app.run())
    now = all_saved(team)[0]
    assert (now.name, now.version) == ("Ours, by Ben", 3)


def test_comments_stand_with_the_analysis(team, come_in):
    save(come_in(ANALYST), "Discussed")
    (saved,) = all_saved(team)
    app = come_in(VIEWER, "pages/team/saved.py")
    app.text_area(key=f"comment_text_{saved.id}").set_value("Is this [link](http://x) **so**?")
    app.button(key=f"comment_add_{saved.id}").click()
    app = no_traceback(app.run())
    (one,) = comments.listed(team.store, team.owner, analysis_id=saved.id)
    assert one.by_name == "Cleo"
    assert any("[link](http://x)" in text.value for text in app.text), "shown as it is written"


def test_a_viewer_neither_saves_nor_deletes(team, come_in):
    save(come_in(ANALYST), "Kept")
    app = come_in(VIEWER, "pages/team/saved.py")
    labels = [button.label for button in app.button]
    assert "Open" in labels
    assert not any(word in label for label in labels for word in ("Delete with", "Pin", "Save"))


def test_an_owner_checks_the_audit_trail(team, come_in):
    app = come_in(OWNER, "pages/team/audit.py")
    said = tables_of(app)
    assert "uploaded Canary" in said
    assert "CANARY0" not in said
    app.button(key="audit_verify").click()
    assert "Every line is as it was written" in no_traceback(app.run()).success[0].value


def test_deleting_a_cohort_gives_a_receipt(team, come_in):
    app = come_in(OWNER, "pages/team/cohorts.py")
    cohort = cohorts.listed(team.store, team.owner, project_id=team.project)[0]
    app.text_input(key=f"delete_typed_{cohort.id}").set_value("Canary")
    app = no_traceback(app.run())
    app.button(key=f"delete_cohort_{cohort.id}").click()
    app = no_traceback(app.run())
    assert "files left 0" in text_of(app)
    (receipt,) = deletion.receipts(team.store, team.owner, project_id=team.project)
    assert json.loads(receipt.text)["files_left"] == 0
    assert not cohorts.listed(team.store, team.owner, project_id=team.project)


def test_a_deleted_cohort_is_gone_from_memory_at_the_next_redraw(team, come_in):
    """Its patients and what was computed from them, also where it is on screen, whoever deleted it."""
    app = come_in(ANALYST)
    (held,) = app.session_state["opened_versions"].values()
    patients, results = weakref.ref(held.cohort.patients.frame), app.session_state["results_of_session"]
    del held
    assert results
    deletion.delete_cohort(team.store, team.owner, cohort_id=team.version.cohort_id)
    app = no_traceback(app.run())
    assert "is not in this project any more. Another one is shown." in text_of(app)
    assert not app.session_state["opened_versions"]
    assert {of.name for of in app.session_state["results_of_session"].values()} <= {"hifu_ici"}
    gc.collect()
    assert patients() is None


def test_names_are_for_owners_and_recorded_and_gone_with_the_role(opened, come_in):
    from tests.app.team.conftest import _team

    found = _team(opened)
    app = come_in(OWNER, "pages/team/cohorts.py")
    app.button(key=f"names_{found.version.id}").click()
    app = no_traceback(app.run())
    assert app.session_state["uploaded_cohort_identified"]
    lines = audit.lines(opened, found.owner, project_id=found.project)
    assert "opened identifiers" in [line.done for line in lines]
    ben = signed_in(opened, ANALYST)
    members.set_role(opened, found.owner, project_id=found.project, person_id=ben.person_id, role=Role.OWNER)
    ada = found.owner.person_id
    members.set_role(opened, ben, project_id=found.project, person_id=ada, role=Role.ANALYST)
    app = no_traceback(app.run())
    assert "uploaded_cohort_identified" not in app.session_state
    assert "uploaded_cohort" not in app.session_state


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A computer without a team, and its data folder."""
    monkeypatch.setenv("COHORTSCOPE_DATA_FOLDER", str(tmp_path / "data"))
    yield tmp_path / "data"
    if (tmp_path / "data").exists():
        ui_store.store().close()


def test_on_this_computer_nothing_is_written_unless_saved(here, open_app):
    app = open_app("pages/team/saved.py")
    assert "Nothing is saved on this computer yet" in text_of(app)
    assert [link.proto.label for link in app.main.get("page_link")] == ["Open Survival, and save it there"]
    open_app("pages/survival/hazards.py")
    assert not here.exists()


def test_on_this_computer_saved_analyses_are_listed_without_an_account(here, open_app):
    content = canary_frame().to_csv(index=False).encode()
    app = open_app(cohort="upload", uploaded=cohort_from_files({"own.csv": content}, name="Own"))
    app = save(app, "My question")
    assert not app.error, text_of(app)
    said = open_app("pages/team/saved.py")
    assert "My question" in text_of(said)
    assert "You" not in text_of(said).split()
    (saved,) = analyses.listed(ui_store.store(), local_actor(ui_store.store()), project_id="0" * 32)
    said.button(key=f"open_{saved.id}").click()
    opened = no_traceback(said.run())
    assert opened.session_state["selection"].cohort == f"v-{saved.cohort_version_id}"
