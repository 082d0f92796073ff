"""The first large file of a fresh process, as a person meets it: memory is touched for the first time.

Run by itself (``python -m bench.first_file READER SMALL LARGE``) it reads the small file, so that libraries are loaded
and their code is warm, then the large one once, and prints seconds of the processor and by the clock.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 3
Seconds = tuple[float, float]


def first_reads(small: Path, large: Path) -> tuple[Seconds, Seconds]:
    """Median seconds of the processor and by the clock of Cohortscope, and of pyarrow, in turns."""
    rounds = [(_alone("cohortscope", small, large), _alone("pyarrow", small, large)) for _ in range(ROUNDS)]
    ours, peer = ([one[side] for one in rounds] for side in (0, 1))
    return _medians(ours), _medians(peer)


def _medians(reads: list[Seconds]) -> Seconds:
    return statistics.median(read[0] for read in reads), statistics.median(read[1] for read in reads)


def _alone(reader: str, small: Path, large: Path) -> Seconds:
    command = [sys.executable, "-m", "bench.first_file", reader, str(small), str(large)]
    said = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True).stdout
    processor, clock = map(float, said.split())
    return processor, clock


def _reader(name: str) -> Callable[[Path], object]:
    if name == "pyarrow":
        from pyarrow import csv

        return csv.read_csv
    from core.cohort.load import load_files

    return lambda path: load_files([path])


def main(reader: str, small: str, large: str) -> None:
    """Read both files and print what the large one took."""
    read = _reader(reader)
    read(Path(small))
    started = time.process_time(), time.perf_counter()
    kept = read(Path(large))  # kept until the clocks are read, as who asked for it keeps it
    print(time.process_time() - started[0], time.perf_counter() - started[1])
    del kept


if __name__ == "__main__":
    main(*sys.argv[1:])
