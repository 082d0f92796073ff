"""Charts in words."""

import numpy as np
import pandas as pd

from core.patients.baseline import baseline_table
from core.safety.adverse_events import adverse_event_table
from tests.ui.charts.drawn import summary_of
from ui.charts.describe import describe_adverse_events, describe_balance, describe_forest
from ui.charts.describe_survival import describe_survival
from ui.charts.forest_table import ForestEstimate, ForestRow, ForestTable


def test_survival_of_two_groups():
    summary = summary_of([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 1], [0, 0, 0, 1, 1, 1], ("No HIFU", "HIFU"))
    assert describe_survival(summary, title="overall survival") == (
        "Kaplan-Meier chart of overall survival by group (No HIFU and HIFU), with numbers at risk. "
        "No HIFU: 3 patients, 3 events, median 2.0 months (1.0 to NR), 0 % at 3.0 months. "
        "HIFU: 3 patients, 1 event, median 6.0 months (NR to NR), 0 % at 6.0 months."
    )


def test_a_median_not_reached_and_one_group():
    assert describe_survival(summary_of([10, 20, 30], [1, 0, 0], unit="days")) == (
        "Kaplan-Meier chart of survival, with numbers at risk. "
        "All patients: 3 patients, 1 event, median not reached, 67 % at 30 days."
    )


def test_forest_reads_the_last_model():
    estimate = ForestEstimate(text="0.59 (0.36–0.96)", p_text="0.034", value=0.59, conf_low=0.36, conf_high=0.96)
    table = ForestTable(
        rows=(
            ForestRow(label="Treatment", kind="heading"),
            ForestRow(label="No HIFU", kind="reference", indent=1, estimates=(ForestEstimate(text="1", p_text=""),)),
            ForestRow(label="HIFU", kind="estimate", indent=1, estimates=(estimate,)),
            ForestRow(label="Ki-67", kind="estimate", estimates=(ForestEstimate(text="not estimable", p_text="–"),)),
        ),
        models=("Multivariable",),
        ratio_head="HR (95 % CI)",
    )
    assert describe_forest(table) == (
        "Forest plot, multivariable model, HR (95 % CI). Treatment, HIFU: 0.59 (0.36–0.96), P = 0.034."
    )


def test_adverse_events_name_the_first_terms():
    events = pd.DataFrame([("P1", "Nausea", 1), ("P2", "Nausea", 3)], columns=["patient", "term", "grade"])
    table = adverse_event_table(events, ["P1", "P2", "P3"], [0, 1, 1], ("a", "b"), "a")
    assert describe_adverse_events(table) == (
        "Adverse events, n (%) in a and b: any 1 (100.0) and 1 (50.0); Nausea 1 (100.0) and 1 (50.0)."
    )


def test_balance_counts_what_differs():
    frame = pd.DataFrame({"age_years": [1.0, 2, 3, 11, 12, 13], "same": [1.0, 2, 3, 1, 2, 3]})
    kinds = {"age_years": "number", "same": "number"}
    table = baseline_table(frame, list(frame), kinds, np.array([0, 0, 0, 1, 1, 1]), ("a", "b"))
    assert describe_balance(table) == ("Standardised differences: 1 of 2 variables at 0.1 or more: Age (years) 3.00.")
