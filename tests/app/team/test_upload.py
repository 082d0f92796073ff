"""Uploads of a team: saved to the project without names, within the host's quotas."""

from __future__ import annotations

from team import cohorts
from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import ANALYST, OWNER, canary_frame


def upload(app, name="again.csv"):
    """Drop a file with names and say that it is right."""
    frame = canary_frame()
    frame.insert(0, "patient_name", [f"Secret Person {i}" for i in range(len(frame))])
    app.file_uploader(key="load_files").set_value((name, frame.to_csv(index=False).encode(), "text/csv"))
    app = no_traceback(app.run())
    app.button(key="load_confirm").click()
    return no_traceback(app.run())


def test_an_upload_is_saved_without_names(team, come_in):
    app = come_in(ANALYST, "pages/cohort/load.py")
    assert "saved to the project, without names" in text_of(app)
    app = upload(app)
    saved = {one.name: one for one in cohorts.listed(team.store, team.owner, project_id=team.project)}
    assert set(saved) == {"Canary", "again"}
    study = cohorts.open_version(team.store, team.owner, version_id=saved["again"].versions[0].id, to="rows")
    assert "patient_name" not in study.cohort.patients.frame
    assert app.session_state["selection"].cohort == f"v-{saved['again'].versions[0].id}"


def test_a_next_version_of_a_cohort(team, come_in):
    app = come_in(OWNER, "pages/cohort/load.py")
    frame = canary_frame().iloc[:50]
    app.file_uploader(key="load_files").set_value(("cut.csv", frame.to_csv(index=False).encode(), "text/csv"))
    app = no_traceback(app.run())
    app.selectbox(key="upload_as").set_value(team.version.cohort_id)
    app = no_traceback(app.run())
    app.button(key="load_confirm").click()
    no_traceback(app.run())
    (cohort,) = cohorts.listed(team.store, team.owner, project_id=team.project)
    assert [one.number for one in cohort.versions] == [2, 1]
    assert cohort.versions[0].patients == 50


def test_more_than_the_quota_is_refused_in_words(team, come_in, monkeypatch):
    monkeypatch.setenv("COHORTSCOPE_UPLOADS_PER_HOUR", "1")
    app = upload(come_in(OWNER, "pages/cohort/load.py"))
    assert "as many as this host allows" in text_of(app)
    assert len(cohorts.listed(team.store, team.owner, project_id=team.project)) == 1
