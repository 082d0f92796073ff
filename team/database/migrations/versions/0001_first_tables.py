"""The first tables, and the triggers that let nobody change or remove a row of the audit trail."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID, _DIGEST, _ROLE, _TIME = sa.String(32), sa.String(64), sa.String(16), sa.DateTime(timezone=True)
_PERSON, _PROJECT, _COHORT = "people.id", "projects.id", "cohorts.id"

_REFUSALS_OF_POSTGRESQL = (
    """CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'rows of the audit trail are never changed or removed'; END $$""",
    """CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
       FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit()""",
    """CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()""",
)
_REFUSALS_OF_SQLITE = tuple(
    f"""CREATE TRIGGER audit_refuses_{act} BEFORE {act.upper()} ON audit
        BEGIN SELECT RAISE(ABORT, 'rows of the audit trail are never changed or removed'); END"""
    for act in ("update", "delete")
)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _projects()
    _cohorts()
    _analyses()
    _audit()


def _people() -> None:
    op.create_table(
        "people",
        _own_id(),
        _text("issuer", nullable=True),
        _text("subject", nullable=True),
        sa.Column("email", sa.Text, nullable=False, index=True),
        _text("name"),
        sa.Column("may_create", sa.Boolean, nullable=False),
        _time("since"),
        _time("left", nullable=True),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "person_groups",
        _other_id("person_id", _PERSON, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
    )
    op.create_table(
        "sign_ins",
        _own_id(),
        sa.Column("key", _DIGEST, nullable=False, unique=True),
        _other_id("person_id", _PERSON),
        _time("began"),
        _time("seen"),
        _time("ended", nullable=True),
    )
    op.create_table(
        "saved_keys",
        sa.Column("person_id", _ID, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("act"),
        _text("result"),
        sa.Column("at", _TIME, nullable=False, index=True),
    )


def _projects() -> None:
    op.create_table("projects", _own_id(), _text("name"), _time("since"), _time("deleted", nullable=True))
    op.create_table(
        "members",
        _other_id("project_id", _PROJECT, primary_key=True),
        sa.Column("person_id", _ID, sa.ForeignKey(_PERSON), primary_key=True, index=True),
        sa.Column("role", _ROLE, nullable=False),
        _time("since"),
    )
    op.create_table(
        "group_roles",
        _other_id("project_id", _PROJECT, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True, index=True),
        sa.Column("role", _ROLE, nullable=False),
        _time("since"),
    )
    op.create_table(
        "invitations",
        _own_id(),
        _other_id("project_id", _PROJECT),
        sa.Column("email", sa.Text, nullable=False, index=True),
        sa.Column("role", _ROLE, nullable=False),
        sa.Column("invited_by", _ID, sa.ForeignKey(_PERSON)),
        _time("until"),
        sa.UniqueConstraint("project_id", "email"),
    )


def _cohorts() -> None:
    op.create_table(
        "cohorts",
        _own_id(),
        sa.Column("project_id", _ID, sa.ForeignKey(_PROJECT), nullable=False, index=True),
        _text("name"),
        _number("versions"),
        _time("since"),
        _time("opened"),
        _time("deleted", nullable=True),
        sa.Column("deleted_by", _ID),
    )
    op.create_table(
        "cohort_versions",
        _own_id(),
        _other_id("cohort_id", _COHORT),
        _number("number"),
        _text("note"),
        sa.Column("data_digest", _DIGEST, nullable=False),
        _number("patients"),
        _other_id("person_id", _PERSON),
        _time("since"),
        sa.UniqueConstraint("cohort_id", "number"),
    )
    op.create_table(
        "cohort_files",
        _other_id("version_id", "cohort_versions.id", primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        _text("name"),
        sa.Column("digest", _DIGEST, nullable=False),
        _number("size"),
    )
    op.create_table("uploads", _own_id(), _other_id("person_id", _PERSON), _time("at"), _number("size"))
    op.create_index(op.f("ix_uploads_person_id_at"), "uploads", ["person_id", "at"])
    op.create_table(
        "receipts",
        _own_id(),
        sa.Column("project_id", _ID, sa.ForeignKey(_PROJECT), nullable=False, index=True),
        sa.Column("cohort_id", _ID, nullable=False, unique=True),
        _text("text"),
        sa.Column("digest", _DIGEST, nullable=False),
    )


def _analyses() -> None:
    op.create_table(
        "analyses",
        _own_id(),
        sa.Column("project_id", _ID, sa.ForeignKey(_PROJECT), nullable=False, index=True),
        sa.Column("cohort_id", _ID, sa.ForeignKey(_COHORT), nullable=False, index=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("pinned", sa.Boolean, nullable=False),
        _number("version"),
    )
    op.create_table(
        "analysis_versions",
        _other_id("analysis_id", "analyses.id", primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        _other_id("cohort_version_id", "cohort_versions.id"),
        *(_text(name) for name in ("name", "note", "spec", "view")),
        _other_id("person_id", _PERSON),
        _time("at"),
    )
    op.create_table(
        "comments",
        _own_id(),
        sa.Column("analysis_id", _ID, sa.ForeignKey("analyses.id"), nullable=False, index=True),
        _text("result"),
        _other_id("person_id", _PERSON),
        _time("at"),
        _text("text"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("project_id", _ID),
        sa.Column("project_sequence", sa.BigInteger),
        _text("at"),
        sa.Column("person_id", _ID, nullable=False),
        *(_text(name) for name in ("act", "subject", "details")),
        *(sa.Column(name, _DIGEST, nullable=False) for name in ("previous", "project_previous", "hash")),
        sa.UniqueConstraint("project_id", "project_sequence"),
    )
    op.create_table(
        "audit_chains",
        sa.Column("chain", _ID, primary_key=True),
        _number("sequence"),
        sa.Column("hash", _DIGEST, nullable=False),
    )
    for statement in _refusals():
        op.execute(sa.text(statement))


def _refusals() -> Iterator[str]:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    yield from _REFUSALS_OF_SQLITE if is_sqlite else _REFUSALS_OF_POSTGRESQL


def _own_id() -> sa.Column[str]:
    return sa.Column("id", _ID, primary_key=True)


def _other_id(name: str, target: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, _ID, sa.ForeignKey(target), primary_key=primary_key, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _TIME, nullable=nullable)
