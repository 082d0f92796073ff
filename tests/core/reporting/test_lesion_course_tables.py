"""The numbers behind waterfall and spider: order, who has none, what does not count."""

import numpy as np
import pytest

from core.cohort.load import cohort_from_files
from core.reporting.lesion_course_tables import best_changes_table, changes_table
from core.run import run_analysis
from core.spec import AnalysisSpec

PATIENTS = "id,arm\np0,A\np1,B\np2,A\np3,B\n"
MEASURED = {"p0": ((-1, 40), (60, 20), (120, 60), (180, 10)), "p1": ((-1, 50), (60, 55)), "p2": ((-1, 30),)}
LESIONS = "id,lesion,day,diameter_mm\n" + "".join(
    f"{who},a,{day},{mm}\n" for who, visits in MEASURED.items() for day, mm in visits
)


@pytest.fixture(scope="module")
def result():
    cohort = cohort_from_files({"patients.csv": PATIENTS.encode(), "lesions.csv": LESIONS.encode()}, name="measured")
    asked = {"id": "r", "kind": "response", "source": "lesions"}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "group": {"column": "arm"}, "analyses": [asked]})
    return run_analysis(spec, cohort, spec.analyses[0])


def test_from_the_largest_growth_to_the_largest_decrease(result):
    frame = best_changes_table(result).values_frame()
    assert frame["Patient"].tolist() == ["p1", "p0", "p2"]
    assert frame["Best change"].tolist()[:2] == pytest.approx([0.1, -0.5])
    assert best_changes_table(result).to_frame()["Best change"].tolist() == ["+10.0 %", "−50.0 %", "–"]


def test_visits_after_progression_are_there_and_do_not_count(result):
    frame = changes_table(result).values_frame()
    own = frame[frame["Patient"] == "p0"]
    assert own["Day"].tolist() == [60.0, 120.0, 180.0]
    np.testing.assert_allclose(own["Change from baseline"].astype(float), [-0.5, 0.5, -0.75])
    assert own["Up to progression"].tolist() == ["yes", "yes", "no"]
