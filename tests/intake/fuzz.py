"""Mutated files: whatever is done to a file of the corpus, it is read or refused with a sentence.

``python -m tests.intake.fuzz 20000`` tries so many by hand and prints what went wrong; ``test_fuzz`` tries a few.
"""

from __future__ import annotations

import contextlib
import io
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

from core.cohort.describe import describe
from core.cohort.load import cohort_from_files
from core.errors import CohortError
from tests.intake.corpus import cases

SLOW = 10.0  # seconds
LARGE = 2.0  # gigabytes
IN_PROCESS = (b"$FL2", b"$FL3", b"<stata_dta", b"HEADER RECORD", b"PAR1", bytes(12) + b"\xc2\xea")


def read_elsewhere(content):
    """Whether a file is read in a process of its own, which takes most of a second to start."""
    return content.startswith(IN_PROCESS) or content[:1] in (b"r", b"s", b"q")


class Hanging(BaseException):
    """Not an Exception: nothing that is read may take it for an error of the file."""


def hanging(*_):
    raise Hanging


def mutated(content, rng):
    """A copy with a few bytes changed; of a workbook half the time those of a part inside, which a zip would refuse."""
    if content.startswith(b"PK") and rng.random() < 0.5:
        with contextlib.suppress(zipfile.BadZipFile):
            return mutated_part(content, rng)
    return mutated_bytes(content, rng)


def mutated_part(content, rng):
    """A workbook with one part changed and packed again."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    chosen = rng.choice(sorted(parts))
    parts[chosen] = mutated_bytes(parts[chosen], rng)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


def mutated_bytes(content, rng):
    """A copy with a few bytes changed, cut, doubled or taken out."""
    made = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        if not made:
            break
        at, kind = rng.randrange(len(made)), rng.random()
        if kind < 0.5:
            made[at] = rng.choice((0, 255, 34, 44, 10, rng.randrange(256)))
        elif kind < 0.65:
            made = made[:at] if rng.random() < 0.5 else made[at:]
        elif kind < 0.8:
            end = min(len(made), at + rng.randint(1, 40))
            made[at:at] = made[at:end] * rng.randint(1, 3)
        elif kind < 0.9:
            del made[at : at + rng.randint(1, 40)]
        else:
            made[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
    return bytes(made)


def tried(files, rng):
    """What comes of files of which one is mutated: 'read', 'refused', or what went wrong."""
    chosen = rng.choice(sorted(files))
    content = mutated(files[chosen], rng)
    start = worked()
    signal.setitimer(signal.ITIMER_REAL, 3 * SLOW)  # on the wall; SLOW is time of work, for the computer may be busy
    try:
        cohort = cohort_from_files(files | {chosen: content}, name="study")
        describe(cohort)
        outcome = "read" if cohort.n else "an empty cohort"
    except CohortError as error:
        outcome = "refused" if error.message else "refused without a word"
    except (Exception, Hanging):
        outcome = traceback.format_exc(limit=-3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    taken = worked() - start
    if outcome in ("read", "refused") and taken > SLOW:
        outcome = f"slow: {taken:.0f} s"
    return outcome, content


def worked():
    """Seconds of work of this process and of those that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak():
    """Gigabytes that this process, or the largest that it started, has needed so far."""
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return largest / 1024**2


def run(times, *, seed=0, elsewhere=True):
    """Outcomes and how often each, with one file for each that is wrong."""
    rng = random.Random(seed)
    studies = [case.files for case in cases().values() if all(len(content) < 60_000 for content in case.files.values())]
    if not elsewhere:
        studies = [files for files in studies if not any(map(read_elsewhere, files.values()))]
    signal.signal(signal.SIGALRM, hanging)
    outcomes: Counter[str] = Counter()
    examples: dict[str, bytes] = {}
    for _ in range(times):
        before = peak()
        outcome, content = tried(rng.choice(studies), rng)
        if before <= LARGE < peak():
            outcome = f"{outcome}, with {peak():.1f} GB"
        outcomes[outcome] += 1
        if outcome not in ("read", "refused"):
            examples.setdefault(outcome, content)
    return outcomes, examples


if __name__ == "__main__":
    begun = time.perf_counter()
    found, wrong = run(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for outcome, n in found.most_common():
        print(n, outcome)
    print(f"{time.perf_counter() - begun:.0f} s, at most {peak():.2f} GB")
    folder = Path(tempfile.mkdtemp(prefix="fuzz")) if wrong else None
    for i, content in enumerate(wrong.values()):
        print((folder / f"{i}.bin").write_bytes(content), "bytes in", folder / f"{i}.bin")
    sys.exit(bool(wrong))
