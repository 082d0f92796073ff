"""The headless command: ``python -m core run SPEC.json`` and ``python -m core describe FILE ...``.

Exit code 0 with results, 1 with one readable error on stderr and nothing written, 2 for wrong use. See
docs/headless.md.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

from core import __version__
from core.errors import CohortError, ReadError

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without it those of the process.
    """
    asked = _parser().parse_args(arguments)
    try:
        # Whatever a library has to say about numbers is in the notes; stderr is for the one error.
        with warnings.catch_warnings():
            warnings.simplefilter("default" if asked.debug else "ignore")
            text = _run(asked.spec) if asked.command == "run" else _describe(asked.files)
            _write(text, asked.out)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (``| head``): point stdout at nothing, or Python complains while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if asked.debug:
            traceback.print_exc()
        else:
            _complain(error)
        return FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Survival and safety of a cohort without a screen. See docs/headless.md."
    )
    parser.add_argument("--version", action="version", version=f"Cohortscope {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="{run,describe}")
    run = commands.add_parser("run", help="run an analysis and print its results as JSON")
    run.add_argument("spec", type=Path, metavar="SPEC.json", help="what to analyse; its paths are relative to it")
    describe = commands.add_parser("describe", help="print what is recognised in data files, and a specification")
    describe.add_argument("files", type=Path, nargs="+", metavar="FILE", help="patients, adverse events, ...")
    for command in (run, describe):
        command.add_argument("--out", type=Path, metavar="FILE.json", help="write to this file, not to standard output")
        command.add_argument("--debug", action="store_true", help="on an error, print where it arose")
    return parser


def _run(path: Path) -> str:
    """Results of a specification file, as text."""
    from core.cohort.load import load_cohort
    from core.reporting.as_json import as_json
    from core.reporting.json_text import json_text
    from core.run import run
    from core.spec import AnalysisSpec

    spec = AnalysisSpec.from_file(path)
    cohort = load_cohort(spec.cohort, base=path.parent)
    return json_text({name: as_json(result) for name, result in run(spec, cohort).items()})


def _describe(paths: Sequence[Path]) -> str:
    """What is recognised in files, as text."""
    from core.cohort.describe import describe_files
    from core.reporting.json_text import json_text

    return json_text(describe_files(list(paths)))


def _write(text: str, out: Path | None) -> None:
    """Write all or nothing: to standard output in UTF-8, or to a file that is replaced only when it is complete."""
    data = text.encode("utf-8")
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        _replace(out, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(f"Cannot write '{out}': {reason}.", hint="Check the folder and its permissions.") from error


def _replace(out: Path, data: bytes) -> None:
    out = Path(os.path.realpath(out))
    if out.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if out.exists() and not out.is_file():  # a pipe or a device is written to, never replaced
        out.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if not out.exists():
            os.chmod(name, 0o666 & ~_umask())
        else:
            os.chmod(name, out.stat().st_mode & 0o777)
        os.replace(name, out)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _complain(error: Exception) -> None:
    """One line that says what happened and what to do."""
    if isinstance(error, CohortError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "The data do not fit into memory."
    else:
        text = (
            f"Unexpected error: {type(error).__name__}: {error}. "
            "Hint: this is a fault of the program; run again with --debug and report what it prints."
        )
    line = " ".join(text.split())
    sys.stderr.buffer.write(f"Error: {line}\n".encode())
    sys.stderr.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
