"""Settings: from the environment and from files, one sentence for each fault, and no secret anywhere."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from team.errors import SettingsError
from team.settings import load_settings, settings_table

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-that-nobody-may-see-0123456789"
TEAM = {
    "MODE": "team", "PUBLIC_URL": "https://cohorts.clinic.example/", "OIDC_ISSUER": "https://idp.example",
    "OIDC_CLIENT_ID": "cohortscope", "OIDC_CLIENT_SECRET": SECRET, "COOKIE_SECRET": SECRET,
    "FIRST_OWNERS": "Olga@Clinic.example", "DATABASE_URL": f"postgresql://app:{SECRET}@db/cohorts",
}  # fmt: skip


@pytest.fixture
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def set_all(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"COHORTSCOPE_{name}", str(value))

    return set_all


def faults(**said):
    with pytest.raises(SettingsError) as told:
        load_settings(**said)
    return told.value.faults


class TestWithoutAny:
    def test_one_person_with_a_folder(self, environment, tmp_path):
        environment()
        settings = load_settings()
        assert not settings.is_team
        assert settings.database == f"sqlite:///{tmp_path}/cohortscope/cohortscope.db"
        assert settings.files == f"{tmp_path}/cohortscope/files"
        assert settings.suppress_below == 5


class TestTeam:
    def test_a_whole_set(self, environment):
        environment(**TEAM, ALLOWED_DOMAINS="@clinic.example, uni.example", RETENTION_DAYS="")
        settings = load_settings()
        assert settings.is_team
        assert settings.database == f"postgresql+psycopg://app:{SECRET}@db/cohorts"
        assert settings.first_owners == ("olga@clinic.example",)
        assert settings.allowed_domains == ("clinic.example", "uni.example")
        assert settings.public_url == "https://cohorts.clinic.example"
        assert settings.retention_days is None

    def test_no_secret_is_ever_shown(self, environment):
        environment(**TEAM, METRICS="true", METRICS_TOKEN=SECRET)
        settings = load_settings()
        for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.model_dump()}"):
            assert SECRET not in shown

    def test_a_secret_from_a_file_that_the_environment_names(self, environment, tmp_path):
        (tmp_path / "secret").write_text(SECRET + "\n")
        said = {name: value for name, value in TEAM.items() if name != "OIDC_CLIENT_SECRET"}
        environment(**said, OIDC_CLIENT_SECRET_FILE=tmp_path / "secret")
        assert load_settings().oidc_client_secret.get_secret_value() == SECRET

    def test_a_secret_from_the_folder_of_secrets(self, environment, tmp_path):
        (tmp_path / "cohortscope_cookie_secret").write_text(SECRET)
        said = {name: value for name, value in TEAM.items() if name != "COOKIE_SECRET"}
        environment(**said, SECRETS_DIR=tmp_path)
        assert load_settings().cookie_secret.get_secret_value() == SECRET


class TestFaults:
    def test_everything_that_a_team_needs_is_named(self, environment):
        environment(MODE="team")
        names = ("PUBLIC_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "COOKIE_SECRET", "FIRST_OWNERS")
        assert faults() == tuple(f"COHORTSCOPE_{name} is not set, and mode team needs it." for name in names)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("POOL_SIZE", "many", "COHORTSCOPE_POOL_SIZE: should be a valid integer"),
            ("LONG_WORK_AT_ONCE", "0", "COHORTSCOPE_LONG_WORK_AT_ONCE: should be greater than or equal to 1."),
            ("SUPPRESS_BELOW", "1", "COHORTSCOPE_SUPPRESS_BELOW: should be greater than or equal to 3."),
            ("MODE", "cloud", "COHORTSCOPE_MODE: should be 'local' or 'team'."),
            ("DATABASE_URL", "mysql://u:hunter2@h/d", "COHORTSCOPE_DATABASE_URL: must begin with postgresql://"),
            ("PUBLIC_URL", "http://clinic.example", "COHORTSCOPE_PUBLIC_URL: must begin with https://"),
            ("OIDC_ISSUER", "clinic.example", "COHORTSCOPE_OIDC_ISSUER: must be an address"),
            ("LOG_LEVEL", "loud", "COHORTSCOPE_LOG_LEVEL: should be 'debug'"),
        ],
    )
    def test_one_sentence_without_the_value(self, environment, name, value, said):
        environment(**{name: value})
        (fault,) = faults()
        assert fault.startswith(said)
        assert fault.endswith(".")
        assert value not in fault

    def test_two_faults_are_two_sentences(self, environment):
        environment(POOL_SIZE="0", IDLE_MINUTES="-1")
        assert len(faults()) == 2

    def test_a_short_cookie_secret(self, environment):
        environment(**(TEAM | {"COOKIE_SECRET": "short"}))
        assert faults() == ("COHORTSCOPE_COOKIE_SECRET must have 32 letters or more.",)

    def test_metrics_of_a_team_need_a_token(self, environment):
        environment(**TEAM, METRICS="true")
        assert faults() == ("COHORTSCOPE_METRICS_TOKEN is not set, and metrics need it.",)

    def test_a_misspelt_name(self, environment):
        environment(DATABSE_URL="sqlite://")
        assert faults() == ("There is no setting COHORTSCOPE_DATABSE_URL; did you mean COHORTSCOPE_DATABASE_URL?",)

    def test_names_that_other_parts_read_are_none(self, environment):
        environment(MEMORY="off", ADAM="/data/adam", FUZZ="10")
        assert load_settings().mode == "local"

    def test_a_file_that_is_not_there(self, environment):
        environment(COOKIE_SECRET_FILE="/nowhere/secret")
        assert faults() == (
            "COHORTSCOPE_COOKIE_SECRET_FILE names a file that cannot be read (No such file or directory).",
        )

    def test_a_folder_of_secrets_that_is_not_there(self, environment):
        environment(SECRETS_DIR="/nowhere")
        assert faults() == ("COHORTSCOPE_SECRETS_DIR names a folder that is not there.",)


def test_the_table_in_the_documentation_is_the_one_of_the_program():
    text = (Path(__file__).resolve().parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", text, re.DOTALL)
    assert table == settings_table()


class TestFiles:
    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("s3://bucket/folder", r"s3:// need the package s3fs; run: pip install s3fs"),
            ("gs://bucket/folder", r"gs:// need the package gcsfs; run: pip install gcsfs"),
            ("gopher://host/folder", r"nothing opens addresses that begin with gopher://"),
        ],
    )
    def test_what_nothing_opens_is_told_with_what_to_install(self, monkeypatch, address, said):
        known = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name in ("s3fs", "gcsfs") else known(name)
        )
        with pytest.raises(SettingsError, match=f"COHORTSCOPE_FILES_URL: .*{said}"):
            load_settings(files_url=address)

    @pytest.mark.parametrize("address", ["memory://cohorts", "file:///srv/cohorts", "/srv/cohorts", "cohorts"])
    def test_what_can_be_opened_is_taken(self, address):
        assert load_settings(files_url=address).files == address

    def test_s3_is_taken_where_its_package_is(self, monkeypatch):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
        assert load_settings(files_url="s3://bucket/folder").files == "s3://bucket/folder"

    def test_the_dashboard_ends_with_a_sentence_and_no_traceback(self):
        environment = os.environ | {"COHORTSCOPE_MODE": "team", "COHORTSCOPE_FILES_URL": "gopher://x"}
        done = subprocess.run(
            [sys.executable, "-c", "import app"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2
        assert "Cohortscope does not start: COHORTSCOPE_FILES_URL: nothing opens" in done.stderr
        assert "Traceback" not in done.stderr
