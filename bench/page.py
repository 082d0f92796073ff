"""A change of grouping on 500 patients: the survival page's script beside lifelines and Altair's shorthand."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from bench.table import Row, alternate, seconds
from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from core.run import run
from core.spec import AnalysisSpec

ROOT = Path(__file__).parent.parent
PATIENTS = 500
GROUPINGS = 24


def patients(seed: int = 20250101) -> pd.DataFrame:
    """A cohort of 500 with survival in months and many two-level columns, so that each change is a new question."""
    rng = np.random.default_rng(seed)
    time_to_death, censored = rng.weibull(1.2, PATIENTS) * 24, rng.uniform(6, 60, PATIENTS)
    frame = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(PATIENTS)],
            "os_months": np.minimum(time_to_death, censored).round(1),
            "os_event": (time_to_death <= censored).astype(int),
        }
    )
    for i in range(GROUPINGS):
        frame[f"group_{i:02d}"] = rng.choice(["A", "B"], PATIENTS)
    return frame


def cohort_of(frame: pd.DataFrame) -> Cohort:
    """The frame as an uploaded cohort."""
    return cohort_from_files({"patients.csv": frame.to_csv(index=False).encode()}, name="bench")


def grouping_change() -> Iterator[Row]:
    """The page's whole script after choosing another grouping, warm; every grouping is new to the caches."""
    frame = patients()
    columns = [name for name in frame if name.startswith("group_")]
    ours = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    ours.session_state["uploaded_cohort"] = cohort_of(frame)
    ours.query_params["cohort"] = "upload"
    ours.run()
    peer = AppTest.from_file(str(ROOT / "bench" / "peer_page.py"), default_timeout=60)
    peer.session_state["frame"] = frame
    peer.session_state["columns"] = columns
    peer.run()
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for column in columns[1:]:
        times["ours"].append(seconds(lambda column=column: _choose(ours, column)))
        times["peer"].append(seconds(lambda column=column: _choose(peer, column)))
    ours_median, theirs = (statistics.median(times[who][3:]) for who in times)
    what = "survival page, change of grouping, 500 patients"
    yield Row(what=what, ours=ours_median, peer=theirs, beside="lifelines + Altair")


def _choose(app: AppTest, column: str) -> None:
    next(box for box in app.selectbox if box.label == "Group by").set_value(column)
    app.run()
    if app.exception:
        raise RuntimeError(app.exception[0].message)


def analysis_alone() -> Iterator[Row]:
    """The numbers without the screen: curves with limits, medians and log-rank test of two groups."""
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import median_survival_times

    frame = patients()
    cohort = cohort_of(frame)
    spec = AnalysisSpec.model_validate(
        {
            "cohort": cohort.spec,
            "group": {"column": "group_00"},
            "analyses": [
                {"id": "km", "kind": "kaplan_meier", "endpoint": "OS", "times": [6, 12]},
                {"id": "test", "kind": "compare", "endpoint": "OS"},
            ],
        }
    )

    def peer() -> None:
        parts = [rows for _, rows in frame.groupby("group_00")]
        for rows in parts:
            fitter = KaplanMeierFitter().fit(rows["os_months"], rows["os_event"])
            median_survival_times(fitter.confidence_interval_)
            fitter.predict([6, 12])
        logrank_test(*(rows["os_months"] for rows in parts), *(rows["os_event"] for rows in parts))

    what = "curves, medians, log-rank, 500 patients, no screen"
    ours, theirs = alternate(lambda: run(spec, cohort), peer, 300)
    yield Row(what=what, ours=ours, peer=theirs, beside="lifelines")
