"""Column names as a reader would write them."""

import pytest

from core.reporting.labels import column_label, endpoint_label, in_sentence, level_label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("hifu", "HIFU"),
        ("age_years", "Age (years)"),
        ("n_organs", "Number of organs"),
        ("ki67_percent", "Ki-67 (%)"),
        ("albumin_g_l", "Albumin (g/L)"),
        ("cea_ng_ml", "CEA (ng/mL)"),
        ("ca19_9_u_ml", "CA19-9 (U/mL)"),
        ("ca19_9_raised", "CA19-9 raised"),
        ("who_grade", "WHO grade"),
        ("Therapy line", "Therapy line"),
        ("原发灶", "原发灶"),
        ("g_l", "G l"),
        ("x", "X"),
    ],
)
def test_column_label(name: str, label: str) -> None:
    assert column_label(name) == label


def test_labels_inside_a_sentence_keep_acronyms() -> None:
    assert in_sentence("Primary site") == "primary site"
    assert in_sentence("WHO grade") == "WHO grade"
    assert in_sentence("HIFU") == "HIFU"


def test_yes_and_no_stand_alone() -> None:
    assert level_label("hifu", "Yes") == "HIFU"
    assert level_label("hifu", "No") == "No HIFU"
    assert level_label("primary_resected", "no") == "No primary resected"
    assert level_label("grade", "G1") == "G1"


def test_endpoints_in_words() -> None:
    assert endpoint_label("os") == "overall survival"
    assert endpoint_label("time_to_surgery") == "time to surgery"
