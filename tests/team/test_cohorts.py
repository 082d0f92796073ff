"""Cohorts: what is kept for whom, versions, quotas, and names that are only data."""

import pytest
from sqlalchemy import text

from team import cohorts, uploads
from team.errors import DamagedError, NotFoundError, QuotaError, RefusedError
from tests.team.team import PATIENTS, Team, a_cohort, an_upload

NAMES = (b"Anna Berg", b"Hans Iversen")


class TestSave:
    def test_what_analysts_see_names_nobody_and_owners_get_the_file_back(self, team):
        version = team.upload(actor=team.analyst)
        study = cohorts.open_version(team.store, team.analyst, version_id=version.id, to="rows")
        assert version.patients == len(study.cohort.patients.frame) == 8
        assert "Patient name" not in study.cohort.patients.frame.columns
        assert "Anna Berg" not in study.cohort.patients.frame.to_csv()
        assert cohorts.open_originals(team.store, team.owner, version_id=version.id) == {"patients.csv": PATIENTS}

    def test_a_version_gives_the_numbers_of_the_upload(self, team):
        version = team.upload()
        study = cohorts.open_version(team.store, team.viewer, version_id=version.id, to="results")
        mine = a_cohort()
        own = [name for name in mine.patients.frame.columns if name in study.cohort.patients.frame.columns]
        assert "OS months" in own
        assert list(study.cohort.patients.frame["OS months"]) == list(mine.patients.frame["OS months"])

    def test_versions_are_kept_side_by_side(self, team):
        first = team.upload()
        longer = PATIENTS + b"Ida Jansen,P9,66,TACE,3.3,1\n"
        second = team.upload(content=longer, cohort_id=first.cohort_id)
        found = cohorts.one(team.store, team.viewer, cohort_id=first.cohort_id)
        assert [(one.number, one.patients) for one in found.versions] == [(2, 9), (1, 8)]
        assert cohorts.open_originals(team.store, team.owner, version_id=first.id) == {"patients.csv": PATIENTS}
        assert cohorts.open_originals(team.store, team.owner, version_id=second.id) == {"patients.csv": longer}

    def test_a_key_saves_once(self, team):
        first = team.upload(key="form-7")
        assert team.upload(key="form-7") == first
        assert len(cohorts.listed(team.store, team.owner, project_id=team.project)) == 1

    def test_two_people_may_use_the_same_key(self, team):
        assert team.upload(key="1").cohort_id != team.upload(key="1", actor=team.analyst).cohort_id

    def test_a_key_is_good_for_one_act(self, team):
        team.upload(key="form-7")
        with pytest.raises(RefusedError, match="saved something else meanwhile"):
            cohorts.rename(team.store, team.owner, cohort_id=team.upload().cohort_id, name="X", key="form-7")

    def test_originals_are_not_kept_where_the_host_says_so(self, tmp_path, clock):
        team = Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock, keep_originals=False)
        version = team.upload()
        assert version.originals == ()
        assert not any(
            name in path.read_bytes() for path in (tmp_path / "f").rglob("*") if path.is_file() for name in NAMES
        )
        team.store.close()

    def test_a_cohort_of_another_project_gets_no_version(self, team):
        from team import projects

        other = projects.create(team.store, team.owner, name="Other").id
        version = team.upload()
        with pytest.raises(NotFoundError):
            uploads.save(team.store, team.owner, an_upload(), project_id=other, cohort_id=version.cohort_id)

    def test_a_kept_column_that_could_name_a_person_is_refused(self, local_team):
        from core.cohort.load import cohort_from_files
        from core.spec import AnalysisSpec

        found = a_cohort()
        spec = found.spec.model_copy(update={"keep_identifiers": ("Patient name",)})
        cohort = cohort_from_files({"patients.csv": PATIENTS}, name="patients", spec=spec)
        asked = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "group": {"column": "Patient name"}})
        upload = uploads.Upload(name="N", cohort=cohort, spec=asked)
        with pytest.raises(RefusedError, match="'Patient name', which could name a person"):
            uploads.save(local_team.store, local_team.owner, upload, project_id=local_team.project)


