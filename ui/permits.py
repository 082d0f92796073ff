"""What the person at the screen may do: the one place that pages and downloads ask.

On this computer everything is allowed. In a team the role is that of the project looked at, read at the start of each
run; the store asks again for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from team.permits import Act, Holds, allows, needed
from ui.screen import st
from ui.team import store, visit

Data: TypeAlias = bytes | str | Callable[[], bytes] | Callable[[], str]


def may(act: Act) -> bool:
    """Whether the person may do it."""
    now = visit.here()
    return not store.is_team() if now is None else allows(now.role, act)


def refusal(act: Act) -> str:
    """Why the person may not do it."""
    return f"To {act} takes the role {needed(act)} in this project. An owner of the project can give it to you."


def require(act: Act) -> None:
    """Stop the page with a sentence where the person may not do it; that it was asked for is recorded."""
    if not may(act):
        _record_refusal(act)
        st.info(refusal(act))
        st.stop()


def _record_refusal(act: Act) -> None:
    """The store refuses too, and writes it down."""
    from team.access import ask
    from team.errors import TeamError

    now = visit.here()
    if now is not None and now.project is not None:
        with suppress(TeamError):
            ask(store.store(), now.actor, act, project_id=now.project.id)


def export_refusal(holds: Holds) -> str | None:
    """Why the project lets nothing of that kind out; None where it does, on this computer, and for a sample."""
    now = visit.here()
    if now is None or now.project is None or _is_sample():
        return None
    from team import disclosure

    refused = disclosure.refusal(now.project, holds)
    return None if refused is None else f"{refused.message} {refused.hint}"


def says_refusal(holds: Holds) -> bool:
    """Whether files of that kind are refused; the reason then stands where they would."""
    refused = export_refusal(holds)
    if refused is not None:
        st.info(refused)
    return refused is not None


def handed_over(data: Data, *, kind: str, holds: Holds = "results") -> Data:
    """The data of a download; in a team who takes it is checked and recorded before it is handed over."""
    now = visit.here()
    if now is None:
        return data
    require(Act.EXPORT_ROWS if holds == "rows" else Act.EXPORT_RESULTS)
    if says_refusal(holds):
        st.stop()
    of = _version_on_screen(now)
    if of is None:  # a sample, or an upload that was not saved
        return data
    actor, opened = now.actor, store.store()

    def recorded() -> bytes:
        from team import cohorts

        made = data() if callable(data) else data
        content = made.encode() if isinstance(made, str) else made
        cohorts.record_export(opened, actor, version_id=of, kind=kind, content=content, holds=holds)
        return content

    return recorded


def _is_sample() -> bool:
    from ui import cohorts, state

    return state.is_begun() and state.current().cohort in cohorts.SAMPLES


def _version_on_screen(now: visit.Visit) -> str | None:
    """The saved version that a file is of, also where its uploaded files were opened with names."""
    from ui import cohorts, state
    from ui.selection import UPLOAD
    from ui.team import shelf

    if "exported_version" in now.memo:  # the page Summary, which chooses its own cohort
        return str(now.memo["exported_version"])
    if not state.is_begun():
        return None
    name = state.current().cohort
    return cohorts.identified() if name == UPLOAD else shelf.version_of(name)
