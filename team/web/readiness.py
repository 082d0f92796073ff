"""What a process of a hosted dashboard needs to do its work: its database with the right tables, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from team.web.health import Checks

if TYPE_CHECKING:
    from team.settings import Settings


def checks(settings: Settings) -> Checks:
    """The parts by name."""
    return {}
