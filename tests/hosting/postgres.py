"""A PostgreSQL of its own in a temporary folder, for a test or for several."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hosting.servers import free_port

UNPRIVILEGED = ("postgres", "nobody")  # initdb refuses root


def binary(name: str) -> str:
    """A program of PostgreSQL, which Debian keeps out of the path."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found, "PostgreSQL is missing: run make test, which installs it"
    return found


@dataclass
class Cluster:
    """A running server."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://cohortscope@127.0.0.1:{self.port}/cohortscope"

    def stop(self) -> None:
        """Stop it at once, as in a failure."""
        _run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "immediate")

    def start(self) -> None:
        """Start it (again)."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        _run("pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make, start and afterwards remove a server with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="cohortscope-pg-"))
    user = _user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    server = Cluster(free_port(), folder)
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", "cohortscope", "--auth=trust", "-E", "UTF8", "--no-sync")
        server.start()
        _run("createdb", "-h", "127.0.0.1", "-p", str(server.port), "-U", "cohortscope", "cohortscope")
        yield server
    finally:
        subprocess.run(_as_user([binary("pg_ctl"), "stop", "-D", str(folder / "data"), "-m", "immediate"]), check=False)
        time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def _as_user(command: list[str]) -> list[str]:
    user = _user()
    if user is None:
        return command
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run(
        _as_user([binary(name), *arguments]),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if name != "pg_ctl" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, (name, done.stdout)
