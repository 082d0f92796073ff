"""Love plot before and after, overlap of scores, and curves of weighted groups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.bias.propensity import propensity_score, score_counts
from core.bias.propensity_weights import inverse_probability
from core.bias.weighted_curves import crude_curves, weighted_curves
from tests.core.bias.test_balance_weights import confounded
from tests.ui.charts.drawn import accepted, rows, words
from ui.charts.balance import LoveRow, describe_love, love_spec
from ui.charts.curves_beside import curves_beside_spec, describe_alike
from ui.charts.score_overlap import describe_overlap, overlap_spec
from ui.charts.theme import DARK, LIGHT

LOVE = (
    LoveRow(name="Age", before=0.4, value=0.05),
    LoveRow(name="Sex", before=0.02, value=0.15),
    LoveRow(name="Site", before=math.inf, value=math.inf),
)


class TestLovePlot:
    def test_a_hollow_dot_before_and_a_filled_one_after(self) -> None:
        dots = rows(love_spec(LOVE[:2]), "dots")
        assert [(dot["row"], dot["x"]) for dot in dots] == [("Age", 0.4), ("Age", 0.05), ("Sex", 0.02), ("Sex", 0.15)]
        assert [dot["fill"] for dot in dots[:2]] == [LIGHT.background, LIGHT.groups[0]]
        assert dots[1]["zero"] == 0.4  # the line leads from before to after
        assert dots[3]["color"] == LIGHT.groups[1]  # still above 0.1
        assert dots[0]["told"] == "0.400 before, 0.050 after"

    def test_what_has_no_end_is_drawn_at_the_end_and_said(self) -> None:
        spec = accepted(love_spec(LOVE, palette=DARK))
        dots = rows(spec, "dots")
        assert dots[0]["row"] == "Site"
        assert dots[0]["x"] == dots[1]["x"] == 4.0
        assert "∞" in words(spec)

    def test_in_words(self) -> None:
        assert describe_love(LOVE) == (
            "Standardised differences before and after: 2 and 2 of 3 at 0.1 or more. Site ∞ to ∞; Sex 0.02 to 0.15; "
            "Age 0.40 to 0.05."
        )


class TestOverlap:
    def test_every_patient_stands_in_a_bin(self) -> None:
        study = confounded()
        score = propensity_score(study)
        counts = score_counts(score.score, study.treated, inverse_probability(study, score).weights)
        assert [int(n.sum()) for n in counts.patients] == list(study.sizes)
        assert counts.weighted is not None
        assert [w.sum() for w in counts.weighted] == pytest.approx(list(study.sizes))
        spec = accepted(overlap_spec(counts, levels=("A", "B"), palette=DARK))
        heights = [bar["y"] for bar in rows(spec, "bars")]
        assert sum(h for h in heights if h > 0) == study.sizes[1]
        assert -sum(h for h in heights if h < 0) == study.sizes[0]
        assert "A: scores from" in describe_overlap(counts, levels=("A", "B"))

    def test_scores_at_the_ends_are_counted(self) -> None:
        counts = score_counts(np.array([0.0, 1.0, 0.999]), np.array([False, True, True]))
        assert counts.patients[0][0] == 1
        assert counts.patients[1][-1] == 2
        assert counts.weighted is None
        accepted(overlap_spec(counts, levels=("A", "B")))


def test_curves_with_the_crude_ones_dotted() -> None:
    study = confounded()
    weighted = weighted_curves(study, inverse_probability(study, propensity_score(study)), 8.0).curves
    crude = crude_curves(study, 8.0).curves
    for width in ("container", 360, 760):
        accepted(curves_beside_spec(weighted, crude, title="Overall survival", annotation=("HR 1",), width=width))
    assert describe_alike(weighted, title="overall survival").startswith(
        "Curves of overall survival once the groups are alike"
    )
