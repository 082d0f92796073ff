"""Where cohorts come from: the samples in ``sample_data``, what this session uploaded, and what was saved.

An uploaded cohort lives in the session's memory only, never in a cache shared between people, until somebody saves it.
Of saved ones a person gets those of the project looked at, and rows only where the role allows.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from core.cohort.cohort import Cohort
from core.cohort.load import load_cohort
from core.spec import AnalysisSpec
from team.permits import Act
from ui import permits
from ui.grouping import default_group
from ui.screen import st
from ui.selection import UPLOAD, Selection
from ui.team import shelf, store

SAMPLE_FOLDER = Path(__file__).parent.parent / "sample_data"
SAMPLES = {
    "hifu_ici": "HIFU with immunotherapy, 94 patients",
    "ablation_tace_net": "Ablation + TACE in NET, 108 patients",
    "hcc_ablation": "Recurrence after HCC ablation, 240 patients",
}
SHORT = {
    "hifu_ici": "Sample: HIFU + ICI",
    "ablation_tace_net": "Sample: NET, TACE",
    "hcc_ablation": "Sample: HCC ablation",
}
DEFAULT_SAMPLE = "hifu_ici"
IDENTIFIED = "uploaded_cohort_identified"


@st.cache_resource(show_spinner=False)
def sample(name: str) -> tuple[Cohort, AnalysisSpec]:
    """A sample cohort and the specification that comes with it."""
    spec = AnalysisSpec.from_file(SAMPLE_FOLDER / name / "spec.json")
    cohort = load_cohort(spec.cohort, base=SAMPLE_FOLDER / name, name=name)
    return dataclasses.replace(cohort, synthetic=True), spec


def is_sample(cohort: Cohort) -> bool:
    """Whether a cohort is a sample itself, not one of that name or one that was changed."""
    return cohort.name in SAMPLES and sample(cohort.name)[0] is cohort


def uploaded() -> Cohort | None:
    """The cohort this session uploaded, if any."""
    named = identified()
    if named is not None and (not permits.may(Act.SEE_IDENTIFIERS) or shelf.find(shelf.name_of(named)) is None):
        st.session_state.pop(IDENTIFIED)
        st.session_state.pop("uploaded_cohort", None)
    cohort: Cohort | None = st.session_state.get("uploaded_cohort")
    return cohort if permits.may(Act.SEE_ROWS) else None


def keep_upload(cohort: Cohort) -> None:
    """Make a cohort this session's uploaded one."""
    st.session_state["uploaded_cohort"] = cohort
    st.session_state.pop(IDENTIFIED, None)


def keep_identified(cohort: Cohort, *, version_id: str) -> None:
    """Make a cohort with columns that name persons this session's uploaded one, for as long as the role allows it."""
    keep_upload(cohort)
    st.session_state[IDENTIFIED] = version_id


def identified() -> str | None:
    """The saved version whose uploaded files this session opened with names; None where that is not on screen."""
    version: str | None = st.session_state.get(IDENTIFIED)
    return version


def load(name: str) -> Cohort | None:
    """The cohort of that name, or None where it is not here (somebody else's upload) or not for this person."""
    if name == UPLOAD:
        return uploaded()
    if shelf.is_saved(name):
        study = shelf.study(name, to="rows")
        return None if study is None else study.cohort
    return sample(name)[0] if name in SAMPLES else None


def start() -> str:
    """What is shown first: the first cohort of the project, on this computer a sample."""
    return next(iter(shelf.newest()), DEFAULT_SAMPLE) if store.is_team() else DEFAULT_SAMPLE


def short_title(name: str) -> str:
    """The cohort's name in the sidebar."""
    cohort = uploaded() if name == UPLOAD else None
    return SHORT.get(name) or shelf.title(name) or (cohort.name if cohort else "Your cohort")


def default_selection(name: str) -> Selection:
    """What a cohort shows first: its first endpoint, and the grouping that suits it best."""
    if name in SAMPLES:
        spec = sample(name)[1]
        endpoints = spec.cohort.endpoints
        return Selection(cohort=name, endpoint="OS" if "OS" in endpoints else next(iter(endpoints)), group=spec.group)
    saved = shelf.study(name, to="rows") if shelf.is_saved(name) else None
    cohort = uploaded() if name == UPLOAD else None if saved is None else saved.cohort
    if cohort is None:
        return Selection(cohort=name)
    if saved is not None and saved.spec.group is not None:
        return Selection(cohort=name, endpoint=next(iter(cohort.spec.endpoints), None), group=saved.spec.group)
    return Selection(cohort=name, endpoint=next(iter(cohort.spec.endpoints), None), group=default_group(cohort))
