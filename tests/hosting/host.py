"""A whole host as `deploy/` describes it: PostgreSQL, two processes of the dashboard, nginx, and a sign-in provider."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hosting.servers import ROOT, Server, dashboard, free_port, running
from tests.team.postgresql import PostgreSQL

SECRET = "a secret of the tests only, of some length"
METRICS_TOKEN = "a token of the tests only"
OWNER = {"sub": "owner-1", "email": "owner@example.org", "email_verified": True, "name": "First Owner"}
COLLEAGUE = {"sub": "colleague-1", "email": "colleague@example.org", "email_verified": True, "name": "Colleague"}
ROUTES = ("app1", "app2")


@dataclass
class Host:
    """What runs."""

    address: str
    proxy: Server
    provider: Server
    database: PostgreSQL
    apps: dict[str, Server]
    folder: Path
    env: dict[str, str]
    database_url: str

    def logs(self) -> str:
        """Everything that any part wrote."""
        return "\n".join([*(app.text() for app in self.apps.values()), self.proxy.text()])


def nginx_binary() -> str:
    """Debian keeps nginx where only root looks."""
    found = shutil.which("nginx") or next((p for p in ("/usr/sbin/nginx",) if Path(p).exists()), None)
    assert found, "nginx is missing: run make test, which installs it"
    return found


def rendered(folder: Path, *, ports: dict[str, int], tls: int, plain: int) -> Path:
    """The shipped nginx.conf with this host's ports and certificate, inside the main file that Debian brings."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for name, port in ports.items():
        assert f"server {name}:8501" in text
        text = text.replace(f"server {name}:8501", f"server 127.0.0.1:{port}")
    for shipped, here in {
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "/etc/nginx/tls/": f"{folder}/",
        "server_name cohorts.example.org;": "server_name localhost;",
        "/dev/stdout": f"{folder}/access.log",
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "cohortscope.conf").write_text(text)
    inner = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folder of a test is its user's alone
    main.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr error;\n"
        f"events {{ worker_connections 1024; }}\n"
        f"http {{\n{inner}  include {folder}/cohortscope.conf;\n}}\n"
    )
    return main


def certificate(folder: Path) -> None:
    """A certificate for localhost, good for a day."""
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", *keys]
    subprocess.run(made, check=True, capture_output=True)


def settings(folder: Path, *, address: str, issuer: str, database: str, **more: str) -> dict[str, str]:
    """The environment of a process."""
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    for name, value in {
        "database_url": database,
        "cookie_secret": SECRET,
        "oidc_client_secret": "the provider asks for none",
        "metrics_token": METRICS_TOKEN,
    }.items():
        (secrets / f"cohortscope_{name}").write_text(value)
    return {
        "COHORTSCOPE_MODE": "team",
        "COHORTSCOPE_PUBLIC_URL": address,
        "COHORTSCOPE_OIDC_ISSUER": issuer,
        "COHORTSCOPE_OIDC_CLIENT_ID": "cohortscope",
        "COHORTSCOPE_FIRST_OWNERS": OWNER["email"],
        "COHORTSCOPE_FILES_URL": str(folder / "files"),
        "COHORTSCOPE_DATA_FOLDER": str(folder / "data"),
        "COHORTSCOPE_SECRETS_DIR": str(secrets),
        "COHORTSCOPE_METRICS": "true",
        "COHORTSCOPE_REQUESTS_PER_MINUTE": "3000",
        **more,
    }


@contextmanager
def provider(folder: Path, **options: str) -> Iterator[Server]:
    """A sign-in provider with two people."""
    port = free_port()
    people = [part for one in (OWNER, COLLEAGUE) for part in ("--user-claims", json.dumps(one))]
    more = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    program = str(Path(sys.executable).with_name("oidc-provider-mock"))
    log = folder / "provider.log"
    command = [program, "--port", str(port), *people, *more]
    probe = "/.well-known/openid-configuration"
    with running(command, log, port=port, probe=probe, body=b"issuer") as server:
        yield server


@contextmanager
def whole_host(folder: Path, **more: str) -> Iterator[Host]:
    """Start everything; end it afterwards."""
    with ExitStack() as stack:
        database = PostgreSQL.start()
        stack.callback(database.stop)
        sign_in = stack.enter_context(provider(folder))
        tls, plain = free_port(), free_port()
        address = f"https://localhost:{tls}"
        url = database.new_database()
        env = settings(folder, address=address, issuer=sign_in.address, database=url, **more)
        subprocess.run(
            [sys.executable, "-m", "team", "migrate"], cwd=ROOT, env={**os.environ, **env}, check=True, timeout=120
        )
        apps = {
            name: stack.enter_context(dashboard(folder, name=name, **env, COHORTSCOPE_ROUTE=name)) for name in ROUTES
        }
        certificate(folder)
        main = rendered(folder, ports={name: app.port for name, app in apps.items()}, tls=tls, plain=plain)
        command = [nginx_binary(), "-p", str(folder), "-c", str(main), "-e", "stderr"]
        with running(command, folder / "nginx.log", port=plain, body=b"301 Moved Permanently") as proxy:
            yield Host(address, proxy, sign_in, database, apps, folder, env, url)
