"""The rules of agreement, at their edges."""

from decimal import Decimal

import pytest

from core.evidence.fit import as_printed, exactly, p_text, rounded_like, same_side, within_one, within_percent


def test_counts_must_be_the_same():
    assert exactly("n", "a / b", [28, 66], [28, 66]).agrees
    row = exactly("n", "a / b", [28, 66], [28, 65])
    assert not row.agrees
    assert (row.published, row.computed, row.rule) == ("28 / 66", "28 / 65", "the same")


@pytest.mark.parametrize(
    ("value", "agrees"),
    [(10.665, True), (10.6749, True), (10.675, False), (10.6649, False)],
)
def test_as_printed_rounds_halves_up_at_the_printed_decimals(value, agrees):
    assert as_printed("median", "a", [Decimal("10.67")], [value]).agrees is agrees


def test_a_printed_zero_at_the_end_counts():
    row = as_printed("median", "a", [Decimal("4.60")], [4.6])
    assert (row.agrees, row.computed) == (True, "4.60")
    assert not as_printed("median", "a", [Decimal("4.60")], [4.61]).agrees
    assert as_printed("median", "a", [Decimal("4.6")], [4.61]).agrees


def test_one_of_several_figures_is_enough_to_disagree():
    assert not as_printed("median", "a / b", [Decimal("1.0"), Decimal("2.0")], [1.0, 2.2]).agrees
    printed = [Decimal("0.5920"), Decimal("0.3633"), Decimal("0.9646")]
    assert within_percent("hr", "a", printed, [0.592, 0.3633, 0.9646 * 1.0199], percent=2).agrees
    assert not within_percent("hr", "a", printed, [0.592, 0.3633, 0.9646 * 1.0201], percent=2).agrees


@pytest.mark.parametrize(("value", "agrees"), [(18.0, True), (16.99, False), (19.01, False)])
def test_within_one_month_either_way(value, agrees):
    assert within_one("median", "a", Decimal("18.0"), value, unit="month").agrees is agrees


@pytest.mark.parametrize(
    ("published", "computed", "agrees"),
    [
        ("0.0418", 0.049, True),
        ("0.0418", 0.05, False),
        ("0.134", 0.05, True),
        ("0.134", 0.049, False),
        ("<0.001 (abstract: <0.0001)", 0.00004, True),
        ("<0.030", 0.2, False),
        ("0.039 (also printed 0.022)", 0.04, True),
        ("0.045", float("nan"), False),
        ("0.134", float("nan"), False),
    ],
)
def test_the_printed_side_of_five_per_cent(published, computed, agrees):
    row = same_side("p", "a", published, computed)
    assert (row.agrees, row.published) == (agrees, published)


def test_what_was_not_reached_is_said_and_never_agrees():
    row = as_printed("median", "a", [Decimal("19.6")], [float("nan")])
    assert (row.agrees, row.computed) == (False, "not reached")
    assert not within_one("median", "a", Decimal("19.6"), float("nan"), unit="month").agrees
    assert not within_percent("mean", "a", [Decimal("19.6")], [float("nan")], percent=10).agrees


@pytest.mark.parametrize(
    ("value", "figure", "text"),
    [
        (0.785714, Decimal("0.7857"), "0.7857"),
        (36.0, Decimal("36.0"), "36.0"),
        (2.5, 3, "3"),
        (1e-9, Decimal("0.1"), "0.0"),
    ],
)
def test_rounding_like_the_printed_figure(value, figure, text):
    assert rounded_like(value, figure) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.00004, "<0.0001"), (0.0442, "0.0442"), (0.632, "0.632"), (float("nan"), "not tested")]
)
def test_p_values_in_words(p, text):
    assert p_text(p) == text
