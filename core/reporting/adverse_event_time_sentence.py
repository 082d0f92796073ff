"""Adverse events over time in a sentence, and how they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.incidence_sentence import first_event_sentence, milestone
from core.reporting.method import Method
from core.reporting.sentences import MOST_SPOKEN, confidence_words, group_names
from core.spec import AdverseEventTimeSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


_SOURCES = (
    "Aalen and Johansen, Scand J Stat 1978;5:141-150",
    "Gray, Ann Stat 1988;16:1141-1154",
    "Ghosh and Lin, Biometrics 2000;56:554-562",
    "Lawless and Nadeau, Technometrics 1995;37:158-168",
)


def adverse_event_time_headline(result: AnalysisResult) -> str:
    """How many had the event by the last chosen time, and how many events there were per patient."""
    return " ".join(adverse_event_time_parts(result))


def adverse_event_time_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`adverse_event_time_headline`, the finding first."""
    value = result.adverse_event_time
    first = first_event_sentence(value.first, value.name, result.analysis.conf_level)
    row = milestone(value.first, value.name)
    if row is None or len(value.levels) > MOST_SPOKEN or not any(group.n_events_total for group in value.counts.groups):
        return (first,)
    names = group_names(list(value.levels))
    counts = [float(chosen.mean[row]) for chosen in value.counts.at]
    told = fmt.in_words(f"{fmt.number(n, 2)} {name}".strip() for n, name in zip(counts, names, strict=True))
    return first, f"Counting repeats, the mean number of events per patient by then was {told}."


def adverse_event_time_method(result: AnalysisResult) -> Method:
    """First events, mean counts and durations."""
    spec, value = result.analysis, result.adverse_event_time
    assert isinstance(spec, AdverseEventTimeSpec)
    several, level = len(value.levels) > 1, confidence_words(spec.conf_level)
    parts = [
        f"First event: cumulative incidence (Aalen-Johansen), {fmt.in_words(value.ends)} competing, Aalen's variance, "
        f"and one minus Kaplan-Meier, {spec.conf_type} {level}"
    ]
    parts += ["Gray's test"] if several else []
    if spec.until is not None:
        window = f" plus {fmt.quantity(spec.window, 'days', 0)}" if spec.window else ""
        parts.append(f"at risk until the end of treatment{window}, which {_role(spec)}")
    parts.append(f"mean number of events per patient (Ghosh-Lin), robust variance, log {level}")
    parts += ["durations: Kaplan-Meier, ongoing events censored, errors robust by patient"] if value.durations else []
    group = " ~ group" if several else " ~ 1"
    calls = [
        f"cmprsk::cuminc(time, status{', group' if several else ''})",
        f"survfit(Surv(start, stop, event){group}, id = id)",
    ]
    calls += [f"survfit(Surv(days, resolved){group}, cluster = id)"] if value.durations else []
    return Method(
        what="; ".join(parts),
        formula="F(t) = Σ S(t−)·d/n; mean count μ(t) = Σ S_death(t−)·d/Y over all events up to t",
        r_call="; ".join(calls),
        source="; ".join(_SOURCES if several else [one for one in _SOURCES if not one.startswith("Gray")]),
    )


def _role(spec: AdverseEventTimeSpec) -> str:
    return "competes" if spec.until_competes else "censors"
