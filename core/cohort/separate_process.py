"""Reading a file in a process of its own (``binary_process``), with a limit to its time and memory.

A damaged file can end or hang the process it is read in; this one goes on and says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.cohort.guards import MAX_CELLS, MEMORY_PER_BYTE, free_megabytes
from core.errors import ReadError

TIME_LIMIT = 10.0  # seconds, and one more for each megabyte; a file of 50 MB takes a few of them
_MEGABYTES = 2048  # of a small file; a damaged one may ask for any amount


def answer_of(content: bytes, *, kind: str, program: str, name: str) -> dict[str, Any]:
    """What the process says of a file.

    Parameters
    ----------
    kind : {'spss', 'stata', 'sas', 'xpt', 'parquet', 'workbook'}
    program : str
        Whose file it is, for messages: ``SPSS``.

    Raises
    ------
    ReadError
        If the process is ended by the file, takes longer than ``TIME_LIMIT``, or needs more memory than it is given.
    """
    script = Path(__file__).with_name("binary_process.py")
    wanted = max(_MEGABYTES, MEMORY_PER_BYTE * len(content) // 1024**2)
    memory = max(512, min(wanted, int(0.8 * free_megabytes())))
    command = [sys.executable, "-I", str(script), kind, str(memory), str(MAX_CELLS)]
    limit = TIME_LIMIT + len(content) / 1024**2
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise ReadError(
            f"'{name}' took longer than {limit:.0f} seconds to read and was given up.",
            hint=f"Save it again in {program}, or as CSV.",
        ) from None
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("error") == "damaged":  # no answer: the file ended its reader
        raise damaged(name, program)
    if answer.get("error") == "memory":
        raise ReadError(f"'{name}' needs more memory than there is.", hint="Keep the columns that are analysed.")
    return answer


def damaged(name: str, program: str) -> ReadError:
    """The error of a file that its reader cannot make sense of."""
    return ReadError(
        f"'{name}' looks like a file of {program}, but cannot be read; it is damaged or incomplete.",
        hint=f"Open it in {program}, save it again, or export it as CSV.",
    )
