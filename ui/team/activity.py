"""What members did last."""

from __future__ import annotations

import pandas as pd

from ui import tables
from ui.screen import st
from ui.team import attempt, store, visit
from ui.team.words import moment


def show() -> None:
    """The page: the last acts of the project, without who looked at what."""
    from team import activity

    now = visit.required()
    assert now.project is not None
    with attempt.plainly():
        found = activity.recent(store.store(), now.actor, project_id=now.project.id)
        rows = [(moment(one.at), one.who, f"{one.done} {one.what}".strip()) for one in found]
        frame = pd.DataFrame(rows, columns=["When", "Who", "What"])
        st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt="What members did last")
