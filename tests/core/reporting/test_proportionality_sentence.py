"""The plain reading of the test of proportional hazards."""

import math

import numpy as np
import pytest

from core.regression.proportionality import ProportionalHazards, ProportionalityTest
from core.reporting.proportionality_sentence import proportionality_sentence


def read_as(overall, **p_values):
    def test(name, p):
        return ProportionalityTest(term=name, statistic=1.0, df=0 if math.isnan(p) else 1, p_value=p)

    empty = np.empty(0)
    return ProportionalHazards(
        n=90, n_events=60, transform="km", terms=tuple(test(name, p) for name, p in p_values.items()),
        overall=test("GLOBAL", overall), time=empty, transformed=empty, names=(), residuals=np.empty((0, 0)),
        coefficients=empty, ties="efron", missing={}, unit="months",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        (read_as(0.42, hifu=0.2, age_years=0.6), "No sign against proportional hazards (all together P = 0.42, 60"),
        (
            read_as(0.04, hifu=0.03, age_years=0.6),
            "Doubtful for HIFU (P = 0.030): read its hazard ratio as an average",
        ),
        (
            read_as(0.04, hifu=0.03, sex=0.001),
            "Doubtful for HIFU (P = 0.030) and Sex (P = 0.001): read their hazard",
        ),
        (read_as(0.20, hifu=0.03, sex=0.9), "Doubtful for HIFU (P = 0.030)"),
        (read_as(0.04, hifu=0.06, sex=0.07), "Doubtful for all factors together (P = 0.040) but for none"),
        (read_as(math.nan, hifu=math.nan), "could not be tested"),
    ],
    ids=["none", "one", "two", "one although not together", "only together", "untestable"],
)
def test_reading(tests, said):
    assert said in proportionality_sentence(tests)


def test_a_term_without_a_test_is_not_called_fine_alone():
    said = proportionality_sentence(read_as(0.3, hifu=math.nan, sex=0.3))
    assert said.startswith("No sign against")
