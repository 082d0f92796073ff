"""From a lane, bar or dot of a picture to its patient: chosen by a click or from a list, shown on a page of its own.

Which patient is looked at is kept in the session only: no identifier stands in the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.cohort.cohort import Cohort
from ui import figures, page_options, patient_list
from ui.charts.picking import PATIENT, PICK
from ui.charts.specification import Spec
from ui.screen import st

PROFILE = "pages/patients/profile.py"


def profile_key(cohort: Cohort) -> str:
    """Key of the menu of patients on the page of one patient."""
    return f"{page_options.OF_ONE_PATIENT}{cohort.digest[:12]}"


def draw(cohort: Cohort, spec: Spec, *, alt: str, key: str, menu: str) -> None:
    """A picture of patients; a click on one chooses it in the menu ``menu``."""
    figures.show(
        spec,
        key=key,
        alt=alt,
        of_patients=True,
        on_select=lambda: _clicked(cohort, key, menu),
        selection_mode=[PICK],
    )


def _menu_key(cohort: Cohort, menu: str) -> str:
    return f"{menu}_one_patient_{cohort.digest[:12]}"


def _clicked(cohort: Cohort, key: str, menu: str) -> None:
    """Take over the patient that was clicked; a click beside all changes nothing."""
    found: Sequence[dict[str, Any]] = st.session_state[key]["selection"].get(PICK) or ()
    if found and found[0].get(PATIENT):
        st.session_state[_menu_key(cohort, menu)] = str(found[0][PATIENT])


def show(cohort: Cohort, patients: Sequence[str], *, menu: str) -> None:
    """The menu of the patients in a picture, and the way to the page of one."""
    if not patients or patient_list.refusal() is not None:
        return
    key = _menu_key(cohort, menu)
    if st.session_state.get(key) not in patients:
        st.session_state.pop(key, None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Look at one patient",
            patients,
            index=None,
            placeholder="Choose one, here or in the picture",
            width=320,
            key=key,
        )
        if st.button("Open this patient's page", key=f"{menu}_open_patient", disabled=chosen is None):
            st.session_state[profile_key(cohort)] = chosen
            st.switch_page(PROFILE)
