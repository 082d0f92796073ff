"""The headless command: ``python -m core run SPEC.json``, ``tables``, ``describe FILE ...``, ``save`` and ``compare``.

Exit code 0 with results, 1 with one readable error on stderr and nothing written, 2 for wrong use. See
docs/headless.md.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import errno
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core import __version__
from core.errors import CohortError, ReadError

if TYPE_CHECKING:
    from core.cohort.study import Study

FAILED = 1
INTERRUPTED = 130
_PATHS = "its paths are relative to it"


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
            _write(_COMMANDS[asked.command](asked), asked.out)
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
    commands = parser.add_subparsers(dest="command", required=True, metavar="{run,tables,describe,save,compare}")
    run = commands.add_parser("run", help="run an analysis and print its results as JSON")
    run.add_argument("spec", type=Path, metavar="SPEC.json", help=f"what to analyse; {_PATHS}; or a saved study")
    tables = commands.add_parser("tables", help="run an analysis and write its tables as a journal prints them")
    tables.add_argument("spec", type=Path, metavar="SPEC.json", help=f"what to analyse; {_PATHS}; or a saved study")
    tables.add_argument("--only", metavar="ID", nargs="+", help="the analyses whose tables are wanted, in this order")
    tables.add_argument(
        "--out", type=Path, required=True, metavar="TABLES.docx", help="ending .docx, .xlsx, .tex, .html, .csv or .zip"
    )
    describe = commands.add_parser("describe", help="print what is recognised in data files, and a specification")
    describe.add_argument("files", type=Path, nargs="+", metavar="FILE", help="patients, adverse events, ...")
    save = commands.add_parser("save", help="save data and analysis as one file, without what could name a person")
    save.add_argument("spec", type=Path, metavar="SPEC.json", help=f"what to save; {_PATHS}")
    save.add_argument("--out", type=Path, required=True, metavar="STUDY.cohortscope", help="the file to write")
    compare = commands.add_parser("compare", help="compare two cuts of the same data, and their results")
    compare.add_argument("old", type=Path, metavar="OLD", help="a specification or a saved study")
    compare.add_argument("new", type=Path, metavar="NEW", help="the later one; its analyses are asked of both")
    for command in (run, describe, compare):
        command.add_argument("--out", type=Path, metavar="FILE.json", help="write to this file, not to standard output")
    for command in (run, tables, describe, save, compare):
        command.add_argument("--debug", action="store_true", help="on an error, print where it arose")
    return parser


def _study(path: Path) -> Study:
    """A specification with its cohort, or a saved study."""
    from core.cohort.load import load_cohort
    from core.cohort.study import ENDING, Study, read_study
    from core.spec import AnalysisSpec

    if path.suffix.casefold() == ENDING:
        return read_study(path)
    spec = AnalysisSpec.from_file(path)
    return Study(cohort=load_cohort(spec.cohort, base=path.parent), spec=spec)


def _run(asked: argparse.Namespace) -> bytes:
    """Results of a specification file or a saved study."""
    from core.reporting.as_json import as_json
    from core.reporting.json_text import json_text
    from core.run import run

    study = _study(asked.spec)
    return json_text({name: as_json(result) for name, result in run(study.spec, study.cohort).items()}).encode()


def _tables(asked: argparse.Namespace) -> bytes:
    """Tables of a specification file or a saved study, in the kind of file that the name ends with."""
    from core.errors import MissingAnalysisError
    from core.reporting.all_tables import all_tables
    from core.reporting.table_files import checked_ending, table_bytes
    from core.run import run_analysis

    ending = checked_ending(asked.out.suffix)
    study = _study(asked.spec)
    known = {analysis.id: (spec, analysis) for spec, analysis in study.spec.questions}
    for name in asked.only or ():
        if name not in known:
            raise MissingAnalysisError.from_available(name, list(known))
    wanted = [known[name] for name in asked.only or known]
    results = [run_analysis(spec, study.cohort, analysis) for spec, analysis in wanted]
    return table_bytes(all_tables(results), ending)


def _describe(asked: argparse.Namespace) -> bytes:
    """What is recognised in files, or was in a saved study."""
    from core.cohort.describe import describe, describe_files
    from core.cohort.study import ENDING
    from core.reporting.json_text import json_text

    if [path.suffix.casefold() for path in asked.files] == [ENDING]:
        return json_text(describe(_study(asked.files[0]).cohort)).encode()
    return json_text(describe_files(asked.files)).encode()


def _save(asked: argparse.Namespace) -> bytes:
    """A specification and its data as one file."""
    from core.cohort.study import study_bytes

    study = _study(asked.spec)
    return study_bytes(study.cohort, study.spec, saved=dt.date.today().isoformat())


def _compare(asked: argparse.Namespace) -> bytes:
    """What differs between two cuts of the data."""
    from core.data_cuts import compare_cuts
    from core.reporting.data_cuts_report import data_cuts_json
    from core.reporting.json_text import json_text

    return json_text(data_cuts_json(compare_cuts(_study(asked.old), _study(asked.new)))).encode()


_COMMANDS: dict[str, Callable[[argparse.Namespace], bytes]] = {
    "run": _run,
    "tables": _tables,
    "describe": _describe,
    "save": _save,
    "compare": _compare,
}


def _write(data: bytes, out: Path | None) -> None:
    """Write all or nothing: to standard output, or to a file that is replaced only when it is complete."""
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
