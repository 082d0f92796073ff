"""What the store refuses or cannot do, each with a sentence for the screen and what to do about it."""

from __future__ import annotations

from typing import Self

from core.errors import CohortError
from team.refusals import Refusal


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


class TurnedAwayError(TeamError):
    """Somebody asked for what is not theirs; it is written into the audit trail.

    Attributes
    ----------
    refusal : Refusal or None
        What is written; None until it is known who asked.
    asked : str
        What was asked for, in words of the program.
    """

    refusal: Refusal | None = None
    asked = "something"

    def by(self, person_id: str, asked: str, *, project_id: str | None = None) -> Self:
        """The same, with who asked for what."""
        self.refusal = Refusal(person_id=person_id, asked=asked, project_id=project_id)
        return self


class NotAllowedError(TurnedAwayError):
    """The person's role in the project does not allow the act."""


class NotFoundError(TurnedAwayError):
    """There is no such thing, or none that this person may know of: both say the same."""

    @classmethod
    def of(cls, kind: str) -> NotFoundError:
        """Not there, or not this person's."""
        made = cls(f"There is no such {kind} in your projects.", hint="Ask an owner of the project for access.")
        made.asked = f"{kind} by its identifier"
        return made


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

    @classmethod
    def of_text(cls) -> RefusedError:
        """A text with a character that no database keeps: a zero, or half of one."""
        return cls("The text holds a character that cannot be kept.", hint="Type it again instead of pasting it.")


class UnavailableError(TeamError):
    """The database or the folder of files does not answer, or takes nothing more. Nothing was saved."""


class SchemaError(TeamError):
    """The tables of the database belong to another version of the program."""


class DamagedError(TeamError):
    """A stored file is missing or is not what was stored."""
