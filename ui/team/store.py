"""The store of this process, opened when first needed; without settings it is a folder of this computer's user."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from core.cohort.program_folder import system_folder

if TYPE_CHECKING:
    from team.settings import Settings
    from team.store import Store

DATABASE = "cohortscope.db"
_NOT_OURS = frozenset({"COHORTSCOPE_MEMORY"})


def _said() -> tuple[tuple[str, str], ...]:
    """What the environment says, sorted: the key of what was made from it."""
    ours = [name for name in os.environ if name.startswith("COHORTSCOPE_") and name not in _NOT_OURS]
    return tuple((name, os.environ[name]) for name in sorted(ours))


def is_team() -> bool:
    """Whether people sign in. Without any setting nothing is read: a start stays fast."""
    said = _said()
    return bool(said) and _settings(said).is_team


def settings() -> Settings:
    """The settings of this process."""
    return _settings(_said())


def store() -> Store:
    """The store, opened once.

    Raises
    ------
    TeamError
        If it does not answer.
    """
    return _store(_said())


def anything_saved_here() -> bool:
    """Whether this computer has a store: it is made by the first save, never by looking."""
    if not _said():  # nothing is set: nothing need be read, which would take time at the start
        return (system_folder() / DATABASE).exists()
    return settings().database_url.get_secret_value() != "" or (settings().data_folder / DATABASE).exists()


@lru_cache(maxsize=8)
def _settings(said: tuple[tuple[str, str], ...]) -> Settings:
    from team.settings import load_settings

    return load_settings()


@lru_cache(maxsize=8)
def _store(said: tuple[tuple[str, str], ...]) -> Store:
    from team.store import open_store

    return open_store(_settings(said))
