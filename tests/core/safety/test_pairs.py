"""Two of several groups: the same numbers as a table of those two alone, and nothing of the third."""

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.load import load_files
from core.reporting.as_json import as_json
from core.run import run_analysis
from core.safety.adverse_events import Asked, adverse_event_table
from core.safety.pairs import log2_risk_ratio, pairs_of
from core.spec import AnalysisSpec

FOLDER = Path(os.environ.get("COHORTSCOPE_ADAM", Path(__file__).parents[4] / "shared" / "adam"))
LEVELS = ("A", "B", "C")


def cohort(seed, n=60, n_events=80):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    events = pd.DataFrame(
        {
            "patient": rng.integers(0, n, n_events),
            "term": rng.choice(["Rash", "Fever", "Cough", "Pain"], n_events),
            "class": rng.choice(["Skin", "Other"], n_events),
            "grade": rng.integers(1, 6, n_events),
        }
    )
    return events, np.arange(n), codes


def told(row):
    difference = row.difference_any
    return (
        row.any.tolist(), row.by_grade.tolist(), round(row.p_any, 12), str(round(row.q_any, 12)),
        round(difference.estimate, 12), round(difference.conf_low, 9), round(difference.conf_high, 9),
    )  # fmt: skip


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_a_pair_is_the_table_of_its_two_groups(seed):
    events, patients, codes = cohort(seed)
    table = adverse_event_table(events, patients, codes, LEVELS, "A")
    for other, pair in zip((1, 2), pairs_of(table), strict=True):
        two = np.select([codes == 0, codes == other], [0, 1], default=-1)
        alone = adverse_event_table(events, patients, two, ("A", LEVELS[other]), "A")
        rows = {(row.event_class, row.term): row for row in pair.rows}
        assert pair.levels == ("A", LEVELS[other])
        for row in alone.rows:
            assert told(rows.pop((row.event_class, row.term))) == told(row)
        assert not any(row.any.any() for row in rows.values())  # what only the third group had
        assert told(pair.overall) == told(alone.overall)


def test_the_reference_need_not_be_first():
    events, patients, codes = cohort(3)
    table = adverse_event_table(events, patients, codes, LEVELS, "B")
    first, second = pairs_of(table)
    assert (first.levels, second.levels, first.reference, second.reference) == (("A", "B"), ("B", "C"), "B", "B")
    row = first.rows[0]
    share = row.any / first.denominators
    assert row.difference_any.estimate == pytest.approx(share[0] - share[1])


def test_one_or_two_groups_and_counted_events():
    events, patients, codes = cohort(4)
    two = adverse_event_table(events, patients, np.where(codes == 2, -1, codes), ("A", "B"), "A")
    assert pairs_of(two) == (two,)
    assert pairs_of(adverse_event_table(events, patients, codes * 0, ("all",), "all")) == ()
    assert pairs_of(adverse_event_table(events, patients, codes, LEVELS, "A", asked=Asked(counted="events"))) == ()


def test_doublings_of_the_risk_by_hand():
    events = pd.DataFrame({"patient": [0, 1, 4, 2, 5], "term": ["Rash"] * 3 + ["Fever", "Cough"]})
    # Rash in 2 of 4 of A and 1 of 4 of B; Fever in A only, Cough in B only
    table = adverse_event_table(events, np.arange(8), [0, 0, 0, 0, 1, 1, 1, 1], ("A", "B"), "A")
    found = {row.term: log2_risk_ratio(table, row, "any") for row in table.rows}
    assert found == {"Rash": -1.0, "Fever": -math.inf, "Cough": math.inf}
    assert math.isnan(log2_risk_ratio(table, table.rows[0], "grade3plus"))


def test_the_headless_command_prints_the_pairs(tmp_path):
    (tmp_path / "patients.csv").write_text("id,arm\n" + "".join(f"p{i},{'ABC'[i % 3]}\n" for i in range(30)))
    (tmp_path / "ae.csv").write_text(
        "id,ae_term,grade\n" + "".join(f"p{i},Rash,{1 + i % 4}\n" for i in range(0, 30, 2))
    )
    cohort = load_files([tmp_path / "patients.csv", tmp_path / "ae.csv"])
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec, "group": {"column": "arm"}, "analyses": [{"id": "ae", "kind": "adverse_events"}]}
    )
    printed = as_json(run_analysis(spec, cohort, spec.analyses[0]))
    assert set(printed["pairs"]) == {"B", "C"}
    rash, overall = printed["pairs"]["C"]
    assert (rash["term"], overall["term"]) == ("Rash", None)
    assert set(rash) == {"class", "term", "difference", "p_value", "q_value"}
    assert rash["difference"]["any"]["estimate"] == pytest.approx(0.0)


@pytest.mark.skipif(not (FOLDER / "adae.csv").exists(), reason="the public ADaM study is not here")
def test_a_public_study_by_pairs_beside_pandas():
    from scipy.stats import fisher_exact

    cohort = load_files([FOLDER / "adsl.csv", FOLDER / "adae.csv"])
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec, "group": {"column": "TRT01A"}, "analyses": [{"id": "ae", "kind": "adverse_events"}]}
    )
    table = run_analysis(spec, cohort, spec.analyses[0]).adverse_events
    patients = pd.read_csv(FOLDER / "adsl.csv").query("SAFFL == 'Y'")
    events = pd.read_csv(FOLDER / "adae.csv").query("TRTEMFL == 'Y'").drop_duplicates(["USUBJID", "AEDECOD"])
    arm = patients.set_index("USUBJID")["TRT01A"]
    counts = pd.crosstab(events["AEDECOD"], events["USUBJID"].map(arm))
    for pair in table.pairs:
        sizes = [int((arm == level).sum()) for level in pair.levels]
        assert pair.denominators.tolist() == sizes
        by_term = {row.term: row for row in pair.rows}
        for term, row in counts[list(pair.levels)].iterrows():
            assert by_term[term].any.tolist() == row.tolist()
            grid = [row.tolist(), [size - n for size, n in zip(sizes, row, strict=True)]]
            assert by_term[term].p_any == pytest.approx(fisher_exact(grid).pvalue, rel=1e-9)
