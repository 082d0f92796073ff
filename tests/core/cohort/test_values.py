"""Order of levels, and which written values are the same."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cohort.cutting import cut_levels, cut_positions, lower_takes
from core.cohort.identifiers import identifier_key
from core.cohort.values import as_number, format_number, match_levels, natural_order
from core.errors import SpecError

ORDERS = [
    ["No", "Yes"],
    ["no", "yes", "unknown"],
    ["No HIFU", "HIFU"],
    ["TACE alone", "TACE + ICI"],
    ["单纯TACE", "TACE+消融"],
    ["None", "Chemotherapy", "Targeted therapy"],
    ["G1", "G2", "G3", "NEC"],
    ["G1", "G2", "G10"],
    ["I", "II", "III", "IV"],
    ["IA", "IB", "IIA", "III", "IVB"],
    ["Stage I", "Stage II", "Stage IIIA", "Stage IV"],
    ["0", "1", "2", "10"],
    ["<=50", "51-65", "65-75", ">75"],
    ["<3", "3-20", ">20"],
    ["≤25 %", "26-50 %", ">50 %"],
    ["CR", "PR", "SD", "PD", "NE"],
    ["mild", "moderate", "severe"],
    ["Low", "Medium", "High"],
    ["A", "B", "C"],
    ["Negative", "Positive"],
    ["Male", "Female"],
    ["Pre", "Post"],
    ["Never", "Former", "Current"],
    ["Lung", "Stomach", "Other"],
    ["Placebo", "Drug A", "Drug B"],
    ["TACE", "Ablation+TACE"],
    ["ICI", "HIFU + ICI"],
    ["化疗", "HIFU联合化疗"],
    ["MWA", "TACE", "Cryoablation", "MWA and TACE"],
    ["Obs", "Lev", "Lev+5FU"],
    ["nein", "ja"],
    ["WT", "mut"],
    ["非HIFU组", "HIFU组"],
    ["未行HIFU", "HIFU"],
    ["0", "1+", "2+", "3+"],
    ["1", "1+2", "2"],
    ["FALSE", "TRUE"],
    ["否", "是"],
    ["无", "有"],
    ["男", "女"],
    ["低", "中", "高"],
    ["1级", "2级", "3级"],
    ["adeno", "large", "smallcell", "squamous"],
    ["ECOG 0", "ECOG 1", "ECOG 2"],
]


class TestNaturalOrder:
    @pytest.mark.parametrize("levels", ORDERS, ids=" < ".join)
    def test_as_a_reader_expects(self, levels):
        for seed in range(5):
            shuffled = levels[:]
            random.Random(seed).shuffle(shuffled)
            assert list(natural_order(shuffled)) == levels

    @given(st.lists(st.text(max_size=6)))
    def test_keeps_every_level_once_whatever_their_order(self, levels):
        ordered = natural_order(levels)
        assert sorted(ordered) == sorted(set(levels))
        assert natural_order(reversed(levels)) == ordered

    @given(st.lists(st.integers(0, 10_000), unique=True))
    def test_whole_numbers_in_numeric_order(self, numbers):
        assert [int(level) for level in natural_order(map(str, numbers))] == sorted(numbers)


class TestMatching:
    @pytest.mark.parametrize("value", [1, 1.0, "1", "1.0", True, "TRUE", "true", " 1 "])
    @pytest.mark.parametrize("level", ["1", "1.0", "TRUE", "True"])
    def test_one_is_one(self, value, level):
        assert match_levels(["0", level], [value]).tolist() == [False, True]

    @pytest.mark.parametrize("value", [0, False, "0", "FALSE"])
    def test_zero_is_zero(self, value):
        assert match_levels(["0", "1"], [value]).tolist() == [True, False]

    def test_words_match_without_case_only_if_not_as_written(self):
        assert match_levels(["Dead", "Alive"], ["dead"]).tolist() == [True, False]
        assert match_levels(["A", "a"], ["a"]).tolist() == [False, True]
        assert match_levels(["A", "a"], ["A"]).tolist() == [True, False]

    def test_a_code_is_matched_as_written_first(self):
        assert match_levels(["01", "1"], ["01"]).tolist() == [True, False]
        assert match_levels(["01", "1"], ["1"]).tolist() == [False, True]

    def test_several_values_and_none(self):
        assert match_levels(["1", "2", "3"], [1, 3]).tolist() == [True, False, True]
        assert match_levels(["1", "2"], []).tolist() == [False, False]
        assert match_levels(["1", "2"], ["x", 7]).tolist() == [False, False]

    def test_numbers_of_values(self):
        assert [as_number(v) for v in (True, "2.50", "x", None, "1e2", "nan")] == [1, 2.5, None, None, 100, None]

    def test_numbers_as_levels(self):
        assert [format_number(v) for v in (1.0, 2.5, -3.0, 0.1, 1e20)] == ["1", "2.5", "-3", "0.1", "1e+20"]

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_a_level_is_the_number_it_shows(self, number):
        assert as_number(format_number(number)) == number


class TestIdentifiers:
    @pytest.mark.parametrize(("one", "other"), [("1", "1.0"), ("1", " 1"), ("P01", "p01"), ("12", "12.00")])
    def test_one_patient(self, one, other):
        assert identifier_key(one) == identifier_key(other)

    @pytest.mark.parametrize(("one", "other"), [("1", "001"), ("1", "1.5"), ("P1", "P01"), ("1", "11")])
    def test_two_patients(self, one, other):
        assert identifier_key(one) != identifier_key(other)


class TestCutting:
    @pytest.mark.parametrize(
        ("cut", "labels", "takes_lower"),
        [
            ([3, 20], None, [False, False]),
            ([3, 20], ["<3", "3-20", ">20"], [False, True]),
            ([3, 20], ["<3", "3-20", "≥20"], [False, False]),
            ([3, 20], ["<=3", "4-20", ">20"], [True, True]),
            ([3, 20], ["≤3", "mid", ">=20"], [True, False]),
            ([50, 65, 75], ["<=50", "51-65", "66-75", ">75"], [True, True, True]),
            ([50, 65, 75], ["<50", "50-64", "65-74", ">=75"], [False, False, False]),
            ([5], ["small", "large"], [False]),
            ([5], ["0-5", "5-10"], [False]),
            ([5], ["< 5 cm", "> 5 cm"], None),
            ([5], ["<=5", ">=5"], None),
        ],
        ids=str,
    )
    def test_where_a_value_equal_to_the_cut_goes(self, cut, labels, takes_lower):
        if takes_lower is None:
            with pytest.raises(SpecError, match="do not agree"):
                cut_positions(np.array([1.0]), cut, labels)
            return
        found = cut_positions(np.array(cut, dtype=float), cut, labels)
        assert found.tolist() == [i + (not lower) for i, lower in enumerate(takes_lower)]

    def test_other_values_do_not_depend_on_the_labels(self):
        numbers = np.array([-1, 2.999, 3.001, 19, 21, np.nan])
        for labels in (None, ["<3", "3-20", ">20"], ["≤3", "b", "≥20"]):
            assert cut_positions(numbers, [3, 20], labels).tolist() == [0, 0, 1, 1, 2, -1]

    def test_labels_that_say_what_they_hold(self):
        assert cut_levels([3, 20.5], None) == ("<3", "3 to <20.5", "≥20.5")
        assert cut_levels([3], ["a", "b"]) == ("a", "b")

    @pytest.mark.parametrize(
        ("lower", "upper", "takes"), [("≤ 5", "rest", True), ("rest", "> 5", True), ("<5", "5+", False)]
    )
    def test_one_label_is_enough(self, lower, upper, takes):
        assert lower_takes(5.0, lower, upper) is takes
