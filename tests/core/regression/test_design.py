"""From columns to a design matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import MissingColumnError, SpecError
from core.regression.design import build_design, category_codes
from core.regression.term_columns import TermColumn


def test_numbers_as_they_are_and_categories_against_a_reference():
    frame = pd.DataFrame({"age": [50, 60, 70, 80], "grade": ["G2", "G10", "G1", "G2"]})

    design = build_design(frame, ["grade", "age"])

    # natural order: G1, G2, G10
    assert design.names == ("grade: G2", "grade: G10", "age")
    assert design.terms == (
        TermColumn(term="grade", level="G2", reference="G1"),
        TermColumn(term="grade", level="G10", reference="G1"),
        TermColumn(term="age"),
    )
    np.testing.assert_array_equal(design.matrix, [[1, 0, 50], [0, 1, 60], [0, 0, 70], [1, 0, 80]])
    assert design.complete.all()
    assert design.missing == {"grade": 0, "age": 0}
    assert not design.matrix.flags.writeable


@pytest.mark.parametrize(
    ("values", "reference", "levels"),
    [
        pytest.param(["a", "b", "c"], "b", ("a", "c"), id="text"),
        pytest.param([1, 2, 3], 2, ("1", "3"), id="whole number"),
        pytest.param([1.0, 2.0, 3.0], "2", ("1", "3"), id="number asked for as text"),
        pytest.param(["1", "2", "3"], 2.0, ("1", "3"), id="text asked for as number"),
        pytest.param([1.5, 2.5, 3.5], 2.5, ("1.5", "3.5"), id="fraction"),
        pytest.param([True, False, True], True, ("False",), id="truth"),
        pytest.param(pd.Categorical(["z", "a", "m"], categories=["z", "m", "a"]), "m", ("z", "a"), id="categorical"),
    ],
)
def test_references_and_level_names(values, reference, levels):
    frame = pd.DataFrame({"x": values})

    design = build_design(frame, ["x"], references={"x": reference}, kinds={"x": "category"})

    assert tuple(term.level for term in design.terms) == levels
    assert {term.reference for term in design.terms} == {str(reference).removesuffix(".0")}


def test_explicit_order_of_levels_makes_the_first_the_reference_and_leaves_others_out():
    frame = pd.DataFrame({"arm": ["HIFU", "none", "other", "HIFU"]})

    design = build_design(frame, ["arm"], levels={"arm": ["none", "HIFU"]})

    assert [(term.level, term.reference) for term in design.terms] == [("HIFU", "none")]
    assert design.complete.tolist() == [True, True, False, True]
    assert design.missing == {"arm": 1}


def test_rows_with_missing_values_are_left_out_and_counted():
    frame = pd.DataFrame(
        {
            "age": [50, np.nan, 70, np.inf, 80],
            "grade": ["G1", "G2", None, None, "G2"],
            "blank": ["a", "b", "b", "a", " "],
        }
    )

    design = build_design(frame, ["age", "grade"])

    assert design.complete.tolist() == [True, False, False, False, True]
    assert design.missing == {"age": 2, "grade": 2}
    assert (design.n, design.n_missing) == (2, 3)
    assert build_design(frame, ["blank"]).missing == {"blank": 1}


def test_a_level_only_incomplete_rows_have_is_said():
    frame = pd.DataFrame({"grade": ["G1", "G2", "G3", "G3"], "age": [1.0, 2.0, np.nan, np.nan]})

    design = build_design(frame, ["grade", "age"])

    assert design.names == ("grade: G2", "age")
    assert design.notes == ("No patients with grade = G3 among those analysed.",)


def test_a_reference_nobody_has_is_replaced_and_said():
    frame = pd.DataFrame({"grade": pd.Categorical(["G2", "G3"], categories=["G1", "G2", "G3"])})

    design = build_design(frame, ["grade"])

    assert [(term.level, term.reference) for term in design.terms] == [("G3", "G2")]
    assert design.notes[-1] == "The reference of grade is G2, since no patients have G1."


@pytest.mark.parametrize(
    ("values", "kind", "column"),
    [
        pytest.param(["1", "2.5", None], "number", [1.0, 2.5], id="numbers written as text"),
        pytest.param([1, 2, None], None, [1.0, 2.0], id="whole numbers with a gap"),
        pytest.param(pd.array([1, 2, None], dtype="Int64"), None, [1.0, 2.0], id="nullable integers"),
        pytest.param([True, False, None], "number", [1.0, 0.0], id="truth as a number"),
    ],
)
def test_numbers(values, kind, column):
    frame = pd.DataFrame({"x": values})

    design = build_design(frame, ["x"], kinds={} if kind is None else {"x": kind})

    assert design.matrix[:, 0].tolist() == column
    assert design.missing == {"x": 1}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        pytest.param({"covariates": ["grad"]}, MissingColumnError, "Did you mean 'grade'", id="no such column"),
        pytest.param(
            {"references": {"grade": "G9"}}, SpecError, "'G9' is not a level of 'grade'.*G1, G2", id="reference"
        ),
        pytest.param({"kinds": {"grade": "number"}}, SpecError, "holds 2 other values, for example 'G1'", id="words"),
        pytest.param({"kinds": {"grade": "date"}}, SpecError, "'grade' is a date and cannot be a covariate", id="date"),
        pytest.param({"kinds": {"grade": "empty"}}, SpecError, "'grade' is empty", id="empty"),
    ],
)
def test_what_cannot_be_a_covariate(options, error, message):
    frame = pd.DataFrame({"grade": ["G1", "G2"]})

    with pytest.raises(error, match=message):
        build_design(frame, **{"covariates": ["grade"], **options})


def test_codes_of_a_categorical_follow_its_order():
    codes, levels = category_codes(pd.Series(pd.Categorical(["b", None, "a"], categories=["b", "a"])))

    assert codes.tolist() == [0, -1, 1]
    assert levels == ("b", "a")
