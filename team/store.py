"""What a process holds to work with the store: settings, engine, files and clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database import reading, schema, units
from team.database.engine import make_engine
from team.errors import TurnedAwayError, UnavailableError
from team.files import FileStore
from team.refusals import Bounds, Refusal
from team.settings import Settings, load_settings

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The store of a host, or of this computer. Threads may share it; one per process is enough.

    Attributes
    ----------
    settings : Settings
    engine : Engine
    files : FileStore
    clock : callable
        The time now, with its zone. The order of acts never depends on it.
    """

    settings: Settings
    engine: Engine
    files: FileStore
    clock: Callable[[], datetime] = _now
    refusals: Bounds = field(default_factory=Bounds)

    def read(self, work: Callable[[Session], T], actor: Actor | None = None) -> T:
        """What a session that only reads comes to; see ``units.read``; ``actor`` asks for something by its name."""
        with self._turned_away(actor):
            return units.read(self.engine, work)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is read inside is read in one transaction, see ``reading.together``: for the beginning of a redraw."""
        with reading.together(self.engine):
            yield

    def write(self, actor: Actor, work: Callable[[units.Unit], str], *, act: str, key: str | None = None) -> str:
        """Do a unit of work once; see ``units.write``."""
        with self._turned_away(actor):
            return units.write(self.engine, work, person=actor.person_id, act=act, now=self.clock(), key=key)

    @contextmanager
    def _turned_away(self, actor: Actor | None) -> Iterator[None]:
        """Write down who was refused what; the refusal stands whether or not that can be written."""
        try:
            yield
        except TurnedAwayError as error:
            refusal = error.refusal
            if refusal is None and actor is not None:
                refusal = Refusal(person_id=actor.person_id, asked=error.asked)
            if refusal is not None:
                self._note(refusal)
            raise

    def _note(self, refusal: Refusal) -> None:
        left_out = self.refusals.counted(refusal.person_id)
        if left_out is None:
            return
        entry = Entry(
            person_id=refusal.person_id, done=Done.REFUSED, project_id=refusal.project_id,
            subject=refusal.project_id or "",
            details={"asked": refusal.asked} | ({"not written before": left_out} if left_out else {}),
        )  # fmt: skip

        def keep(unit: units.Unit) -> str:
            unit.record(entry)
            return ""

        with suppress(UnavailableError):
            units.write(self.engine, keep, person=refusal.person_id, act="be refused", now=self.clock())

    def check_ready(self) -> None:
        """Whether the database answers with the right tables and files can be kept: for a readiness endpoint.

        Raises
        ------
        UnavailableError, SchemaError
        """
        with units.reading(self.engine) as session:
            session.execute(text("SELECT 1"))
        schema.check(self.engine)
        self.files.check()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(settings: Settings | None = None, *, clock: Callable[[], datetime] = _now) -> Store:
    """The store of the settings (of the environment without any).

    On this computer the tables are made or brought up to date; a host does that with ``python -m team migrate``.

    Raises
    ------
    SettingsError, SchemaError, UnavailableError
    """
    settings = settings or load_settings()
    if not settings.database_url.get_secret_value():
        try:
            settings.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UnavailableError(
                f"The data folder cannot be made ({error.strerror}).", hint="Set COHORTSCOPE_DATA_FOLDER."
            ) from None
    engine = make_engine(settings)
    if settings.is_team:
        schema.check(engine)
    else:
        schema.migrate(engine)
    return Store(settings=settings, engine=engine, files=FileStore(settings.files), clock=clock)
