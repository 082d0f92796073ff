"""Curves of a report hold the ratio and the test as those of the page do."""

import json

from core.cohort.load import cohort_from_files
from core.run import run_analysis
from core.spec import AnalysisSpec
from ui import figures
from ui.report_figures import drawings_of

SHEET = "id,os_months,os_event,arm\n" + "\n".join(
    f"p{i},{3 + 7 * i % 23 + 4 * (i % 2)},{int(i % 5 > 0)},{'AB'[i % 2]}" for i in range(60)
)


def test_ratio_and_p_stand_inside_the_curves_of_two_groups():
    cohort = cohort_from_files({"s.csv": SHEET.encode()}, name="s")
    asked = [
        {"id": "curves", "kind": "kaplan_meier", "endpoint": "OS"},
        {"id": "test", "kind": "compare", "endpoint": "OS"},
        {"id": "ratio", "kind": "cox", "endpoint": "OS", "covariates": ["arm"]},
    ]
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "group": {"column": "arm"}, "analyses": asked})
    results = [run_analysis(spec, cohort, one) for one in spec.analyses]

    def words(beside):
        (drawn,) = drawings_of(cohort, results[0], beside)
        return json.dumps(drawn.spec(figures.PAPER, 600), ensure_ascii=False, default=str)

    assert "Hazard ratio " in words(results)
    assert "Log-rank P" in words(results)
    assert "Log-rank P" not in words(results[:1])
