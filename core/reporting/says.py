"""What a result says in two plain sentences: the finding with its numbers, and the caveat that matters most.

The same two stand at the top of a page and under ``says`` in the JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.reporting.adjusted_sentence import adjusted_parts
from core.reporting.adverse_event_sentence import adverse_event_headline
from core.reporting.adverse_event_time_sentence import adverse_event_time_parts
from core.reporting.balance_sentence import balance_parts
from core.reporting.caveat_facts import caveat_facts
from core.reporting.caveat_limits import LIMITS
from core.reporting.caveats import SERIOUS, About, Caveat, caveats
from core.reporting.cox_sentence import cox_parts
from core.reporting.cut_point_sentence import cut_point_parts
from core.reporting.flow_words import flow_sentence
from core.reporting.group_ratio import group_ratio
from core.reporting.immortal_time_sentence import immortal_time_parts
from core.reporting.incidence_sentence import incidence_headline
from core.reporting.lesion_sentence import lesion_parts
from core.reporting.profile_report import profile_headline
from core.reporting.proportionality_sentence import proportionality_sentence
from core.reporting.quantile_groups_report import quantile_groups_sentence
from core.reporting.response_sentence import response_parts
from core.reporting.sentences import baseline_parts, comparison_sentence, headline_parts
from core.reporting.state_sentence import state_headline
from core.reporting.subgroup_sentence import subgroup_headline
from core.reporting.treatment_sentence import treatment_parts

if TYPE_CHECKING:
    from core.result import AnalysisResult

Parts = tuple[str, ...]

# What else the analysis does, and why immortal time stays all the same.
_STAYS: Mapping[str, str] = {
    "cox": "Other factors in the model do not take that away.",
    "fine_gray": "Other factors in the model do not take that away.",
    "adjusted_survival": "Adjusting for factors does not take that away.",
    "balance": "Making the groups alike does not take that away.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """Two sentences, and what stands behind them.

    Attributes
    ----------
    finding : str
        The answer in numbers.
    caveat : str
        What matters most against it.
    about : str
        What the caveat is about, see ``core.reporting.caveats``.
    more : tuple of str
        Further sentences of the answer.
    others : tuple of Caveat
        Further caveats that a reader must know, the next one first.
    kind : str
        Of the analysis.
    """

    finding: str
    caveat: str
    about: About
    more: tuple[str, ...] = ()
    others: tuple[Caveat, ...] = ()
    kind: str = ""


def says(
    result: AnalysisResult, *, beside: Sequence[AnalysisResult] = (), parts: Parts = (), event: str | None = None
) -> Says:
    """The two sentences of a result.

    Parameters
    ----------
    result : AnalysisResult
    beside : sequence of AnalysisResult
        What belongs to the same answer: of curves the test, the hazard ratio, the test of proportional hazards.
    parts : tuple of str
        Sentences of the finding where a page tells more than one result; else those of the kind.
    event : str, optional
        The one of several competing events that they tell; else the first.
    """
    told = parts or (_survival(result, beside) if result.kind == "kaplan_meier" else _FINDINGS[result.kind](result))
    first, *rest = caveats(caveat_facts(result, beside, event=event))
    stays = [_STAYS[result.kind]] if first.about == "immortal_time" and result.kind in _STAYS else []
    others = tuple(one for one in rest if one.about in SERIOUS)
    return Says(
        finding=told[0],
        caveat=first.sentence,
        about=first.about,
        more=(*stays, *told[1:]),
        others=others,
        kind=result.kind,
    )


def plain_says(finding: str, kind: str, *more: str) -> Says:
    """The two sentences of a page that shows no analysis: what it found, and what it cannot do for any data."""
    return Says(finding=finding, caveat=LIMITS[kind], about="limit_of_method", more=more)


def _survival(result: AnalysisResult, beside: Sequence[AnalysisResult]) -> Parts:
    kinds = {other.kind: other for other in beside}
    comparison = kinds["compare"].comparison if "compare" in kinds else None
    ratio, words, against = group_ratio(kinds.get("cox"))
    return headline_parts(
        result.survival,
        comparison,
        result.subset.endpoint or "",
        hazard_ratio=ratio,
        ratio_words=words,
        against=against,
    )


def _fine_gray(result: AnalysisResult) -> Parts:
    """Of the subdistribution, and said so."""
    return tuple(part.replace("hazard ratio", "subdistribution hazard ratio") for part in cox_parts(result))


_FINDINGS: Mapping[str, Callable[[AnalysisResult], Parts]] = {
    "compare": lambda result: (comparison_sentence(result.comparison),),
    "cox": cox_parts,
    "fine_gray": _fine_gray,
    "proportional_hazards": lambda result: (proportionality_sentence(result.proportional_hazards),),
    "cumulative_incidence": lambda result: tuple(incidence_headline(result, one) for one in result.incidence.causes),
    "state_occupancy": lambda result: (state_headline(result),),
    "lesion_recurrence": lesion_parts,
    "subgroups": lambda result: (subgroup_headline(result),),
    "adjusted_survival": adjusted_parts,
    "cut_point": cut_point_parts,
    "quantile_groups": lambda result: (quantile_groups_sentence(result),),
    "immortal_time": immortal_time_parts,
    "balance": balance_parts,
    "baseline": baseline_parts,
    "adverse_events": lambda result: (adverse_event_headline(result),),
    "adverse_event_time": adverse_event_time_parts,
    "response": response_parts,
    "patient_profile": lambda result: (profile_headline(result),),
    "treatment_course": treatment_parts,
    "flow": lambda result: (flow_sentence(result),),
}
