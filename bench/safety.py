"""The table of adverse events beside DuckDB's grouping of the same text, and of the cohorts that come along."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.table import Row, alone, alternate
from core.cohort.load import load_files
from core.run import run_analysis
from core.safety.adverse_events import adverse_event_table
from core.spec import AnalysisSpec

ROWS = 1_000_000
SIZES = {"2e4 patients, 200 terms": (20_000, 200), "1e5 patients, 3000 terms": (100_000, 3_000)}
ROOT = Path(__file__).parent.parent
ADAM = Path(os.environ.get("COHORTSCOPE_ADAM", ROOT.parent / "shared" / "adam"))
# Worst grade per patient and term, patients per group, term and grade: the table has classes, tests and limits beside.
GROUPING = """
    WITH worst AS (SELECT patient, "class", term, max(grade) AS grade FROM events GROUP BY ALL)
    SELECT groups.code, "class", term, worst.grade, count(*) FROM worst JOIN groups USING (patient) GROUP BY ALL
"""


def adverse_events() -> Iterator[Row]:
    """A million events of two groups with every comparison of the table; then whole analyses of small cohorts."""
    for name, (n_patients, n_terms) in SIZES.items():
        events, patients, codes = _made(n_patients, n_terms)
        ours = partial(adverse_event_table, events, patients, codes, ("A", "B"), "A")
        mine, theirs = alternate(ours, _duckdb(events, patients, codes), ROWS, repetitions=3)
        what = f"adverse events, 1e6 rows, {name}"
        yield Row(what=what, ours=mine, peer=theirs, beside="DuckDB", at_least=0.5)
    small = {"sample": [ROOT / "sample_data" / "hifu_ici" / f"{name}.csv" for name in ("patients", "adverse_events")]}
    if ADAM.is_dir():
        small["ADaM"] = [ADAM / "adsl.csv", ADAM / "adae.csv"]
    for name, files in small.items():
        yield Row(what=f"adverse events, {name} cohort", ours=alone(_analysis(files), 300), at_most=0.1)


def _made(n_patients: int, n_terms: int) -> tuple[pd.DataFrame, Any, Any]:
    rng = np.random.default_rng(20250101)
    patients = np.array([f"P{i:06d}" for i in range(n_patients)], dtype=object)
    terms = np.array([f"Term {i}" for i in range(n_terms)], dtype=object)
    classes = np.array([f"Class {i % 20}" for i in range(n_terms)], dtype=object)
    term = rng.integers(0, n_terms, ROWS)
    events = pd.DataFrame(
        {
            "patient": patients[rng.integers(0, n_patients, ROWS)],
            "class": classes[term],
            "term": terms[term],
            "grade": rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], ROWS, p=[0.5, 0.3, 0.15, 0.04, 0.01]),
        }
    )
    return events, patients, rng.integers(0, 2, n_patients)


def _duckdb(events: pd.DataFrame, patients: Any, codes: Any) -> Callable[[], object]:
    """The grouping by DuckDB on one thread, from the same columns as Arrow tables in memory."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.execute("SET threads=1")
    connection.register("events", pa.Table.from_pandas(events, preserve_index=False))
    connection.register("groups", pa.table({"patient": patients, "code": codes}))
    return lambda: connection.execute(GROUPING).fetchall()


def _analysis(files: list[Path]) -> Callable[[], object]:
    cohort = load_files(files)
    column = "TRT01A" if "TRT01A" in cohort.patients.frame else "hifu"
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec, "group": {"column": column}, "analyses": [{"id": "ae", "kind": "adverse_events"}]}
    )
    return partial(run_analysis, spec, cohort, spec.analyses[0])