class TestNamesAreData:
    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "a\x00b.csv", "CON", "x" * 4000, "=cmd()", "<script>"]
    )
    def test_a_file_name_is_never_a_path(self, local_team, name, tmp_path):
        before = {path for path in tmp_path.rglob("*") if "files" not in path.parts}
        version = local_team.upload(originals={name: b"content"})
        assert cohorts.open_originals(local_team.store, local_team.owner, version_id=version.id) == {name: b"content"}
        assert {path for path in tmp_path.rglob("*") if "files" not in path.parts} == before
        for path in (tmp_path / "files").rglob("*"):
            assert set(path.name) <= set("0123456789abcdef")

    @pytest.mark.parametrize("odd", ["'; DROP TABLE audit; --", "Robert\u202e\u0000", "%s %d {0}"])
    def test_what_people_write_is_never_a_statement(self, team, odd):
        name = odd.replace("\u0000", "")
        version = team.upload(name=name)
        assert cohorts.one(team.store, team.owner, cohort_id=version.cohort_id).name == " ".join(name.split())
        with pytest.raises(NotFoundError):
            cohorts.one(team.store, team.owner, cohort_id=name)


class TestQuotas:
    def make(self, tmp_path, clock, **quotas):
        return Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock, **quotas)

    def test_uploads_in_an_hour(self, tmp_path, clock):
        team = self.make(tmp_path, clock, uploads_per_hour=2)
        team.upload()
        team.upload()
        with pytest.raises(QuotaError, match="2 uploads in the last hour"):
            team.upload()
        team.upload(actor=team.analyst)
        clock.move(minutes=61)
        team.upload()
        team.store.close()

    def test_megabytes_in_a_day(self, tmp_path, clock):
        team = self.make(tmp_path, clock, upload_mb_per_day=1)
        team.upload(originals={"a": bytes(700_000)})
        with pytest.raises(QuotaError, match="may upload 1 MB in 24 hours"):
            team.upload(originals={"a": bytes(700_000)})
        clock.move(hours=25)
        team.upload(originals={"a": bytes(700_000)})
        team.store.close()

    def test_megabytes_of_a_project_and_nothing_is_written(self, tmp_path, clock):
        team = self.make(tmp_path, clock, project_mb=1)
        team.upload(originals={"a": bytes(700_000)})
        before = sorted((tmp_path / "f").rglob("*"))
        with pytest.raises(QuotaError, match="may keep 1 MB"):
            team.upload(originals={"b": bytes(700_001)}, actor=team.analyst)
        assert sorted((tmp_path / "f").rglob("*")) == before
        team.store.close()

    def test_deleting_a_cohort_does_not_give_the_day_back(self, tmp_path, clock):
        from team import deletion

        team = self.make(tmp_path, clock, uploads_per_hour=1)
        deletion.delete_cohort(team.store, team.owner, cohort_id=team.upload().cohort_id)
        with pytest.raises(QuotaError):
            team.upload()
        team.store.close()


class TestDamage:
    def test_a_file_that_was_changed_is_never_opened(self, local_team, tmp_path):
        version = local_team.upload()
        for path in (tmp_path / "files").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(DamagedError, match="not what was stored"):
            cohorts.open_version(local_team.store, local_team.viewer, version_id=version.id, to="results")

    def test_a_file_that_is_gone(self, local_team, tmp_path):
        version = local_team.upload()
        for path in (tmp_path / "files").rglob("*"):
            path.unlink() if path.is_file() else None
        with pytest.raises(DamagedError, match="missing"):
            cohorts.open_originals(local_team.store, local_team.owner, version_id=version.id)

    def test_no_patient_is_in_the_database(self, team, tmp_path):
        team.upload()
        with team.store.engine.connect() as connection:
            for table in ("audit", "cohort_versions", "cohort_files", "cohorts", "saved_keys", "uploads"):
                shown = str(connection.execute(text(f"SELECT * FROM {table}")).all())
                assert not any(name.decode() in shown for name in NAMES)
