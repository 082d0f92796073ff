"""From starting the server to the first page in a browser's hands, beside an app that imports everything at once."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.table import Row

ROOT = Path(__file__).parent.parent
PEER = """
import altair, lifelines, scipy.stats, sksurv.linear_model, streamlit as st
st.title("Survival")
"""


def first_page() -> Iterator[Row]:
    """Seconds from the command to a first page that has run its script, median of three."""
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "peer.py"
        peer.write_text(PEER)
        ours = statistics.median(_first_page(ROOT / "app.py") for _ in range(3))
        theirs = statistics.median(_first_page(peer) for _ in range(3))
    yield Row(what="server start to first page", ours=ours, peer=theirs, beside="all imported at once")


def _first_page(script: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true", f"--server.port={port}"]
    options = ["--server.enableAgentApi=true", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return _until_page(f"http://127.0.0.1:{port}", started)
    finally:
        process.terminate()
        process.wait(20)


def _until_page(address: str, started: float) -> float:
    """Polls until the server answers, then runs the first page through the agent interface."""
    body = b"{}"
    while time.perf_counter() - started < 60:
        try:
            request = urllib.request.Request(
                f"{address}/_stcore/agent/interact", data=body, headers={"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
            return time.perf_counter() - started
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("no first page in 60 s")
