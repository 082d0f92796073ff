"""Where cohorts come from: the samples in ``sample_data`` and what this session uploaded.

An uploaded cohort lives in the session's memory only: never in a cache shared between people, never on disk.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from core.cohort.cohort import Cohort
from core.cohort.load import load_cohort
from core.spec import AnalysisSpec
from ui.grouping import default_group
from ui.screen import st
from ui.selection import UPLOAD, Selection

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


@st.cache_resource(show_spinner=False)
def sample(name: str) -> tuple[Cohort, AnalysisSpec]:
    """A sample cohort and the specification that comes with it."""
    spec = AnalysisSpec.from_file(SAMPLE_FOLDER / name / "spec.json")
    cohort = load_cohort(spec.cohort, base=SAMPLE_FOLDER / name, name=name)
    return dataclasses.replace(cohort, synthetic=True), spec


def uploaded() -> Cohort | None:
    """The cohort this session uploaded, if any."""
    cohort: Cohort | None = st.session_state.get("uploaded_cohort")
    return cohort


def keep_upload(cohort: Cohort) -> None:
    """Make a cohort this session's uploaded one."""
    st.session_state["uploaded_cohort"] = cohort


def load(name: str) -> Cohort | None:
    """The cohort of that name, or None where it is not here (a link to somebody else's upload)."""
    if name == UPLOAD:
        return uploaded()
    return sample(name)[0] if name in SAMPLES else None


def short_title(name: str) -> str:
    """The cohort's name in the sidebar."""
    cohort = uploaded() if name == UPLOAD else None
    return SHORT.get(name) or (cohort.name if cohort else "Your cohort")


def default_selection(name: str) -> Selection:
    """What a cohort shows first: its first endpoint, and the grouping that suits it best."""
    if name in SAMPLES:
        spec = sample(name)[1]
        endpoints = spec.cohort.endpoints
        return Selection(cohort=name, endpoint="OS" if "OS" in endpoints else next(iter(endpoints)), group=spec.group)
    cohort = uploaded()
    if cohort is None:
        return Selection(cohort=name)
    return Selection(cohort=name, endpoint=next(iter(cohort.spec.endpoints), None), group=default_group(cohort))
