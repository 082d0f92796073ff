"""What members did last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ui import tables
from ui.screen import st
from ui.team import attempt, store, visit
from ui.team.words import moment

if TYPE_CHECKING:
    from team.activity import Activity


def show() -> None:
    """The page: the last acts of the project, without who looked at what."""
    from team import activity

    now = visit.required()
    assert now.project is not None
    with attempt.plainly():
        found = activity.recent(store.store(), now.actor, project_id=now.project.id)
        rows = [(moment(one.at), one.who, _told(one)) for one in found]
        frame = pd.DataFrame(rows, columns=["When", "Who", "What"])
        st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt="What members did last")


def _told(one: Activity) -> str:
    """What was done; who joined is the one who did it and is not named twice."""
    return str(one.done) if one.what in ("", one.who) else f"{one.done} {one.what}"
