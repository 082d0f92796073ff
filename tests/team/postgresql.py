"""A PostgreSQL server of the tests' own, by an unprivileged user, on a unix socket, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

FOLDERS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin"), Path("/usr/bin"))


def program(name):
    found = next((folder / name for folder in FOLDERS if (folder / name).exists()), None) or shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed: make hosting")
    return str(found)


@dataclass
class PostgreSQL:
    folder: Path
    process: subprocess.Popen | None = field(default=None)

    @classmethod
    def start(cls):
        memory = Path("/dev/shm")  # quicker than a disk; and short: a socket's path has at most 107 letters
        folder = Path(tempfile.mkdtemp(prefix="pg", dir=memory if memory.is_dir() else "/tmp"))
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        server = cls(folder)
        options = ["-A", "trust", "-U", "tests", "-E", "UTF8", "--locale", "C", "--no-sync"]
        subprocess.run(
            [*_unprivileged(), program("initdb"), "-D", str(folder / "data"), *options],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        server.run()
        return server

    def run(self):
        """Start the server and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*_unprivileged(), program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder),
                 "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "fsync=off", "-c", "shared_buffers=16MB"],
                stdout=log, stderr=log, cwd="/",
            )  # fmt: skip
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def halt(self):
        """Stop at once, as a crash of the server or of its host would."""
        subprocess.run(
            [*_unprivileged(), program("pg_ctl"), "stop", "-D", str(self.folder / "data"), "-m", "immediate"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        self.process.wait(30)

    def stop(self):
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def conninfo(self, name):
        return f"host={self.folder} user=tests dbname={name}"

    def new_database(self, *, like="template1"):
        """Address of a database, empty or like another one, as the setting takes it."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
        return f"postgresql://tests@/{name}?host={self.folder}"


def _unprivileged():
    """Its programs refuse to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
