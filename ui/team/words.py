"""Roles and moments in words."""

from __future__ import annotations

from datetime import UTC, datetime

from team.permits import Role

ROLES = {
    Role.VIEWER: "Viewer: results without small numbers",
    Role.ANALYST: "Analyst: patients' rows without names",
    Role.OWNER: "Owner: members, deletion, names",
}


def day(at: datetime) -> str:
    """A day: ``2026-11-21``, of UTC."""
    return moment(at)[:10]


def moment(at: datetime) -> str:
    """A time to the minute: ``2026-11-21 20:45 UTC``."""
    whole = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return f"{whole.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
