"""Column names as a reader would write them."""

import csv
import re
from pathlib import Path

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
        ("pd_l1", "PD-L1"),
        ("PD_1_positive", "PD-1 positive"),
        ("pdl1", "PD-L1"),
        ("hsp90", "HSP90"),
        ("epcam", "EpCAM"),
        ("vegf_pg_ml", "VEGF (pg/mL)"),
        ("lactate_mmol_l", "Lactate (mmol/L)"),
        ("platelets_10e9_l", "Platelets (10⁹/L)"),
        ("bilirubin_umol_l", "Bilirubin (µmol/L)"),
        ("ALT_U_L", "ALT (U/L)"),
        ("urine_albumin_mg_g", "Urine albumin (mg/g)"),
        ("bmi_kg_m2", "BMI (kg/m²)"),
        ("ablation_time_s", "Ablation time (s)"),
        ("stage_s", "Stage s"),
        ("child_pugh_class", "Child-Pugh class"),
        ("原发灶", "原发灶"),
        ("g_l", "G l"),
        ("x", "X"),
    ],
)
def test_column_label(name: str, label: str) -> None:
    assert column_label(name) == label


def test_no_sample_column_keeps_its_spelling_in_a_file() -> None:
    unit = re.compile(
        r"(?:^| )(?:10e\d+|cm\d|[munp]?g|u|iu|[mu]?mol|ml|l|dl|percent|months|years|mm|cm)$", re.IGNORECASE
    )
    files = sorted((Path(__file__).parents[3] / "sample_data").glob("*/*.csv"))
    assert files
    labels = {column_label(name) for file in files for name in next(csv.reader(file.open(encoding="utf-8")))}
    assert not [label for label in labels if "_" in label or (" " in label and unit.search(label))]
    assert {"PD-L1", "VEGF (pg/mL)", "Platelets (10⁹/L)"} <= labels


def test_labels_inside_a_sentence_keep_acronyms() -> None:
    assert in_sentence("Primary site") == "primary site"
    assert in_sentence("WHO grade") == "WHO grade"
    assert in_sentence("HIFU") == "HIFU"
    assert [in_sentence(name) for name in ("Child-Pugh分级", "Ki67 percent")] == ["Child-Pugh分级", "Ki67 percent"]


def test_yes_and_no_stand_alone() -> None:
    assert level_label("hifu", "Yes") == "HIFU"
    assert level_label("hifu", "No") == "No HIFU"
    assert level_label("primary_resected", "no") == "No primary resected"
    assert level_label("grade", "G1") == "G1"


def test_endpoints_in_words() -> None:
    assert endpoint_label("os") == "overall survival"
    assert endpoint_label("time_to_surgery") == "time to surgery"
