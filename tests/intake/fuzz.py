"""Mutated files: whatever is done to a file of the corpus, it is read or refused with a sentence.

``python -m tests.intake.fuzz 20000`` tries so many by hand and prints what went wrong; ``test_fuzz`` tries a few.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from core.cohort.load import cohort_from_files
from core.errors import CohortError
from tests.intake.corpus import cases

SLOW = 10.0  # seconds
IN_PROCESS = ("$FL2", "$FL3", "<stata_dta", "HEADER RECORD", "PAR1")


def read_elsewhere(content):
    """Whether a file is read in a process of its own, which takes most of a second to start."""
    return content.startswith(tuple(start.encode() for start in IN_PROCESS)) or content[:1] in (b"r", b"s", b"q")


def mutated(content, rng):
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
    start = time.perf_counter()
    try:
        cohort = cohort_from_files(files | {chosen: content}, name="study")
        outcome = "read" if cohort.n else "an empty cohort"
    except CohortError as error:
        outcome = "refused" if error.message else "refused without a word"
    except Exception:
        outcome = traceback.format_exc(limit=-3)
    taken = time.perf_counter() - start
    return (outcome if taken < SLOW else f"slow: {taken:.0f} s"), content


def run(times, *, seed=0, elsewhere=True):
    """Outcomes and how often each, with one file for each that is wrong."""
    rng = random.Random(seed)
    studies = [case.files for case in cases().values() if all(len(content) < 60_000 for content in case.files.values())]
    if not elsewhere:
        studies = [files for files in studies if not any(map(read_elsewhere, files.values()))]
    outcomes: Counter[str] = Counter()
    examples: dict[str, bytes] = {}
    for _ in range(times):
        outcome, content = tried(rng.choice(studies), rng)
        outcomes[outcome] += 1
        if outcome not in ("read", "refused"):
            examples.setdefault(outcome, content)
    return outcomes, examples


if __name__ == "__main__":
    found, wrong = run(int(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    for outcome, n in found.most_common():
        print(n, outcome)
    folder = Path(tempfile.mkdtemp(prefix="fuzz")) if wrong else None
    for i, content in enumerate(wrong.values()):
        print((folder / f"{i}.bin").write_bytes(content), "bytes in", folder / f"{i}.bin")
    sys.exit(bool(wrong))
