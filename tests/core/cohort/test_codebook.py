"""A codebook sheet beside the data: its labels stand in place of the codes, and say what an event is."""

import pandas as pd
import pytest

from core.cohort.codebook import is_codebook
from core.cohort.cohort import RawTable
from core.cohort.load import cohort_from_files
from tests.core.cohort.tables import delimited, issue

N = 40
DATA = [
    ["caseno", "trt", "cpc", "alb", "osdays", "stat"],
    *([i, 1 + i % 3, 9 if i % 7 == 0 else 1 + i % 2, 999 if i % 9 == 0 else 30 + i % 9, 50 + i, i % 3]
      for i in range(1, N + 1)),
]  # fmt: skip
PACKED = [
    ["Variable", "Label", "Values"],
    ["TRT", "Treatment", "1=TACE; 2=HAIC; 3=TACE + TKI"],
    ["CPC", "Child-Pugh class", "1 = A, 2 = B, 9 = unknown"],
    ["ALB", "Albumin, g/L", "999=missing"],
    ["OSDAYS", "Overall survival, days", ""],
    ["STAT", "Status at last contact", "0: alive | 1: died of tumour | 2: died of other cause"],
]
LONG = [
    ["variable", "code", "meaning"],
    ["trt", "1", "TACE"], ["", "2", "HAIC"], ["", "3", "TACE + TKI"],
    ["cpc", "1", "A"], ["", "2", "B"], ["", "9", "unknown"],
    ["alb", "999", "missing"],
    ["stat", "0", "alive"], ["stat", "1", "died of tumour"], ["stat", "2", "died of other cause"],
]  # fmt: skip


@pytest.mark.parametrize("book", [PACKED, LONG], ids=["packed", "long"])
def test_labels_stand_for_codes_and_every_death_is_an_event_of_overall_survival(book: list[list[str]]) -> None:
    cohort = cohort_from_files({"data.csv": delimited(DATA), "codebook.csv": delimited(book)}, name="x")
    frame = cohort.patients.frame
    assert frame["trt"].tolist()[:3] == ["HAIC", "TACE + TKI", "TACE"]
    assert set(frame["cpc"]) == {"A", "B", "unknown"}
    assert frame["alb"].max() == 38
    assert frame["alb"].isna().sum() == sum(i % 9 == 0 for i in range(1, N + 1))
    overall = cohort.spec.endpoints["OS"]
    assert set(overall.event_is or ()) == {"died of tumour", "died of other cause"}
    assert not overall.competing
    assert "'trt', 'cpc', 'alb', 'stat'" in issue(cohort, "codebook").message


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [(PACKED, True), (LONG, True), (DATA, False),
     ([["Variable", "Label", "Values"], ["TRT", "Treatment", "as given"], ["STAT", "Status", "see protocol"]], False)],
    ids=["packed", "long", "patients", "legend"],
)  # fmt: skip
def test_what_is_a_codebook(rows: list[list[object]], wanted: bool) -> None:
    frame = pd.DataFrame(rows[1:], columns=rows[0], dtype=object).map(lambda cell: str(cell) or None)
    raw = RawTable(name="x", cells=frame, row_numbers=tuple(range(2, len(rows) + 1)), issues=(), sha256="0")
    assert is_codebook(raw) is wanted
