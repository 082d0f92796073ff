"""Which texts every database can keep: none with a zero in it, which PostgreSQL refuses, or half a character."""

from __future__ import annotations

from team.errors import RefusedError


def is_keepable(text: str) -> bool:
    """Whether a text can be kept as it is."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def keepable(text: str) -> str:
    """The same text.

    Raises
    ------
    RefusedError
        If it cannot be kept.
    """
    if not is_keepable(text):
        raise RefusedError.of_text()
    return text
