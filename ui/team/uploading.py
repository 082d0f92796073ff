"""An upload that is saved: to the project, always; on this computer only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.cohort.cohort import Cohort
from core.spec import AnalysisSpec
from team.permits import Act
from ui import permits
from ui.screen import st
from ui.team import attempt, shelf, store, visit

if TYPE_CHECKING:
    from team.cohorts import CohortVersion

_NEW = ""


def say_where_it_goes() -> None:
    """Under the title of the page: what becomes of a file."""
    if store.is_team():
        st.markdown(
            "Survival and safety for liver-tumour cohorts. What you load is saved to the project, without names."
        )
    else:
        st.markdown("Survival and safety for liver-tumour cohorts, on your computer. Nothing is sent anywhere.")


def choose(cohort: Cohort) -> tuple[str, str, str]:
    """In a team: under which name, as which cohort's next version, with what note; else nothing is asked."""
    if not store.is_team():
        return cohort.name, _NEW, ""
    permits.require(Act.UPLOAD)
    st.header("Where is it kept?")
    st.markdown(
        "It is saved to the project without the columns that could name a person. Members see what their role allows."
    )
    names = {one.id: one.name for one in shelf.listed()}
    of = st.selectbox(
        "Save as",
        [_NEW, *names],
        format_func=lambda name: f"Next version of {names[name]}" if name in names else "A new cohort",
        key="upload_as",
    )
    name = cohort.name
    if of == _NEW:
        name = st.text_input("Name", value=cohort.name, key=f"upload_name_{cohort.digest[:12]}", max_chars=200)
    note = st.text_input("Note", key="upload_note", max_chars=1000, placeholder="What is new in this version")
    return name, of, note


def keep(
    cohort: Cohort, spec: AnalysisSpec, files: Mapping[str, bytes], *, where: tuple[str, str, str]
) -> CohortVersion | None:
    """Save a cohort to the project looked at; None, with a sentence, where that was refused."""
    from team.uploads import Upload, save

    project = visit.project_id()
    if project is None:
        return None
    name, of, note = where
    upload = Upload(name=name, cohort=cohort, spec=spec, originals=files, note=note)
    actor, opened = visit.owner_of_what_is_saved(), store.store()
    made = attempt.once(
        f"upload_{cohort.digest}",
        lambda key: save(opened, actor, upload, project_id=project, cohort_id=of or None, key=key),
    )
    now = visit.here()
    if now is not None:
        now.memo.pop("cohorts", None)
    return made
