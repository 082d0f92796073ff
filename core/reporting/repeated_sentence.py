"""What is said of patients who stand in more than one row: each row counts as a patient until one is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.repeated import repeated_patients
from core.reporting import format as fmt

if TYPE_CHECKING:
    from core.cohort.select import AnalysisSet

_NOTABLE = 0.02  # of the rows; fewer are a finding about the file, not about the result


def repeated_sentence(subset: AnalysisSet) -> str:
    """A sentence where notably many patients stand in several of the rows analysed; empty elsewhere."""
    if subset.data is not None and subset.data.entry is not None:
        return ""  # rows that begin where others end are meant
    found = repeated_patients(subset.cohort.patients, subset.positions)
    if found is None or found.n_patients < _NOTABLE * found.n_rows:
        return ""
    who = f"{fmt.counted(found.n_patients)} patients stand" if found.n_patients > 1 else "1 patient stands"
    if found.apart is None:
        return (
            f"{who} in more than one row, and each row counts as a patient: intervals and P are too sure of themselves."
        )
    return (
        f"{who} in more than one row, and each row counts as a patient: keep the rows of one value of '{found.apart}' "
        "by a filter."
    )
