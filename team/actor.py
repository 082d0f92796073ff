"""Who acts: a person, in a session. What the person may do is read from the database each time, never from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who is signed in, or the one of this computer.

    Attributes
    ----------
    person_id : str
    session_id : str
        Empty in local mode and on the command line.
    """

    person_id: str
    session_id: str = ""
