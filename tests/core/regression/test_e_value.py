"""E-values: published, by the bound they come from, by another formula, and at their edges."""

import math
from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.regression.e_value import e_value, is_common
from core.reporting.as_json import as_json
from core.reporting.e_value_table import e_value_table, e_values_sentence
from core.run import run_analysis
from core.spec import AnalysisSpec

SAMPLE = Path(__file__).parents[3] / "sample_data" / "hifu_ici"

# VanderWeele and Ding 2017: breast feeding and respiratory death, risk ratio 3.9 (1.8 to 8.7)
PUBLISHED = e_value(3.9, 1.8, 8.7, common=True)


def bounding_factor(exposure, outcome):
    """The most that a factor of these strengths can move a risk ratio (Ding and VanderWeele 2016)."""
    return exposure * outcome / (exposure + outcome - 1)


def test_the_published_example():
    assert (round(PUBLISHED.value, 1), round(PUBLISHED.of_limit, 1)) == (7.3, 3.0)


@pytest.mark.parametrize("ratio", [0.2, 0.56, 0.97, 1.0, 1.3, 3.9, 40.0])
def test_a_factor_of_that_strength_just_explains_the_ratio_away(ratio):
    found = e_value(ratio, math.nan, math.nan, common=False).value
    assert bounding_factor(found, found) == pytest.approx(max(ratio, 1 / ratio))
    weaker = max(found * 0.999, 1.0)
    assert bounding_factor(weaker, weaker) <= max(ratio, 1 / ratio)


def test_any_other_pair_of_strengths_has_one_at_least_as_large():
    found = e_value(2.5, 2, 3, common=False).value
    for exposure in np.linspace(2.51, 30, 40):
        outcome = 2.5 * (exposure - 1) / (exposure - 2.5)  # solves the bounding factor for the other strength
        assert bounding_factor(exposure, outcome) == pytest.approx(2.5)
        assert max(exposure, outcome) >= found - 1e-9


def test_a_hazard_ratio_of_a_common_outcome_by_hand():
    # 0.5 ** sqrt(0.56) = 0.59527..., 0.5 ** sqrt(1 / 0.56) = 0.39603...
    ratio = (1 - 0.5 ** math.sqrt(0.56)) / (1 - 0.5 ** math.sqrt(1 / 0.56))
    found = e_value(0.56, 0.46, 0.69, kind="hazard", common=True)
    assert found.risk_ratio == pytest.approx(ratio)
    assert found.risk_ratio == pytest.approx(0.670, abs=5e-4)
    assert found.value == pytest.approx(2.349, abs=5e-3)
    upper = (1 - 0.5 ** math.sqrt(0.69)) / (1 - 0.5 ** math.sqrt(1 / 0.69))
    assert found.of_limit == pytest.approx(1 / upper + math.sqrt(1 / upper * (1 / upper - 1)))


def test_rare_outcomes_take_the_ratio_as_it_is():
    rare = [e_value(0.6, 0.4, 0.9, kind=kind, common=False) for kind in ("hazard", "odds", "risk")]
    assert {found.value for found in rare} == {rare[0].value}
    assert e_value(0.36, 0.16, 0.81, kind="odds", common=True).value == pytest.approx(rare[0].value)


@pytest.mark.parametrize("kind", ["hazard", "odds", "risk"])
@pytest.mark.parametrize("common", [True, False])
def test_a_ratio_and_its_inverse_say_the_same(kind, common):
    one, other = e_value(0.4, 0.2, 0.8, kind=kind, common=common), e_value(2.5, 1.25, 5, kind=kind, common=common)
    assert one.value == pytest.approx(other.value)
    assert one.of_limit == pytest.approx(other.of_limit)


def test_an_interval_that_holds_one_needs_no_hidden_factor():
    assert e_value(0.7, 0.4, 1.1, kind="hazard", common=True).of_limit == 1
    assert e_value(1.0, 0.8, 1.2, common=False).value == 1


def test_nothing_known_says_nothing():
    found = e_value(math.nan, math.nan, math.nan, kind="hazard", common=True)
    assert math.isnan(found.value)
    assert math.isnan(found.of_limit)
    assert e_value(math.inf, 2.0, math.inf, kind="hazard", common=True).value == math.inf
    assert e_value(math.inf, 2.0, math.inf, kind="hazard", common=True).of_limit > 1
    assert e_value(0.0, math.nan, 0.5, kind="hazard", common=False).value == math.inf


def test_common_is_fifteen_percent_unless_said():
    assert is_common(100, 15)
    assert not is_common(100, 14)
    assert is_common(100, 1, "common")
    assert not is_common(100, 90, "rare")
    assert not is_common(0, 0)


def test_a_model_gives_one_for_each_level_with_a_ratio(sample_result):
    written = as_json(sample_result)["e_values"]
    assert {row["term"] for row in written} == {"hifu", "sex", "metastasis_lung", "oligometastasis", "systemic_therapy"}
    hifu = next(row for row in written if row["term"] == "hifu")
    assert hifu["is_common"]
    expected = e_value(hifu["hazard_ratio"], hifu["conf_low"], hifu["conf_high"], kind="hazard", common=True)
    assert hifu["value"] == pytest.approx(expected.value)
    frame = e_value_table(sample_result).values_frame()
    assert list(frame["E-value"]) == [row["value"] for row in written]
    said = e_values_sentence(sample_result)
    assert "HIFU against No HIFU" in said
    assert f"{hifu['value']:.2f} times" in said
    assert "Synthetic" in " ".join(e_value_table(sample_result).footnotes)


def test_none_are_given_unless_asked_for():
    result = asked_of_sample()
    assert result.cox.e_values == ()
    assert e_value_table(result) is None
    assert "e_values" not in as_json(result)


@pytest.fixture
def sample_result():
    return asked_of_sample(e_values="auto")


def asked_of_sample(**more):
    spec = AnalysisSpec.from_json((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    cox = next(analysis for analysis in spec.analyses if analysis.kind == "cox")
    asked = cox.model_copy(update=more)
    return run_analysis(spec, load_cohort(spec.cohort, base=SAMPLE), asked)
