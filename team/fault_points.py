"""One hook between the steps of every write, where a test may stop, kill or delay the program. Empty otherwise."""

from __future__ import annotations

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def at(step: str) -> None:
    """Tell the hook, if there is one, that a step is done.

    Parameters
    ----------
    step : str
        What was just done: ``"file written"``, ``"rows written"``, ``"committed"``.
    """
    if _hook is not None:
        _hook(step)


def listen(hook: Callable[[str], None] | None) -> None:
    """Set or clear the hook."""
    global _hook
    _hook = hook
