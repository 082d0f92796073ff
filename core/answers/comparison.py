"""Tests between groups: the log-rank family, MaxCombo, and the same test by permutation."""

from __future__ import annotations

import dataclasses

from core.answers.curve_remarks import row_remarks
from core.answers.subset import Answer, data_of, few_events, strata_of
from core.cohort.select import AnalysisSet
from core.spec import CompareSpec
from core.survival.compare import Comparison, PairwiseTest, compare
from core.timetoevent import IntArray


def compare_answer(analysis: CompareSpec, subset: AnalysisSet) -> Answer:
    """Tests of the log-rank family."""
    strata, subset = strata_of(subset, analysis.strata)
    value = compare(
        data_of(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        weighting="logrank" if analysis.weighting == "maxcombo" else analysis.weighting,
        strata=strata,
        pairwise=analysis.pairwise,
        trend=analysis.trend,
        conf_level=analysis.conf_level,
    )
    if analysis.weighting == "maxcombo":
        value = _with_max_combo(value, subset, strata)
    if analysis.permutations is not None:
        value = _with_permutation(value, analysis, subset, strata=strata)
    return value, subset, (*few_events(subset, curves=True), *row_remarks(subset))


def _with_max_combo(value: Comparison, subset: AnalysisSet, strata: IntArray | None) -> Comparison:
    """The comparison with MaxCombo as its test; observed and expected events stay those of the log-rank test."""
    from core.survival.max_combo import max_combo

    groups = subset.groups
    made = max_combo(data_of(subset), groups.codes, groups.levels, groups.reference, strata=strata)
    pair = PairwiseTest(
        a=made.levels[0],
        b=made.levels[1],
        statistic=abs(made.statistic),
        p_value=made.p_value,
        p_adjusted=made.p_value,
    )
    return dataclasses.replace(
        value,
        weighting="maxcombo",
        statistic=abs(made.statistic),
        df=0,
        p_value=made.p_value,
        z=made.statistic,
        pairwise=(pair,) if value.pairwise else (),
        max_combo=made,
        notes=tuple(dict.fromkeys((*value.notes, *made.notes))),
    )


def _with_permutation(
    value: Comparison, analysis: CompareSpec, subset: AnalysisSet, *, strata: IntArray | None
) -> Comparison:
    """The comparison with its test by permutation beside the chi-squared one."""
    from core.survival.permutation import permutation_test

    assert analysis.permutations is not None
    assert analysis.weighting != "maxcombo"
    made = permutation_test(
        data_of(subset),
        subset.groups.codes,
        subset.groups.levels,
        weighting=analysis.weighting,
        strata=strata,
        draws=analysis.permutations,
        seed=analysis.seed,
    )
    return dataclasses.replace(value, permutation=made, notes=(*value.notes, *made.notes))
