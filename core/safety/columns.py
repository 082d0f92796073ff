"""The columns of the table of adverse events, named for what they are."""

from __future__ import annotations

import pandas as pd

from core.cohort.cohort import Table


def event_columns(table: Table) -> pd.DataFrame:
    """The long table with its columns named for what they are."""
    roles = {
        "ae_patient_id": "patient", "ae_term": "term", "ae_grade": "grade", "ae_class": "class",
        "ae_related": "related", "ae_immune": "immune", "ae_serious": "serious", "ae_action": "action",
    }  # fmt: skip
    columns = {name: table.frame[column] for role, name in roles.items() if (column := table.with_role(role))}
    return pd.DataFrame(columns, index=table.frame.index, copy=False)
