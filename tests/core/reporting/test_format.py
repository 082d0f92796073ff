"""Numbers as journals print them."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reporting import format as fmt

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.675, 2, "2.68"),  # round() gives 2.67: the binary fraction lies below
        (0.5, 0, "1"),  # round() gives 0: half to even
        (2.5, 0, "3"),
        (-0.5, 0, "−1"),
        (-2.675, 2, "−2.68"),
        (0.125, 2, "0.13"),
        (1.005, 2, "1.01"),
        (-0.04, 1, "0.0"),  # never "−0.0"
        (0.0, 2, "0.00"),
        (149.5, -1, "150"),
        (1e22, 1, "10000000000000000000000.0"),
        (123456789.125, 2, "123456789.13"),
        (np.float64(19.55), 1, "19.6"),
    ],
)
def test_number_rounds_halves_away_from_zero(value, digits, text):
    assert fmt.number(value, digits) == text


@pytest.mark.parametrize("value", [NAN, math.inf, -math.inf, None])
def test_number_that_is_none_says_so(value):
    assert fmt.number(value) == "not estimable"
    assert fmt.number(value, missing="NR") == "NR"


@given(st.floats(min_value=-1e6, max_value=1e6), st.integers(0, 6))
def test_rounding_moves_by_at_most_half_a_step(value, digits):
    assert abs(float(fmt.rounded(value, digits)) - value) <= 0.5 * 10**-digits * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "<0.001"),
        (0.000999999, "<0.001"),
        (0.001, "0.001"),
        (0.0014, "0.001"),
        (0.0421, "0.042"),
        (0.0498, "0.0498"),  # three decimals would read 0.050, as if not below 0.05
        (0.04996, "0.04996"),
        (0.04999999, "<0.05"),
        (0.0495, "0.0495"),
        (0.0494, "0.049"),
        (0.05, "0.050"),
        (0.0996, "0.100"),
        (0.1, "0.10"),
        (0.374, "0.37"),
        (0.375, "0.38"),
        (0.99, "0.99"),
        (0.991, ">0.99"),
        (1.0, ">0.99"),
        (NAN, "–"),
        (None, "–"),
    ],
)
def test_p_value(p, text):
    assert fmt.p_value(p) == text


@given(st.floats(min_value=0.001, max_value=0.05, exclude_max=True))
def test_a_p_below_five_percent_never_reads_as_five_percent(p):
    text = fmt.p_value(p)
    assert text == "<0.05" or float(text) < 0.05


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.042, "P = 0.042"), (1e-9, "P < 0.001"), (0.999, "P > 0.99"), (NAN, "P not estimable")],
)
def test_p_phrase(p, text):
    assert fmt.p_phrase(p) == text


@pytest.mark.parametrize(
    ("fraction", "digits", "text"),
    [(0.786, 1, "78.6 %"), (0.285, 0, "29 %"), (0.2855, 1, "28.6 %"), (1.0, 0, "100 %"), (NAN, 1, "not estimable")],
)
def test_percent(fraction, digits, text):
    assert fmt.percent(fraction, digits) == text


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ((19.6, 12.1, NAN), "19.6 (12.1–NR)"),
        ((19.6, NAN, NAN), "19.6 (NR–NR)"),
        ((NAN, 12.1, NAN), "NR (12.1–NR)"),
        ((NAN, NAN, NAN), "NR"),
        ((-0.12, -0.34, 0.1), "−0.1 (−0.3 to 0.1)"),  # a minus sign would run into the dash
        ((8.25, 8.0, 8.5), "8.3 (8.0–8.5)"),
    ],
)
def test_estimate(args, text):
    assert fmt.estimate(*args) == text


def test_percent_estimate():
    assert fmt.percent_estimate(0.786, 0.584, 0.898) == "78.6 % (58.4–89.8)"
    assert fmt.percent_estimate(1.0, NAN, NAN) == "100.0 %"
    assert fmt.percent_estimate(NAN, NAN, NAN) == "not estimable"
    assert fmt.percent_estimate(0.1, -0.05, 0.25) == "10.0 % (−5.0 to 25.0)"


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ((0.588, 0.363, 0.958), "0.59 (0.36–0.96)"),
        ((0.001, 0.0, 250.0), "<0.01 (0.00–>100)"),
        ((NAN, NAN, NAN), "not estimable"),
        ((1.5, NAN, NAN), "1.50"),
        # Per small unit: never 1.00 (1.00–1.00), nor 1.00 beside limits that leave 1 out.
        ((1.00042, 1.00013, 1.00071), "1.00042 (1.00013–1.00071)"),
        ((1.00042, 0.9998, 1.001), "1.00042 (0.99980–1.00100)"),
        ((0.996, 0.993, 0.999), "0.9960 (0.9930–0.9990)"),
        ((1.003, 0.98, 1.03), "1.00 (0.98–1.03)"),
        ((1.0, 1.0, 1.0), "1.00 (1.00–1.00)"),
        ((1.0 + 1e-12, 1.0, 1.0), "1.000000 (1.000000–1.000000)"),
    ],
)
def test_ratio_estimate(args, text):
    assert fmt.ratio_estimate(*args) == text


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(22, 28, "22 (78.6)"), (0, 28, "0 (0.0)"), (0, 0, "0"), (1.5, 3, "1.5 (50.0)")],
)
def test_count_percent(count, total, text):
    assert fmt.count_percent(count, total) == text


def test_words():
    assert fmt.quantity(19.6, "months") == "19.6 months"
    assert fmt.quantity(1, "days", 0) == "1 day"
    assert fmt.quantity(NAN, "days") == "not reached"
    assert fmt.time_label(6.0) == "6"
    assert fmt.time_label(4.5) == "4.5"
    assert fmt.patients(1) == "1 patient"
    assert fmt.patients(94) == "94 patients"
    assert fmt.patients(5000) == "5,000 patients"
    assert (fmt.counted(3189), fmt.counted(1234567.0), fmt.counted(12.5)) == ("3,189", "1,234,567", "12.5")
    assert fmt.row_list((4, 9, 12)) == "rows 4, 9, 12"
    assert fmt.row_list((4,)) == "row 4"
    assert fmt.row_list(range(1, 13), shown=3) == "rows 1, 2, 3 and 9 more"
    assert fmt.row_list(()) == ""
    assert fmt.in_words(["a", "b", "c"]) == "a, b and c"
    assert fmt.in_words(["a"]) == "a"
    assert fmt.in_words([]) == ""
    assert fmt.sentence("no events") == "No events."
    assert fmt.sentence("Done!") == "Done!"


@given(st.floats(-1e7, 1e7), st.integers(0, 4))
def test_the_fast_way_prints_what_exact_rounding_gives(value, digits):
    expected = f"{fmt.rounded(value, digits):.{digits}f}".replace("-", fmt.MINUS)
    assert fmt.number(value, digits) == expected


@given(st.integers(-20_000, 20_000), st.integers(0, 3))
def test_percentages_take_the_same_way(count, digits):
    fraction = count / 10_000 + math.copysign(0.5 * 10.0 ** -(digits + 2), count)  # half-way between two printed ones
    expected = f"{fmt.rounded(float(Decimal(repr(fraction)).scaleb(2)), digits):.{digits}f}".replace("-", fmt.MINUS)
    assert fmt.percent(fraction, digits, sign=False) == expected


@pytest.mark.parametrize(("value", "word"), [(0.5, "years"), (1, "year"), (1.2, "years"), (2, "years")])
def test_the_unit_of_a_time_as_it_was_asked_for(value, word):
    assert fmt.unit_word("years", value) == word
