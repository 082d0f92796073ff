"""The files of deploy/ fit together and to the program; no container engine is needed to see it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from tests.hosting.host import certificate, nginx_binary, rendered
from tests.hosting.servers import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
NGINX = (DEPLOY / "nginx.conf").read_text()
UNIT = (DEPLOY / "cohortscope@.service").read_text()
ENVIRONMENT = dict(
    line.split("=", 1) for line in (DEPLOY / "cohortscope.env").read_text().splitlines() if re.match("[A-Z]", line)
)
RUNNING = {name: one for name, one in COMPOSE["services"].items() if name in ("app1", "app2")}


def copied() -> list[str]:
    """What the Dockerfile takes from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)
    return [source for line in lines for source in line.split()[:-1]]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out, by its last line that fits."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        keep, pattern = rule.startswith("!"), rule.lstrip("!")
        top = path.split("/")[0]
        if pattern in ("*", path, top) or (pattern.startswith("**/") and Path(path).match(pattern[3:])):
            out = not keep
    return out


class TestDockerfile:
    def test_every_source_is_there_and_not_ignored(self):
        assert copied()
        for source in copied():
            assert (ROOT / source).exists(), source
            assert not ignored(source), source

    def test_every_room_of_the_program_is_copied(self):
        rooms = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
        rooms -= {"tests", "bench", "docs", ".venv", "build", ".mypy_cache"}
        assert rooms <= set(copied())

    def test_secrets_and_history_stay_out(self):
        for path in (".git", "deploy", "tests", ".venv", ".streamlit/secrets.toml", "core/x.pyc", "patients.xlsx"):
            assert ignored(path), path

    def test_images_are_pinned(self):
        images = [*re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)]
        images += [one["image"] for one in COMPOSE["services"].values() if "build" not in one]
        assert images
        for image in images:
            assert re.search(r":\d+\.\d+\.?\d*", image), image
            assert "latest" not in image

    def test_nobody_is_root_and_nothing_is_compiled(self):
        assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.M)
        assert "--only-binary=:all:" in DOCKERFILE
        assert not re.search(r"gcc|build-essential|\bg\+\+", DOCKERFILE)

    def test_the_health_check_reads_the_body(self):
        check = re.search(r"HEALTHCHECK.*\n\s+CMD (.+)", DOCKERFILE)
        assert check
        assert "/healthz" in check[1]
        assert "== b'ok'" in check[1]

    def test_python_is_one_that_the_program_runs_on(self):
        version = re.search(r"FROM python:(\d+)\.(\d+)", DOCKERFILE)
        assert version
        assert (int(version[1]), int(version[2])) >= (3, 11)


class TestDockerfileAsALinterReadsIt:
    """The rules of hadolint that matter here, without hadolint."""

    def instructions(self) -> list[tuple[str, str]]:
        """Instruction and the rest, with lines that go on joined and comments left out."""
        lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#")]
        whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
        return [(word, rest) for word, _, rest in (line.partition(" ") for line in whole.splitlines()) if word]

    def test_every_line_is_an_instruction(self):
        known = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}  # not ADD
        assert {word for word, _ in self.instructions()} <= known

    def test_packages_of_the_system(self):
        runs = [rest for word, rest in self.instructions() if word == "RUN" and "apt-get" in rest]
        assert runs
        for rest in runs:
            assert "apt-get update && apt-get install -y --no-install-recommends" in rest
            assert rest.index("rm -rf /var/lib/apt/lists/*") > rest.index("apt-get install")
            assert not re.search(r"\b(upgrade|sudo|curl|wget|apt) ", rest)

    def test_one_command_one_check_and_paths_from_the_root(self):
        said = [word for word, _ in self.instructions()]
        assert (said.count("CMD"), said.count("HEALTHCHECK"), said[-1]) == (1, 1, "CMD")
        for word, rest in self.instructions():
            assert word not in ("CMD",) or rest.startswith("["), "the process itself gets the signals, not a shell"
            assert word != "WORKDIR" or rest.startswith("/")
            assert word != "COPY" or rest.split()[-1].startswith("/")

    def test_nothing_is_written_as_root_after_the_last_user(self):
        said = self.instructions()
        last = max(place for place, (word, _) in enumerate(said) if word == "USER")
        assert not [word for word, _ in said[last:] if word in ("RUN", "COPY", "WORKDIR")]

    def test_stages_are_named_and_copied_from_by_name(self):
        stages = re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.M)
        assert set(re.findall(r"--from=(\w+)", DOCKERFILE)) == set(stages)
        assert len(set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.M))) == 1, "built and run on the same system"

    def test_letters_for_chinese_come_with_the_packages(self):
        """A PDF in Chinese has empty boxes without them; the image installs what is locked and needs no other."""
        from core.reporting.language import typefaces

        package = typefaces.folder().relative_to(Path(sysconfig.get_path("purelib"))).parts[0].replace("_", "-")
        assert re.search(rf"^{package}==", (ROOT / "requirements.txt").read_text(), re.M)
        assert re.search(r"install --only-binary=:all: .*-r /tmp/requirements.txt", DOCKERFILE)

    def test_a_package_that_has_no_wheel_is_allowed_to_have_none(self):
        """Else nothing can be installed: autograd-gamma 0.5.0 is there as source only."""
        assert re.search(r"^autograd-gamma==0\.5\.0$", (ROOT / "requirements.txt").read_text(), re.M)
        for text in (DOCKERFILE, (ROOT / "docs" / "deployment.md").read_text()):
            assert re.search(r"pip install --only-binary=:all: --no-binary=autograd-gamma -r \S*requirements.txt", text)

    def test_what_the_trial_installs_is_what_the_tests_use(self):
        (wanted,) = re.findall(r"oidc-provider-mock==(\S+)", " ".join(COMPOSE["services"]["provider"]["command"]))
        locked = re.search(r"^oidc-provider-mock==(\S+)", (ROOT / "requirements-dev.txt").read_text(), re.M)
        assert locked
        assert locked[1].rstrip(" \\") == wanted


