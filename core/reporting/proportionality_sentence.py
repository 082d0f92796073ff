"""Whether hazards are proportional, in a sentence for those who do not read tests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.model_tables import factor_words
from core.reporting.sentences import NOTABLE

FEW_EVENTS = 20  # with fewer the test finds a change of the ratio only by luck

if TYPE_CHECKING:
    from core.regression.proportionality import ProportionalHazards


def proportionality_sentence(tests: ProportionalHazards) -> str:
    """What the test of proportional hazards says, and how the hazard ratios are then to be read."""
    everything = tests.overall
    tested = [test for test in tests.terms if math.isfinite(test.p_value)]
    if not tested:
        return "Whether the hazards are proportional could not be tested."
    doubtful = [test for test in tested if test.p_value < NOTABLE]
    if not doubtful and not everything.p_value < NOTABLE and tests.n_events < FEW_EVENTS:
        return (
            f"No sign against proportional hazards (all together {fmt.p_phrase(everything.p_value)}), but "
            f"{fmt.several(tests.n_events, 'event')} can hardly show one: whether a hazard ratio may stand for the "
            "whole time is not known."
        )
    if not doubtful and not everything.p_value < NOTABLE:
        return (
            f"No sign against proportional hazards (all together {fmt.p_phrase(everything.p_value)}, "
            f"{fmt.several(tests.n_events, 'event')}): each hazard ratio may stand for the whole time."
        )
    if not doubtful:
        return (
            f"Doubtful for all factors together ({fmt.p_phrase(everything.p_value)}) but for none of them alone: read "
            "the hazard ratios as averages over time."
        )
    named = fmt.in_words(f"{factor_words(test.term)} ({fmt.p_phrase(test.p_value)})" for test in doubtful)
    ratio = "its hazard ratio as an average" if len(doubtful) == 1 else "their hazard ratios as averages"
    return f"Doubtful for {named}: read {ratio} over time."
