"""The mapping remembered for files with the same header: applied, said on the page, and forgotten on request."""

from __future__ import annotations

import datetime as dt

from core.cohort import mapping_memory
from core.cohort.cohort import Cohort
from core.cohort.load import with_spec
from core.errors import CohortError
from ui.screen import st

_WIDGETS = ("map_", "draft")


def applied(cohort: Cohort) -> tuple[Cohort, str | None]:
    """The cohort with what was confirmed for the same header, and when; the cohort itself where nothing fits."""
    file = mapping_memory.memory_file()
    found = None if file is None else mapping_memory.recalled(cohort, file=file)
    if found is None:
        return cohort, None
    spec, date = found
    try:
        return with_spec(cohort, spec), date
    except CohortError:  # the same header over other values: recognised anew
        return cohort, None


def keep(cohort: Cohort) -> None:
    """Remember what was confirmed."""
    file = mapping_memory.memory_file()
    if file is not None:
        mapping_memory.remember(cohort, date=dt.date.today().isoformat(), file=file)


def encoding(content: bytes) -> str | None:
    """The encoding that was chosen for a file that begins with the same line."""
    file = mapping_memory.memory_file()
    return None if file is None else mapping_memory.recalled_encoding(content, file=file)


def keep_encoding(content: bytes, chosen: str | None) -> None:
    """Remember which encoding was chosen; None where the one found is right."""
    file = mapping_memory.memory_file()
    if file is not None:
        mapping_memory.remember_encoding(content, chosen, file=file)


def notice(cohort: Cohort, date: str | None) -> None:
    """Say that a mapping was applied, with a button that forgets it."""
    file = mapping_memory.memory_file()
    if date is None or file is None:
        return
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.info(
            f"A file with the same columns was confirmed on {date}. What you said then about its columns and endpoints "
            "is filled in below; please check it."
        )
    with right:
        if st.button("Forget it", help="Columns and endpoints are then recognised anew.", key="load_forget"):
            mapping_memory.forget(cohort, file=file)
            for key in [str(key) for key in st.session_state if str(key).startswith(_WIDGETS)]:
                del st.session_state[key]
            st.rerun()
