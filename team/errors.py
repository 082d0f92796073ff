"""What the store refuses or cannot do, each with a sentence for the screen and what to do about it."""

from __future__ import annotations

from core.errors import CohortError


class TeamError(CohortError):
    """Base of everything the store raises on purpose."""


class SettingsError(TeamError):
    """Settings that cannot be used; ``faults`` holds one sentence each.

    Attributes
    ----------
    faults : tuple of str
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class NotAllowedError(TeamError):
    """The person's role in the project does not allow the act."""


class NotFoundError(TeamError):
    """There is no such thing, or none that this person may know of: both say the same."""

    @classmethod
    def of(cls, kind: str) -> NotFoundError:
        """Not there, or not this person's."""
        return cls(f"There is no such {kind} in your projects.", hint="Ask an owner of the project for access.")


class SignedOutError(TeamError):
    """The session has ended; the person signs in again."""


class QuotaError(TeamError):
    """More than a quota allows."""


class RefusedError(TeamError):
    """What was asked for makes no sense here: an empty name, the last owner leaving."""

    @classmethod
    def key_of_another_save(cls) -> RefusedError:
        """The key of a save was used for something else."""
        return cls("This page has saved something else meanwhile.", hint="Load the page again.")


class UnavailableError(TeamError):
    """The database or the folder of files does not answer, or takes nothing more. Nothing was saved."""


class SchemaError(TeamError):
    """The tables of the database belong to another version of the program."""


class DamagedError(TeamError):
    """A stored file is missing or is not what was stored."""
