"""The tables. Identifiers are random (32 hexadecimal digits), times are UTC, and no table holds a patient's values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A time with its zone, in databases that keep none too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """As the database keeps it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the program has it, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Id = String(32)
Digest = String(64)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment, str: Text, int: BigInteger}  # noqa: RUF012  # SQLAlchemy reads it so


class PersonRow(Base):
    """Who has signed in, or was named on the command line."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    may_create: Mapped[bool]
    since: Mapped[datetime]
    left: Mapped[datetime | None]


class PersonGroupRow(Base):
    """The groups that the sign-in provider named at the last sign-in."""

    __tablename__ = "person_groups"

    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class SignInRow(Base):
    """A session of a person; ``key`` is a digest of what the provider said."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Digest, unique=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    began: Mapped[datetime]
    seen: Mapped[datetime]
    ended: Mapped[datetime | None]


class ProjectRow(Base):
    """A project."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    since: Mapped[datetime]
    deleted: Mapped[datetime | None]
    protect_exports: Mapped[bool] = mapped_column(default=False)
    protect_below: Mapped[int | None]


class MemberRow(Base):
    """A person's own role in a project."""

    __tablename__ = "members"

    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]


class GroupRow(Base):
    """The role of everyone in a group of the sign-in provider."""

    __tablename__ = "group_roles"

    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]


class InvitationRow(Base):
    """A role that waits for the person with an e-mail address to sign in."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("project_id", "email"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"))
    email: Mapped[str] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(16))
    invited_by: Mapped[str | None] = mapped_column(Id, ForeignKey("people.id"))
    until: Mapped[datetime]


class CohortRow(Base):
    """A cohort; its files are in its versions. ``deleted``: from then on nobody sees it, and its files are removed."""

    __tablename__ = "cohorts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), index=True)
    name: Mapped[str]
    versions: Mapped[int]
    since: Mapped[datetime]
    opened: Mapped[datetime]
    deleted: Mapped[datetime | None]
    deleted_by: Mapped[str | None] = mapped_column(Id)


class VersionRow(Base):
    """One version of a cohort."""

    __tablename__ = "cohort_versions"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cohort_id: Mapped[str] = mapped_column(Id, ForeignKey("cohorts.id"))
    number: Mapped[int]
    note: Mapped[str]
    data_digest: Mapped[str] = mapped_column(Digest)
    patients: Mapped[int]
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    since: Mapped[datetime]


class FileRow(Base):
    """A file of a version: ``study`` as analysts see it, or ``original`` as it was uploaded."""

    __tablename__ = "cohort_files"

    version_id: Mapped[str] = mapped_column(Id, ForeignKey("cohort_versions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(Digest)
    size: Mapped[int]


class UploadRow(Base):
    """What counts against a person's quota."""

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    at: Mapped[datetime]
    size: Mapped[int]


class AnalysisRow(Base):
    """A saved analysis as it is now."""

    __tablename__ = "analyses"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), index=True)
    cohort_id: Mapped[str] = mapped_column(Id, ForeignKey("cohorts.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    pinned: Mapped[bool]
    version: Mapped[int]


class AnalysisVersionRow(Base):
    """What was saved, each time."""

    __tablename__ = "analysis_versions"

    analysis_id: Mapped[str] = mapped_column(Id, ForeignKey("analyses.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    cohort_version_id: Mapped[str] = mapped_column(Id, ForeignKey("cohort_versions.id"))
    name: Mapped[str]
    note: Mapped[str]
    spec: Mapped[str]
    view: Mapped[str]
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    at: Mapped[datetime]


class CommentRow(Base):
    """What a person said about a result."""

    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    analysis_id: Mapped[str] = mapped_column(Id, ForeignKey("analyses.id"), index=True)
    result: Mapped[str]
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str]


class ReceiptRow(Base):
    """Proof that a cohort was deleted."""

    __tablename__ = "receipts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    project_id: Mapped[str] = mapped_column(Id, ForeignKey("projects.id"), index=True)
    cohort_id: Mapped[str] = mapped_column(Id, unique=True)
    text: Mapped[str]
    digest: Mapped[str] = mapped_column(Digest)


class SavedKeyRow(Base):
    """What a save came to, by the key that its caller gave it: the same key again saves nothing again."""

    __tablename__ = "saved_keys"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[str]
    result: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """One act. Rows are added and never changed: triggers refuse it."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("project_id", "project_sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project_id: Mapped[str | None] = mapped_column(Id)
    project_sequence: Mapped[int | None]
    at: Mapped[str]
    person_id: Mapped[str] = mapped_column(Id)
    act: Mapped[str]
    subject: Mapped[str]
    details: Mapped[str]
    previous: Mapped[str] = mapped_column(Digest)
    project_previous: Mapped[str] = mapped_column(Digest)
    hash: Mapped[str] = mapped_column(Digest)


class ChainRow(Base):
    """The last link of a chain: of a project, or of everything (an empty name). Locked while a row is added."""

    __tablename__ = "audit_chains"

    chain: Mapped[str] = mapped_column(Id, primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(Digest)
