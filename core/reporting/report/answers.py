"""The answer of every kind of analysis in sentences, for a results section.

Belongs here: which sentences a kind has. Does not belong here: the sentences (``core.reporting.*_sentence``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.bias.immortal_time import late_start
from core.reporting.adjusted_sentence import adjusted_caveat, adjusted_headline
from core.reporting.adverse_event_sentence import adverse_event_headline
from core.reporting.adverse_event_time_sentence import adverse_event_time_headline
from core.reporting.balance_sentence import balance_caveat, balance_headline
from core.reporting.cox_sentence import cox_caveat, cox_headline
from core.reporting.cut_point_sentence import cut_point_headline
from core.reporting.difference_curve_report import difference_curve_sentence
from core.reporting.flow_words import flow_sentence
from core.reporting.group_ratio import group_ratio
from core.reporting.immortal_time_sentence import (
    immortal_time_caveat,
    immortal_time_headline,
    late_start_sentence,
)
from core.reporting.incidence_sentence import incidence_headline
from core.reporting.lesion_sentence import cluster_sentence, lesion_headline
from core.reporting.proportionality_sentence import proportionality_sentence
from core.reporting.quantile_groups_report import quantile_groups_sentence
from core.reporting.response_sentence import response_headline
from core.reporting.sentences import baseline_headline, headline
from core.reporting.state_sentence import state_headline
from core.reporting.subgroup_sentence import subgroup_headline
from core.reporting.treatment_sentence import treatment_headline

if TYPE_CHECKING:
    from core.result import AnalysisResult


def answer_sentences(results: Sequence[AnalysisResult]) -> tuple[str, ...]:
    """What the results of one block say, in order.

    Curves, the test between them and the unadjusted hazard ratio of two groups are one sentence, as a paper has it.
    """
    kinds = {result.kind: result for result in results}
    if "kaplan_meier" in kinds:
        alone = [result for result in results if result.kind not in ("kaplan_meier", "compare", "cox")]
        said = difference_curve_sentence(kinds["kaplan_meier"])
        return (_survival(kinds), *_late(kinds["kaplan_meier"]), *((said,) if said else ()), *answer_sentences(alone))
    return tuple(text for result in results for text in _SENTENCES.get(result.kind, _nothing)(result) if text)


def _survival(kinds: Mapping[str, AnalysisResult]) -> str:
    curves = kinds["kaplan_meier"]
    comparison = kinds["compare"].comparison if "compare" in kinds else None
    ratio, words, against = group_ratio(kinds.get("cox"))
    endpoint = getattr(curves.analysis, "endpoint", "")
    return headline(curves.survival, comparison, endpoint, hazard_ratio=ratio, ratio_words=words, against=against)


def _late(result: AnalysisResult) -> tuple[str, ...]:
    """That a group began after time zero, beside the very numbers that this may explain."""
    late = late_start(result.subset) if result.subset.groups.column is not None else None
    return () if late is None else (late_start_sentence(late),)


def _incidence(result: AnalysisResult) -> tuple[str, ...]:
    return tuple(incidence_headline(result, cause) for cause in result.incidence.causes)


def _nothing(result: AnalysisResult) -> tuple[str, ...]:
    return ()


_SENTENCES: Mapping[str, Callable[[AnalysisResult], tuple[str, ...]]] = {
    "flow": lambda result: (flow_sentence(result),),
    "baseline": lambda result: (baseline_headline(result),),
    "cox": lambda result: (cox_headline(result), cox_caveat(result)),
    "proportional_hazards": lambda result: (proportionality_sentence(result.proportional_hazards),),
    "cumulative_incidence": _incidence,
    "state_occupancy": lambda result: (state_headline(result),),
    "subgroups": lambda result: (subgroup_headline(result),),
    "adjusted_survival": lambda result: (adjusted_headline(result), adjusted_caveat(result.adjusted_survival)),
    "lesion_recurrence": lambda result: (lesion_headline(result), cluster_sentence(result)),
    "quantile_groups": lambda result: (quantile_groups_sentence(result),),
    "cut_point": lambda result: (cut_point_headline(result),),
    "immortal_time": lambda result: (immortal_time_headline(result), immortal_time_caveat(result.immortal_time)),
    "balance": lambda result: (balance_headline(result), balance_caveat(result.balance)),
    "adverse_events": lambda result: (adverse_event_headline(result),),
    "adverse_event_time": lambda result: (adverse_event_time_headline(result),),
    "response": lambda result: (response_headline(result),),
    "treatment_course": lambda result: (treatment_headline(result),),
}
