"""A large CSV file read, recognised and validated, beside pyarrow that only reads it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from bench.first_file import first_reads
from bench.table import Row, alternate

PATIENTS, FEW = 1_000_000, 9_000
CLOCKS = ("processor", "by the clock")


def large_file() -> Iterator[Row]:
    """A million patients by thirty columns, from the file to a checked cohort; also with every cell in quotes.

    Each is read again and again in one process, which finds its memory where the last reading left it, and as the first
    large file of a fresh process.
    """
    from pyarrow import csv

    from core.cohort.load import load_files

    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder) / "few.csv", Path(folder) / "patients.csv"
        cohort_file(FEW, small)
        cohort_file(PATIENTS, path)
        for what in ("CSV", "Quoted CSV"):
            for clock, said in zip((time.process_time, time.perf_counter), CLOCKS, strict=True):
                ours, peer = alternate(
                    lambda: load_files([path]), lambda: csv.read_csv(path), PATIENTS, repetitions=1, clock=clock
                )
                yield _row(f"{what}, 1 M x 30: to a checked cohort, {said}", ours, peer)
            for said, ours, peer in zip(CLOCKS, *first_reads(small, path), strict=True):
                yield _row(f"{what}, first file of a process, {said}", ours, peer)
            quote(small)
            quote(path)


def _row(what: str, ours: float, peer: float) -> Row:
    # 0.5: twice the time of the peer, which neither recognises nor checks.
    return Row(what=what, ours=ours, peer=peer, beside="pyarrow reads", at_least=0.5)


def quote(path: Path) -> None:
    """Put every cell of a file in quotation marks."""
    rows = path.read_bytes().replace(b'"', b"").splitlines()
    path.write_bytes(b"".join(b'"' + row.replace(b",", b'","') + b'"\n' for row in rows))


def cohort_file(n: int, path: Path) -> None:
    """A made-up cohort of thirty columns as a CSV file."""
    rng = np.random.default_rng(5)
    start = np.datetime64("2015-01-01") + rng.integers(0, 2000, n)
    os = np.round(rng.exponential(24, n) + 0.01, 2)
    columns = {
        "patient_id": [f"P{i:07d}" for i in range(n)],
        "arm": rng.choice(["TACE", "HIFU"], n),
        "sex": rng.choice(["male", "female"], n),
        "age": rng.integers(30, 90, n),
        **{f"factor_{k}": rng.choice(["yes", "no", "NA"], n, p=[0.5, 0.45, 0.05]) for k in range(8)},
        **{f"grade_{k}": rng.choice(["G1", "G2", "G3", "G4"], n) for k in range(6)},
        **{f"lab_{k}": np.round(rng.lognormal(2, 0.5, n), 2) for k in range(6)},
        "start": start,
        "last_seen": start + rng.integers(30, 2000, n),
        "os_months": os,
        "os_event": rng.integers(0, 2, n),
        "pfs_months": np.round(os * rng.random(n) + 0.01, 2),
        "pfs_event": rng.integers(0, 2, n),
    }
    pd.DataFrame(columns).to_csv(path, index=False)
