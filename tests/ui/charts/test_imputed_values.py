"""Known and imputed values as outlines, and the course of the chains."""

import numpy as np
import pytest

from core.regression.imputation import ImputedVariable
from ui.charts.imputed_values import (
    describe_imputation_trace,
    describe_imputed_values,
    imputation_trace_spec,
    imputed_values_spec,
)
from ui.charts.theme import DARK, LIGHT

VARIABLE = ImputedVariable(
    name="afp",
    levels=(),
    missing=np.array([False] * 8 + [True] * 2),
    observed=np.array([1.0, 2, 3, 4, 5, 6, 7, 9]),
    imputed=np.array([[2.0, 4], [5, 7], [9, 1]]),
    trace_mean=np.array([[3.0, 3], [6, 6], [5, 5]]),
    trace_sd=np.zeros((3, 2)),
)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_each_outline_holds_all_its_values(theme):
    spec = imputed_values_spec(VARIABLE, label="AFP", palette=theme)
    rows = spec["data"]["values"]
    for name in ("Known", "Imputed"):
        assert sum(row["share"] for row in rows if row["of"] == name) == pytest.approx(1)
    assert {row["value"] for row in rows if row["of"] == "Known"} == {
        row["value"] for row in rows if row["of"] == "Imputed"
    }
    assert spec["encoding"]["x"]["title"] == "AFP"
    assert spec["encoding"]["color"]["scale"]["range"] == [theme.groups[0], theme.groups[1]]


def test_every_chain_is_a_line():
    rows = imputation_trace_spec(VARIABLE, label="AFP")["data"]["values"]
    assert {row["chain"] for row in rows} == {0, 1, 2}
    assert [row["mean"] for row in rows if row["chain"] == 1] == [6, 6]


def test_in_words():
    assert "known mean 4.6" in describe_imputed_values(VARIABLE, label="AFP")
    assert "in 3 chains" in describe_imputation_trace(VARIABLE, label="AFP")
    assert "from 3.0 to 6.0" in describe_imputation_trace(VARIABLE, label="AFP")