class TestCompose:
    def test_ports_agree(self):
        port = re.search(r"^EXPOSE (\d+)", DOCKERFILE, re.M)[1]
        assert f"STREAMLIT_SERVER_PORT={port}" in DOCKERFILE
        servers = set(re.findall(r"server (\w+):(\d+)", NGINX))
        assert servers == {(name, port) for name in RUNNING}

    def test_two_processes_with_names_that_nginx_knows(self):
        assert len(RUNNING) == 2
        for name, one in RUNNING.items():
            assert one["environment"]["COHORTSCOPE_ROUTE"] == name
            assert re.search(rf"^\s+{name}\s+cohortscope_{name};", NGINX, re.M)

    def test_processes_cannot_write_gain_rights_or_be_reached(self):
        for one in RUNNING.values():
            assert one["read_only"] is True
            assert one["cap_drop"] == ["ALL"]
            assert "no-new-privileges:true" in one["security_opt"]
            assert "ports" not in one
        assert "ports" not in COMPOSE["services"]["database"]
        assert COMPOSE["networks"]["inside"]["internal"] is True
        assert COMPOSE["services"]["database"]["networks"] == ["inside"]

    def test_secrets_are_files_and_no_file_holds_one(self):
        named = set(COMPOSE["secrets"])
        for one in COMPOSE["services"].values():
            assert set(one.get("secrets", ())) <= named
        for path in DEPLOY.iterdir():
            if path.is_file():
                text = path.read_text()
                assert not re.search(r"(?i)(password|secret|token)\w*\s*[=:]\s*['\"]?(?!/)[\w+/]{12,}$", text, re.M), (
                    path
                )

    def test_secrets_are_settings(self):
        from team.settings import Settings

        for name in COMPOSE["secrets"]:
            if name.startswith("cohortscope_"):
                assert name.removeprefix("cohortscope_") in Settings.model_fields

    def test_settings_of_the_example_are_settings(self):
        from team.settings import Settings

        assert ENVIRONMENT["COHORTSCOPE_MODE"] == "team"
        for name in ENVIRONMENT:
            assert name.removeprefix("COHORTSCOPE_").lower() in Settings.model_fields, name

    def test_the_example_lacks_only_the_secrets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        from team.settings import load_settings

        for name in COMPOSE["secrets"]:
            (tmp_path / name).write_text("x" * 40 if "url" not in name else "postgresql://u@database/cohortscope")
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("COHORTSCOPE_SECRETS_DIR", str(tmp_path))
        assert load_settings().is_team

    def test_mounted_files_are_there(self):
        assert "./nginx.conf:/etc/nginx/conf.d/default.conf:ro" in COMPOSE["services"]["nginx"]["volumes"]
        assert (DEPLOY / "nginx.conf").exists()

    def test_yamllint(self):
        program = shutil.which("yamllint") or str(Path(sys.executable).with_name("yamllint"))
        rules = "{extends: default, rules: {line-length: {max: 120}, document-start: disable}}"
        done = subprocess.run(
            [program, "-s", "-d", rules, str(DEPLOY / "compose.yaml")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


class TestNginx:
    def test_plain_http_is_sent_to_the_own_name(self):
        """$host is what the browser says."""
        assert re.findall(r"return 301 (\S+);", NGINX) == ["https://$server_name$request_uri"]

    @pytest.fixture
    def main(self, tmp_path: Path) -> Path:
        certificate(tmp_path)
        return rendered(tmp_path, ports={"app1": 18501, "app2": 18502}, tls=18443, plain=18080)

    @staticmethod
    def tried(main: Path) -> subprocess.CompletedProcess[str]:
        command = [nginx_binary(), "-t", "-p", str(main.parent), "-c", str(main), "-e", "stderr"]
        return subprocess.run(command, capture_output=True, text=True)

    def test_nginx_takes_it(self, main: Path):
        done = self.tried(main)
        assert done.returncode == 0, done.stderr
        assert "warn" not in done.stderr

    def test_the_test_can_fail(self, main: Path):
        conf = main.parent / "cohortscope.conf"
        conf.write_text(conf.read_text().replace("least_conn;", "least_con;"))
        done = self.tried(main)
        assert done.returncode != 0

    def test_limits_are_those_of_the_program(self):
        mb = int(re.search(r"client_max_body_size\s+(\d+)m", NGINX)[1])
        import tomllib

        most = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]["maxUploadSize"]
        assert most < mb <= most + 20

    def test_the_documented_change_for_one_server_works(self, main: Path):
        text = (ROOT / "docs" / "deployment.md").read_text()
        command = re.search(r"^(sed .+) deploy/nginx.conf > \S+$", text, re.M)
        assert command
        done = subprocess.run(["sh", "-c", f"{command[1]} deploy/nginx.conf"], cwd=ROOT, capture_output=True, text=True)
        assert set(re.findall(r"server ([\d.]+:\d+)", done.stdout)) == {"127.0.0.1:8501", "127.0.0.1:8502"}
        assert re.search(r"^    8501\s+cohortscope_app1;$", done.stdout, re.M)
        assert re.search(r"^    8502\s+cohortscope_app2;$", done.stdout, re.M)

    @pytest.mark.parametrize("word", ["Upgrade ", "Connection ", "X-Forwarded-Proto", "X-Request-ID"])
    def test_windows_and_requests_are_passed_on_whole(self, word: str):
        assert f"proxy_set_header {word}" in NGINX

    def test_no_address_query_or_cookie_is_logged(self):
        log = re.search(r"log_format cohortscope.+?;", NGINX, re.S)[0]
        assert not re.search(r"\$(request\b|request_uri|uri|args|query_string|http_|cookie_|remote_addr)", log)


class TestSystemd:
    def test_the_unit_is_hardened(self):
        for line in (
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "PrivateTmp=yes",
            "CapabilityBoundingSet=",
            "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
            "UMask=0077",
            "LimitCORE=0",
        ):
            assert line in UNIT.splitlines(), line

    def test_it_starts_the_program_on_its_own_port_and_address(self):
        start = re.search(r"^ExecStart=(.+)$", UNIT, re.M)[1]
        assert "--server.address=127.0.0.1 --server.port=%i" in start
        assert "Environment=COHORTSCOPE_ROUTE=%i" in UNIT

    def test_secrets_come_as_credentials(self):
        assert set(re.findall(r"^LoadCredential=(\w+):", UNIT, re.M)) == {
            name for name in COMPOSE["secrets"] if name.startswith("cohortscope_")
        }
        assert "Environment=COHORTSCOPE_SECRETS_DIR=%d" in UNIT

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this system has no systemd to ask")
    def test_systemd_knows_every_line(self, tmp_path: Path):
        unit = tmp_path / "cohortscope@8501.service"
        unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT, flags=re.M))
        done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
        about = [line for line in done.stderr.splitlines() if "cohortscope@8501" in line]
        assert not [line for line in about if "Unknown" in line or "Invalid" in line or "Failed to parse" in line], (
            about
        )
