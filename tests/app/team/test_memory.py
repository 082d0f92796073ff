"""A cohort that was deleted leaves memory with the next click of everybody who had it open; so does a window's end."""

from __future__ import annotations

import gc

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.result import AnalysisResult
from team import cohorts, deletion
from tests.app.conftest import no_traceback
from tests.app.team.conftest import ANALYST, CANARY_WORD, OWNER, VIEWER


def alive() -> list[str]:
    """Kinds of what is in memory of the cohort that was saved."""
    gc.collect()
    return [type(one).__name__ for one in gc.get_objects() if isinstance(one, Cohort | AnalysisSet) and _is_canary(one)]


def _is_canary(one: Cohort | AnalysisSet | AnalysisResult) -> bool:
    cohort = one if isinstance(one, Cohort) else one.cohort
    return cohort.name == "Canary" and CANARY_WORD in set(cohort.patients.frame["diagnosis"])


def test_a_deleted_cohort_leaves_every_open_window(team, come_in):
    analyst, viewer = come_in(ANALYST), come_in(VIEWER)
    assert {"Cohort", "AnalysisSet"} <= set(alive())
    (saved,) = cohorts.listed(team.store, team.owner, project_id=team.project)
    deletion.delete_cohort(team.store, team.owner, cohort_id=saved.id)
    for app in (analyst, viewer):
        no_traceback(app.run())
        no_traceback(app.run())
    assert not alive()


def test_windows_share_a_cohort_that_goes_with_the_last_of_them(team, come_in):
    first, second = come_in(ANALYST), come_in(OWNER)
    assert alive().count("Cohort") == 1
    del first
    assert alive().count("Cohort") == 1
    no_traceback(second.run())
    del second
    assert not alive()
