"""A fault of the database as a sentence for people, without its address or any value."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from team.errors import UnavailableError

_AGAIN = "Try again in a moment; nothing was saved."


def unavailable(error: SQLAlchemyError) -> UnavailableError:
    """What to tell: the disk is full, the database is closed, busy, slow or away."""
    said = str(getattr(error, "orig", error)).casefold()
    if "full" in said or "no space" in said:
        return UnavailableError("The disk of the database is full.", hint="Nothing was saved. Tell who runs this host.")
    if "readonly" in said or "read-only" in said:
        return UnavailableError(
            "The database may not be written to.", hint="Nothing was saved. Tell who runs this host."
        )
    if "locked" in said or "lock timeout" in said:
        return UnavailableError("The database is busy with another save.", hint=_AGAIN)
    if "statement timeout" in said:
        return UnavailableError("The database took too long.", hint=_AGAIN)
    return UnavailableError("The database does not answer.", hint=_AGAIN)
