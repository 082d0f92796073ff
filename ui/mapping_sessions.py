"""Which column of the table of treatment sessions is which: as recognised, with a menu for each."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from core.cohort.cohort import Cohort
from core.reporting.labels import in_sentence
from ui.screen import st
from ui.tables import escaped

NOT_RECORDED = "(not recorded)"
LABELS = {
    "session_patient": "Patient",
    "session_treatment": "Treatment",
    "session_site": "Treated site",
    "session_day": "Day",
    "session_date": "Date",
    "session_volume": "Volume (cm³)",
    "session_energy": "Energy (J)",
    "session_power": "Average power (W)",
    "session_time": "Time (s)",
}


def session_roles(draft: Cohort, prefix: str) -> dict[str, str]:
    """Draw the recognised columns as a sentence with menus below; the roles that differ from what was recognised."""
    table = draft.other_tables.get("sessions")
    if table is None:
        return {}
    now = {role: table.with_role(role) for role in LABELS}
    now["session_patient"] = now["session_patient"] or table.with_role("patient_id")
    said = {role: column for role, column in draft.spec.roles.items() if role in LABELS}
    now |= {role: column or None for role, column in said.items()}
    with st.container(border=True):
        known = "; ".join(f"{in_sentence(LABELS[role])} {column}" for role, column in now.items() if column)
        st.markdown(f"**Treatment sessions**, one row per session or dose: {escaped(known)}.")
        with st.expander("Change", expanded=not (now["session_day"] or now["session_date"])):
            places = st.columns(3)
            for i, (role, label) in enumerate(LABELS.items()):
                chosen = _column(draft, label, now[role], f"{prefix}_{role}", place=places[i % 3])
                if chosen != now[role]:
                    said[role] = chosen or ""
    return said


def _column(draft: Cohort, label: str, now: str | None, key: str, *, place: DeltaGenerator) -> str | None:
    names = [column.name for column in draft.other_tables["sessions"].columns]
    choices = [NOT_RECORDED, *names]
    chosen = place.selectbox(label, choices, index=choices.index(now) if now in names else 0, key=f"{key}_column")
    return None if chosen in (None, NOT_RECORDED) else chosen
