"""Who gets in, and what each role sees: in team mode, page by page."""

from __future__ import annotations

from core.cohort.load import cohort_from_files
from core.spec import AnalysisSpec
from team import members, projects, uploads
from team.permits import Role
from team.sign_ins import claims_of, sign_in, sign_out
from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import ANALYST, OWNER, VIEWER, claims, signed_in, tables_of


def test_a_stranger_is_asked_to_sign_in(opened, come_in):
    app = come_in(None)
    assert app.title[0].value == "Who is there?"
    assert [button.label for button in app.button] == ["Sign in"]


def test_other_domains_and_unverified_addresses_do_not_come_in(opened, come_in):
    said = text_of(come_in("eve@elsewhere.example"))
    assert "may not sign in here" in said


def test_somebody_without_a_project_is_told_whom_to_ask(opened, come_in):
    said = text_of(come_in("dan@hospital.example"))
    assert "You are in no project yet" in said
    assert "dan@hospital.example" in said.replace("\u2060", "")


def test_an_owner_makes_a_project_and_invites(opened, come_in):
    app = come_in(OWNER)
    app.text_input(key="new_project_name").set_value("Ablation")
    app.button(key="new_project_create").click()
    no_traceback(app.run())
    app = no_traceback(app.switch_page("pages/team/members.py").run())
    app.text_input(key="invite_email_0").set_value(VIEWER)
    app.button(key="invite_send").click()
    app = no_traceback(app.run())
    assert VIEWER in tables_of(app)
    assert [one.value for one in app.text_input if one.label == "E-mail address"] == [""], "not invited once more"
    assert opened.settings.public_url in [one.value for one in app.code], "what to tell the person"


def test_an_analyst_sees_the_rows_of_the_project(team, come_in):
    app = come_in(ANALYST)
    assert "differ between" in app.title[0].value
    assert app.sidebar.selectbox[1].value == f"v-{team.version.id}"


def test_a_viewer_sees_the_summary_first(team, come_in):
    app = come_in(VIEWER)
    assert app.title[0].value == "What are the results, without small numbers?"
    assert not app.error
    assert "withheld" in tables_of(app)


def test_a_changed_role_works_from_the_next_click(team, come_in):
    app = come_in(ANALYST)
    assert "differ between" in app.title[0].value
    ben = next(
        one for one in members.listed(team.store, team.owner, project_id=team.project).people if one.email == ANALYST
    )
    members.set_role(team.store, team.owner, project_id=team.project, person_id=ben.person_id, role=Role.VIEWER)
    app = no_traceback(app.run())
    assert "differ between" not in "".join(title.value for title in app.title)
    app = no_traceback(app.switch_page("pages/team/summary.py").run())
    assert app.title[0].value == "What are the results, without small numbers?"
    members.remove(team.store, team.owner, project_id=team.project, person_id=ben.person_id)
    assert "You are in no project yet" in text_of(no_traceback(app.switch_page("pages/team/projects.py").run()))


def test_missing_and_forbidden_cohorts_are_told_alike(team, come_in):
    other = signed_in(team.store, OWNER)
    secret = projects.create(team.store, other, name="Secret").id
    frame = team.frame
    cohort = cohort_from_files({"secret.csv": frame.to_csv(index=False).encode()}, name="Secret cohort")
    version = uploads.save(
        team.store,
        other,
        uploads.Upload(name="Secret cohort", cohort=cohort, spec=AnalysisSpec(cohort=cohort.spec)),
        project_id=secret,
    )
    told = []
    for name in (version.id, "0" * 32):
        app = come_in(ANALYST, cohort=f"v-{name}")
        said = text_of(app).replace(name, "ID")
        assert "Secret" not in said
        told.append(said)
    assert told[0] == told[1]
    assert "that is not here" in told[0]


def test_signing_out_ends_the_session_everywhere(team, come_in):
    app = come_in(ANALYST)
    said = claims(ANALYST)
    again = come_in(ANALYST)
    again.user = app.user
    sign_out(team.store, sign_in(team.store, claims_of(app.user, team.store.settings)))
    app = no_traceback(app.run())
    assert app.title[0].value == "You are signed out."
    assert said["email"] == ANALYST
    assert "uploaded_cohort" not in app.session_state


def test_in_local_mode_there_is_no_account(come_in, monkeypatch):
    app = come_in(None)
    assert "differ between" in app.title[0].value
    assert not [button for button in app.button if "ign" in button.label and button.label.startswith("Sign")]
