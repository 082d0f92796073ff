"""What the person at the screen may do: the one place that pages and downloads ask.

On this computer everything is allowed. In a team the role is that of the project looked at, read at the start of each
run; the store asks again for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from team.permits import Act, allows, needed
from ui.screen import st
from ui.team import store, visit

Data: TypeAlias = bytes | str | Callable[[], bytes] | Callable[[], str]


def may(act: Act) -> bool:
    """Whether the person may do it."""
    if not store.is_team():
        return True
    now = visit.here()
    return now is not None and allows(now.role, act)


def refusal(act: Act) -> str:
    """Why the person may not do it."""
    return f"To {act} takes the role {needed(act)} in this project. An owner of the project can give it to you."


def require(act: Act) -> None:
    """Stop the page with a sentence where the person may not do it."""
    if not may(act):
        st.info(refusal(act))
        st.stop()


def handed_over(data: Data, *, kind: str, rows: bool = False) -> Data:
    """The data of a download; in a team who takes it is checked and recorded before it is handed over."""
    now = visit.here()
    if now is None:
        return data
    require(Act.EXPORT_ROWS if rows else Act.EXPORT_RESULTS)
    from ui import state
    from ui.team import shelf

    version = shelf.version_of(state.current().cohort) if state.is_begun() else None
    of = version or now.memo.get("exported_version")
    if of is None:  # a sample, or an upload that was not saved
        return data
    actor, opened = now.actor, store.store()

    def recorded() -> bytes:
        from team import cohorts

        made = data() if callable(data) else data
        content = made.encode() if isinstance(made, str) else made
        cohorts.record_export(opened, actor, version_id=of, kind=kind, content=content, rows=rows)
        return content

    return recorded
