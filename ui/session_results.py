"""Results of a session's own cohorts: made once, kept while their cohort is here, and gone with the session.

Belongs here: how much is kept and when it is let go. Does not belong here: what is computed (``ui.cached``), results of
the samples, which are everybody's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from core.cohort.cohort import Cohort
from ui import cohorts
from ui.kept import Kept
from ui.screen import st
from ui.selection import UPLOAD
from ui.team import shelf

MOST = 24 * 1024**2
"""Bytes of results of one cohort. Of 100 to 250 patients one takes 5 to 80 KB, so that some hundreds are kept."""
AT_LEAST = 24
"""Results of one cohort that stay even if they take more, as of 100,000 patients: no page asks for so many."""
COHORTS = 2
"""Cohorts with results: the one on screen and the one before, for the way back."""
_KEPT = "results_of_session"
Made = TypeVar("Made")


@dataclass(slots=True, eq=False, kw_only=True)
class _Results:
    """What was made of one cohort; ``name`` is the cohort's in a selection."""

    name: str
    made: Kept = field(default_factory=lambda: Kept(most=MOST, at_least=AT_LEAST))


def made(cohort: Cohort, name: str, question: str, make: Callable[[], Made]) -> Made:
    """What ``make`` gives, made once for a question about a cohort, which a selection calls ``name``."""
    return answers(cohort, name).made(question, make)


def answers(cohort: Cohort, name: str) -> Kept:
    """What was made of a cohort; work in the background may add to it, which cannot ask for it."""
    kept = _kept()
    of = kept.setdefault(cohort.digest, _Results(name=name))
    of.name = name
    kept.move_to_end(cohort.digest)
    return of.made


def release() -> tuple[str, ...]:
    """Let go of cohorts that were left, or are here no more: replaced by another file, deleted, of another project.

    Returns
    -------
    tuple of str
        Their digests.
    """
    kept = _kept()
    left = [digest for digest, of in kept.items() if not _is_here(of.name, digest)]
    left += [digest for digest in kept if digest not in left][:-COHORTS]
    for digest in left:
        del kept[digest]
    return tuple(left)


def _is_here(name: str, digest: str) -> bool:
    if name == UPLOAD:
        cohort = cohorts.uploaded()
        return cohort is not None and cohort.digest == digest
    return not shelf.is_saved(name) or shelf.is_open(name)


def _kept() -> OrderedDict[str, _Results]:
    found: OrderedDict[str, _Results] = st.session_state.setdefault(_KEPT, OrderedDict())
    return found
