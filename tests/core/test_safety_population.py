"""The denominators of adverse events: who was treated, from the patients' table, never from the events."""

import os
from pathlib import Path

import pandas as pd
import pytest

from core.cohort.load import load_files
from core.errors import CohortError
from core.reporting.methods_text import method_lines
from core.run import run
from core.spec import AnalysisSpec

PATIENTS = "id,arm,SAFFL\n" + "".join(f"P{i:02d},{'AB'[i % 2]},{'N' if i in (0, 1, 2) else 'Y'}\n" for i in range(20))
EVENTS = (
    "id,ae_term,grade,AEREL,AESER,AEACN\n"
    "P00,Nausea,1,POSSIBLE,N,DOSE NOT CHANGED\nP03,Nausea,3,NONE,Y,DRUG WITHDRAWN\nP04,Rash,2,PROBABLE,N,\n"
)


@pytest.fixture
def ask(tmp_path):
    def answer(patients=PATIENTS, **asked):
        (tmp_path / "patients.csv").write_text(patients)
        (tmp_path / "ae.csv").write_text(EVENTS)
        cohort = load_files([tmp_path / "patients.csv", tmp_path / "ae.csv"])
        spec = AnalysisSpec.model_validate(
            {
                "cohort": cohort.spec,
                "group": {"column": "arm"},
                "analyses": [{"id": "ae", "kind": "adverse_events"} | asked],
            }
        )
        return run(spec, cohort)["ae"]

    return answer


def test_only_the_safety_population_counts(ask):
    result = ask()
    assert result.adverse_events.denominators.tolist() == [8, 9]
    assert [(one.reason, one.n, one.rows) for one in result.subset.exclusions] == [
        ("not in the safety population (SAFFL)", 3, (2, 3, 4))
    ]
    assert result.adverse_events.overall.any.tolist() == [1, 1]
    assert "denominators are all patients of the safety population" in " ".join(method_lines(result))
    assert "1 event of 1 patient outside this analysis not counted." in result.notes


def test_all_patients_where_asked(ask):
    result = ask(population="all")
    assert result.adverse_events.denominators.tolist() == [10, 10]
    assert result.adverse_events.overall.any.tolist() == [2, 1]


def test_everybody_where_no_column_says_so(ask):
    result = ask(patients=PATIENTS.replace("SAFFL", "flag"))
    assert result.adverse_events.denominators.tolist() == [10, 10]
    assert not result.subset.exclusions


def test_nobody_treated(ask):
    with pytest.raises(CohortError, match="No patient belongs to the safety population"):
        ask(patients=PATIENTS.replace(",Y\n", ",N\n"))


def test_a_group_nobody_of_whom_was_treated(ask):
    lines = [line if ",B," not in line else line[:-1] + "N" for line in PATIENTS.strip().split("\n")]
    result = ask(patients="\n".join(lines) + "\n")
    assert result.adverse_events.levels == ("A",)
    assert "Nobody of 'B' belongs to the safety population." in result.notes


def test_columns_of_cdisc_tell_the_kinds(ask):
    found = {row.kind: row.counts.tolist() for row in ask(population="all").adverse_events.overview}
    assert found == {
        "any": [2, 1], "severe": [0, 1], "related": [2, 0], "serious": [0, 1], "stopped": [0, 1], "changed": [0, 1],
        "fatal": [0, 0],
    }  # fmt: skip


FOLDER = Path(os.environ.get("COHORTSCOPE_ADAM", Path(__file__).parents[3] / "shared" / "adam"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public ADaM example is not beside the repository")
class TestPublicExample:
    @pytest.mark.parametrize(
        ("kind", "kept"),
        [
            ("all", lambda ae: ae["TRTEMFL"] == "Y"),
            ("related", lambda ae: (ae["TRTEMFL"] == "Y") & ae["AEREL"].isin(["POSSIBLE", "PROBABLE"])),
            ("serious", lambda ae: (ae["TRTEMFL"] == "Y") & (ae["AESER"] == "Y")),
        ],
    )
    def test_every_count_beside_pandas(self, kind, kept):
        cohort = load_files([FOLDER / "adsl.csv", FOLDER / "adae.csv"])
        spec = AnalysisSpec.model_validate(
            {
                "cohort": cohort.spec,
                "group": {"column": "TRT01A"},
                "analyses": [{"id": "ae", "kind": "adverse_events", "events": kind}],
            }
        )
        table = run(spec, cohort)["ae"].adverse_events
        adsl = pd.read_csv(FOLDER / "adsl.csv", keep_default_na=False, dtype=str)
        ae = pd.read_csv(FOLDER / "adae.csv", keep_default_na=False, dtype=str)
        safe = adsl[adsl["SAFFL"] == "Y"]
        assert dict(zip(table.levels, table.denominators, strict=True)) == safe.groupby("TRT01A").size().to_dict()
        assert table.denominators.sum() == 254
        joined = ae[kept(ae)].merge(safe[["USUBJID", "TRT01A"]], on="USUBJID", suffixes=("_ae", ""))
        joined["severity"] = joined["AESEV"].map({"MILD": 1, "MODERATE": 2, "SEVERE": 3})
        counted = joined.groupby(["AEDECOD", "TRT01A"])["USUBJID"].nunique()
        own = {}
        for row in table.rows:
            for level, n in zip(table.levels, row.any.tolist(), strict=True):
                if n:
                    own[row.term, level] = n
        assert own == counted.to_dict()
        worst = joined.groupby(["USUBJID", "TRT01A"])["severity"].max().reset_index()
        severe = worst[worst["severity"] >= 3].groupby("TRT01A").size().to_dict()
        assert {level: int(n) for level, n in zip(table.levels, table.overall.grade3plus, strict=True) if n} == severe
