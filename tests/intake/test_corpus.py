"""Every file of the corpus is read right, or refused with the right words."""

import numpy as np
import pytest

from core.cohort.describe import describe
from core.cohort.load import cohort_from_files
from core.cohort.select import analysis_set
from core.cohort.values import numbers_of
from core.errors import ReadError
from core.reporting.json_text import json_text
from core.spec import AnalysisSpec
from tests.intake.corpus import DEATHS, MONTHS, N, cases

CASES = cases()
READ = {name: case for name, case in CASES.items() if not case.refused}
REFUSED = {name: case for name, case in CASES.items() if case.refused}


def test_the_corpus_is_as_large_as_it_should_be():
    assert sum(len(case.files) for case in CASES.values()) >= 60
    assert sum("zh" in name for name in CASES) >= 15


@pytest.mark.parametrize("case", READ.values(), ids=READ.keys())
def test_read_right(case):
    cohort = cohort_from_files(case.files, name="study")
    one = analysis_set(cohort, endpoint=case.endpoint)
    unit = {"months": 1.0, "days": 30.4375}[cohort.spec.endpoints[case.endpoint].unit]
    assert (cohort.n, one.n, int(one.data.event.sum())) == (N, N, DEATHS)
    assert float(one.data.time.sum()) / unit == pytest.approx(MONTHS, abs=0.2)
    assert set(case.codes) <= {issue.code for issue in cohort.issues}
    assert not {"mixed-units", "unit-contradicted"} & {issue.code for issue in cohort.issues}
    assert set(cohort.other_tables) == set(case.tables)
    if case.cell is not None:
        assert cohort.patients.frame[case.cell[0]].iloc[0] == case.cell[1]
    if case.events is None:
        assert cohort.adverse_events is None
    else:
        grades = numbers_of(cohort.adverse_events, cohort.adverse_events.with_role("ae_grade"))
        assert (len(grades), int(np.sum(grades >= 3))) == (case.events, case.severe)
    AnalysisSpec.from_json(json_text(describe(cohort)["spec"]))


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_the_right_words(case):
    with pytest.raises(ReadError) as caught:
        cohort_from_files(case.files, name="study")
    assert case.refused in caught.value.message
    assert any(f"'{file}" in str(caught.value) or file in str(caught.value) for file in case.files)
    assert caught.value.hint
