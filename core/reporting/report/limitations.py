"""The limitations that the checks found: what a discussion section has to say about these data.

Nothing here is a phrase for every paper: a sentence stands only where the data gave the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.bias.immortal_time import LateStart, late_start
from core.cohort.endpoints import Exclusion
from core.cohort.validate_endpoints import UNUSABLE
from core.regression.remarks import AFTER_SELECTION
from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.immortal_time_sentence import late_start_sentence
from core.reporting.labels import spoken
from core.reporting.ledger import ledger, ledger_sentence
from core.reporting.sentences import exclusion_sentence

if TYPE_CHECKING:
    from core.cohort.cohort import Cohort
    from core.result import AnalysisResult
    from core.spec import LookSpec

_LIMITING = (
    "with care", "with great care", "left out for missing values", "changes over time", "did not converge", "too small",
)  # fmt: skip
_SELECTED = (
    "Factors were chosen for the multivariable model by the data: its P are too small, its intervals too narrow."
)
_AS_DEFINED = re.compile(r"^\S+ (?:runs from '|event is the earliest of )")  # how an endpoint is read limits nothing
_MANY = 2  # comparisons: one alone needs no word on how many there were


def limitations(cohort: Cohort, results: Iterable[AnalysisResult], looks: Sequence[LookSpec] = ()) -> tuple[str, ...]:
    """What was found that limits the conclusions, each once: data, groups, methods, the number of comparisons."""
    return tuple(dict.fromkeys(_limits(cohort, list(results), looks)))


def _limits_more(note: str) -> bool:
    """Whether what an estimator says of itself limits a conclusion, and does not only name its conventions."""
    return any(words in note for words in _LIMITING)


def _notes(result: AnalysisResult) -> Iterator[str]:
    """What the notes of a result say of the conclusions, columns as a reader writes them."""
    own = set(result.value.notes)  # what an estimator says of itself stands under its table
    told = {exclusion_sentence(one) for one in result.subset.exclusions}
    for note in result.notes:
        if note == AFTER_SELECTION:
            yield _SELECTED
        elif note in told or _AS_DEFINED.match(note):
            continue
        elif note not in own or _limits_more(note):
            yield fmt.sentence(spoken(note, _columns(result)))


def _columns(result: AnalysisResult) -> list[str]:
    """Columns that notes of a result may name."""
    asked = (getattr(result.analysis, part, None) or () for part in ("covariates", "variables", "factors"))
    return [str(name) for names in asked for name in names]


def _late_starts(results: Sequence[AnalysisResult]) -> Iterable[LateStart]:
    """Each group that began late once, as the endpoint tells it of whose follow-up most is at stake."""
    found: dict[tuple[str, str | None], LateStart] = {}
    for result in results:
        late = late_start(result.subset) if result.subset.groups.column is not None else None
        if late is None:
            continue
        known = found.get((late.group, late.level))
        if known is None or late.share > known.share or math.isnan(known.share):
            found[late.group, late.level] = late
    return found.values()


def _left_out(results: Sequence[AnalysisResult]) -> Iterator[str]:
    """Who was left out and why; patients whom several endpoints miss for the same reason stand in one line."""
    found: dict[tuple[int, str, tuple[int, ...]], dict[str, None]] = {}
    for result in results:
        of = result.subset.endpoint or ""
        for one in result.subset.exclusions:
            rest = one.reason.removeprefix(f"{of} ") if of and one.stage == "endpoint" else ""
            named = rest if rest != one.reason else ""
            key = (one.n, named or one.reason, tuple(one.rows))
            found.setdefault(key, {}).setdefault(of if named else "")
    for (n, reason, rows), names in found.items():
        said = " ".join(filter(None, (fmt.in_words(filter(None, names)), reason)))
        yield exclusion_sentence(Exclusion(reason=said, n=n, rows=rows, stage="endpoint"))


def _limits(cohort: Cohort, results: Sequence[AnalysisResult], looks: Sequence[LookSpec]) -> Iterator[str]:
    if cohort.synthetic:
        yield SYNTHETIC
    if any(result.subset.groups.column is not None for result in results):
        yield "Treatment was not assigned at random: differences between groups may come from who was chosen for which."
    for issue in cohort.issues:
        if issue.severity != "info" and issue.code not in UNUSABLE:  # those follow, as patients left out
            yield fmt.sentence(issue.message)
    yield from map(late_start_sentence, _late_starts(results))
    yield from _left_out(results)
    for result in results:
        yield from _notes(result)
    if len(looks) >= _MANY:
        yield ledger_sentence(ledger(looks))
