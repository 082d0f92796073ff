"""The difference of two curves in words, in a table, in JSON: the same numbers as the curves themselves."""

import math

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.difference_curve_report import difference_curve_sentence, difference_curve_table
from core.reporting.methods_text import method


@pytest.fixture
def hifu():
    return {"column": "hifu", "reference": "No HIFU"}


@pytest.fixture
def many():
    """Two arms of 100, the second living longer."""
    rng = np.random.default_rng(11)
    time = np.concatenate([rng.exponential(10, 100), rng.exponential(22, 100)]).round(1) + 0.1
    return pd.DataFrame({"time": time, "event": 1, "hifu": ["No HIFU"] * 100 + ["HIFU"] * 100})


def asked(answer, frame, group, difference=None, **more):
    return answer(frame, {"kind": "kaplan_meier", "difference": difference or {}, **more}, group=group)


def test_the_sentence_reads_the_curve_at_the_last_time_with_ten_at_risk(answer, many, hifu):
    result = asked(answer, many, hifu, times=[12, 60])
    made = result.survival.extras.difference
    shares = [(many.loc[many["hifu"] == level, "time"] > 12).mean() for level in ("HIFU", "No HIFU")]
    found = made.at(12)
    assert found.estimate == pytest.approx(shares[0] - shares[1])
    assert found.std_error == pytest.approx(math.sqrt(sum(p * (1 - p) / 100 for p in shares)))
    text = difference_curve_sentence(result)
    low, high = (100 * limit for limit in (found.conf_low, found.conf_high))
    start, _ = made.apart[0]
    assert text.startswith(
        f"At 12 months {100 * found.estimate:.1f} percentage points more patients are alive with HIFU than "
        f"without HIFU (95 % CI {low:.1f} to {high:.1f}); the interval "
    )
    assert f"{start:.1f}" in text.split(";")[1]


def test_who_has_more_is_named_first(answer, many, hifu):
    result = asked(answer, many, hifu, {"level": "No HIFU", "reference": "HIFU"}, times=[12])
    assert result.survival.extras.difference.at(12).estimate < 0
    assert "more patients are alive with HIFU than without HIFU (95 % CI" in difference_curve_sentence(result)


def test_where_the_interval_never_leaves_out_zero_it_says_so(answer, many, hifu):
    same = many.assign(time=[*range(1, 101), *range(1, 101)])
    assert "the interval includes no difference at all times" in difference_curve_sentence(
        asked(answer, same, hifu, times=[50])
    )


def test_the_table_has_both_curves_and_their_difference(answer, many, hifu):
    result = asked(answer, many, hifu, times=[6, 12, 500])
    table = difference_curve_table(result)
    values = table.values_frame()
    assert values.shape[0] == 2  # nobody was followed to 500
    row = [float(x) for x in values.iloc[1, 1:]]
    assert row[0] - row[2] == pytest.approx(row[4])
    assert row[1] == (many.loc[many["hifu"] == "HIFU", "time"] >= 12).sum()
    assert "this is no test" in table.footnotes[1]


def test_without_chosen_times_the_ticks_are_told(answer, many, hifu):
    result = asked(answer, many, hifu, figure={"every": 6, "until": 18})
    assert [row.cells[0].text for row in difference_curve_table(result).rows] == ["6 months", "12 months", "18 months"]


def test_nothing_unasked(answer, many, hifu):
    result = answer(many, {"kind": "kaplan_meier"}, group=hifu)
    assert difference_curve_table(result) is None
    assert difference_curve_sentence(result) == ""
    assert "difference of two curves" not in method(result).what


def test_json_and_method(answer, many, hifu):
    result = asked(answer, many, hifu)
    written = as_json(result)["difference"]
    made = result.survival.extras.difference
    assert (written["level"], written["reference"], written["until"]) == ("HIFU", "No HIFU", made.until)
    assert written["estimate"] == made.estimate.tolist()
    assert written["apart"] == [list(stretch) for stretch in made.apart]
    assert "difference of two curves with pointwise limits" in method(result).what


def test_of_more_than_two_groups_two_are_named(answer, random_arms):
    grade = {"column": "grade"}
    with pytest.raises(SpecError, match="of two groups"):
        asked(answer, random_arms, grade)
    with pytest.raises(SpecError, match="of two groups"):
        asked(answer, random_arms, grade, {"level": "G2", "reference": "G9"})
    result = asked(answer, random_arms, grade, {"level": "G3", "reference": "G2"})
    made = result.survival.extras.difference
    three, two = (result.survival.group(level).estimate for level in ("G3", "G2"))
    assert made.estimate == pytest.approx(three.at(made.time).survival - two.at(made.time).survival)


def test_limits_for_all_times_together_stand_beside_those_of_each_time(answer, many, hifu):
    result = asked(answer, many, hifu, {"band": {"draws": 500}}, times=[12, 60])
    band = result.survival.extras.difference.band
    text = difference_curve_sentence(result)
    assert f"Taken together over {band.start:.1f} to {band.until:.1f} months the curves differ (P = 0.002)." in text
    table = difference_curve_table(result)
    together, each = table.rows[0].cells[-1], table.rows[0].cells[-2]
    assert together.values[1] < each.values[1] < each.values[2] < together.values[2]
    assert any("the curves differ" in line for line in table.footnotes)
    written = as_json(result)["difference"]["band"]
    assert written["p_value"] == pytest.approx(1 / 501)
    assert len(written["conf_low"]) == len(as_json(result)["difference"]["time"])
    assert "Parzen, Wei and Ying" in method(result).source
    assert "500 draws, seed 20250101" in method(result).what


def test_together_no_difference_is_not_called_sameness(answer, many, hifu):
    same = many.assign(time=[*range(1, 101), *range(1, 101)])
    text = difference_curve_sentence(asked(answer, same, hifu, {"band": {}}, times=[50]))
    assert "the data do not show that the curves differ (P > 0.99), which does not show that they are the same" in text
    few = same.groupby("hifu").head(7)
    result = asked(answer, few, hifu, {"band": {}}, times=[5])
    assert "No band for all times together" in difference_curve_sentence(result)
    assert len(difference_curve_table(result).columns) == len(difference_curve_table(result).rows[0].cells)


def test_a_band_that_ends_before_it_begins_is_refused(answer, many, hifu):
    with pytest.raises(ValueError, match="start must be before its until"):
        asked(answer, many, hifu, {"band": {"start": 12, "until": 6}})
