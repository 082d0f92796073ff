"""The lines under a figure that leaves the dashboard: patients, events, method, versions, that data are synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.study import versions
from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method_line
from core.reporting.sentences import exclusion_sentence

if TYPE_CHECKING:
    from core.cohort.cohort import Cohort
    from core.result import AnalysisResult

_NAMES = {"cohortscope": "Cohortscope", "python": "Python"}


def figure_caption(cohort: Cohort, result: AnalysisResult) -> tuple[str, ...]:
    """Which patients and how many events, the method with its R call, what computed it; made-up data are named so."""
    return (
        patients_line(cohort, result),
        *events_line(result),
        method_line(result),
        f"Computed with {_listed(_libraries())}.",
        *([SYNTHETIC] if cohort.synthetic else []),
    )


def patients_line(cohort: Cohort, result: AnalysisResult) -> str:
    """Which patients a file shows: cohort, how many of how many, and what was filtered."""
    left_out = "; ".join(exclusion_sentence(exclusion).rstrip(".") for exclusion in result.subset.exclusions)
    return (
        f"Cohort {cohort.name}: {fmt.patients(result.subset.n)} of {cohort.n:,}{f' ({left_out})' if left_out else ''}."
    )


def events_line(result: AnalysisResult) -> tuple[str, ...]:
    """Events, competing ones and censored of the endpoint; nothing where no endpoint was asked for."""
    data, endpoint = result.subset.data, result.subset.endpoint
    if data is None or endpoint is None:
        return ()
    label = endpoint_label(endpoint)
    counts = [f"{label[:1].upper()}{label[1:]}: {fmt.several(data.n_events, 'event')}"]
    firsts = [(int(flags.sum()), name.replace("_", " ")) for name, flags in result.subset.competing.items()]
    censored = result.subset.n - int(data.event.sum()) - sum(n for n, _ in firsts)
    counts += [f"{n:,} {name} first" for n, name in firsts]
    return (f"{', '.join([*counts, f'{censored:,} censored'])}.",)


def software() -> str:
    """What computed the numbers: the program and its libraries with their versions."""
    return _listed(versions())


def _libraries() -> dict[str, str]:
    """What the method's own line does not name."""
    return {name: number for name, number in versions().items() if name != "cohortscope"}


def _listed(numbers: dict[str, str]) -> str:
    return fmt.in_words([f"{_NAMES.get(name, name)} {number}" for name, number in numbers.items()])
