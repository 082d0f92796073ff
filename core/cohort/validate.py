"""Checks of a loaded cohort: everything found is returned at once, nothing is changed."""

from __future__ import annotations

from core.cohort.cohort import Cohort, DataIssue


def validate(cohort: Cohort) -> tuple[DataIssue, ...]:
    """All findings about a cohort."""
    return ()
