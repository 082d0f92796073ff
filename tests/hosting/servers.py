"""Processes of the dashboard and what stands around it, started for tests and ended with them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Server:
    """A running process that answers HTTP."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def text(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def fetch(address: str, *, method: str = "GET", body: bytes | None = None, timeout: float = 10, **headers: str):
    """Status, headers and body; also of refusals. Header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, method=method, data=body, headers=named)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def wait_until_it_answers(address: str, body: bytes, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for an address to answer with a text; a page of the same address and status 200 is no answer."""
    for _ in range(480):
        if process.poll() is not None:
            break
        try:
            if body in fetch(address, timeout=2)[2]:
                return
        except OSError:
            pass
        time.sleep(0.25)
    raise RuntimeError(f"{address} did not answer: {log.read_text(errors='replace')[-3000:]}")


@contextmanager
def running(
    command: Sequence[str], log: Path, *, port: int, probe: str = "/", body: bytes, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a command that listens on a port; end it afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}{probe}", body, process, log)
        yield Server(port, process, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@contextmanager
def dashboard(folder: Path, *, name: str = "app", port: int | None = None, **env: str) -> Iterator[Server]:
    """A process of the dashboard."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    with running(
        [*command, "--server.address=127.0.0.1", "--server.headless=true", "--server.fileWatcherType=none"],
        folder / f"{name}.log",
        port=port,
        probe="/healthz",
        body=b"ok",
        env={"COHORTSCOPE_MEMORY": "off", "PYTHONWARNINGS": "default", **env},
    ) as server:
        yield server
