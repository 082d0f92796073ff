"""Best response of an ADaM study against an independent count, where COHORTSCOPE_ADAM or ../shared/adam is there."""

import os
from pathlib import Path

import pandas as pd
import pytest

from core.cohort.load import load_files
from core.run import run
from core.spec import AnalysisSpec

FOLDER = Path(os.environ.get("COHORTSCOPE_ADAM", Path(__file__).parents[3] / "shared" / "adam"))
MEANS = {"CR": "CR", "PR": "PR", "SD": "SD", "NON-CR/NON-PD": "SD", "PD": "PD", "NE": "NE", "MISSING": "NE"}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the ADaM tables are not there")
def test_best_response_by_arm():
    cohort = load_files([FOLDER / "adsl.csv", FOLDER / "adrs_onco.csv"])
    asked = {"id": "r", "kind": "response"}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "group": {"column": "TRT01P"}, "analyses": [asked]})
    table = run(spec, cohort)["r"].response
    rows = pd.read_csv(FOLDER / "adrs_onco.csv", dtype=str, usecols=["USUBJID", "TRT01P", "PARAMCD", "AVALC"])
    best = rows[rows["PARAMCD"] == "BOR"].assign(response=lambda frame: frame["AVALC"].map(MEANS))
    counted = pd.crosstab(best["TRT01P"], best["response"])
    assert table.n.sum() == len(best) == 306
    for i, level in enumerate(table.levels):
        for j, category in enumerate(table.categories):
            assert table.counts[i, j] == counted.loc[level, category], (level, category)
