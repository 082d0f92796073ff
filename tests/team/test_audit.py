"""The audit trail: nothing is changed unseen, nobody can change it, and nobody's data are in it."""

import csv
import io
import json
import re
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from team import activity, audit, cohorts, comments, drafts, projects
from team.audit_chain import COLUMNS, Done, Entry, digest_of
from team.database import schema
from team.database.engine import WRITES
from team.database.tables import AuditRow
from tests.team.team import Team, a_draft


@pytest.fixture
def busy(team):
    """A project in which something was done, and another."""
    version = team.upload()
    saved = team.save(version.id)
    comments.add(team.store, team.viewer, analysis_id=saved.id, text="Anna Berg's curve?")
    cohorts.open_version(team.store, team.viewer, version_id=version.id, to="results")
    cohorts.open_originals(team.store, team.owner, version_id=version.id)
    cohorts.record_export(team.store, team.viewer, version_id=version.id, kind="word", content=b"x", holds="results")
    projects.create(team.store, team.owner, name="Other")
    return team


def tamper(team, *statements):
    """Change the trail as somebody would who owns the database: triggers off, change, triggers on again."""
    with team.store.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            told = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in told:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        for statement, values in statements:
            connection.execute(text(statement), values)
        if is_sqlite:
            for _, sql in told:
                connection.exec_driver_sql(sql)
        else:
            connection.execute(text("ALTER TABLE audit ENABLE TRIGGER ALL"))


class TestWhole:
    def test_everything_that_was_done_is_in_it_in_order(self, busy):
        lines = audit.lines(busy.store, busy.owner, project_id=busy.project)
        assert [(line.who, line.done) for line in reversed(lines)] == [
            ("olga", "created the project"), ("olga", "invited"), ("ann", "joined"), ("olga", "invited"),
            ("vic", "joined"), ("olga", "uploaded"), ("olga", "saved an analysis"), ("vic", "commented"),
            ("vic", "opened results"), ("olga", "opened identifiers"), ("vic", "exported"),
        ]  # fmt: skip
        assert [line.sequence for line in reversed(lines)] == list(range(1, 12))
        assert {line.done: line.what for line in lines}["saved an analysis"] == "Overall survival"

    def test_pages(self, busy):
        first = audit.lines(busy.store, busy.owner, project_id=busy.project, limit=4)
        second = audit.lines(busy.store, busy.owner, project_id=busy.project, before=first[-1].sequence, limit=4)
        assert [line.sequence for line in first + second] == list(range(11, 3, -1))

    def test_the_chain_is_whole_overall_and_in_each_project(self, busy):
        assert audit.verify(busy.store) is None
        assert audit.verify(busy.store, project_id=busy.project) is None

    def test_a_clock_that_jumps_back_changes_no_order(self, busy):
        busy.clock.move(days=-300)
        saved = busy.save(busy.upload().id)
        busy.clock.move(days=1)
        drafts.save(busy.store, busy.owner, a_draft(saved.cohort_version_id), analysis_id=saved.id, read_version=1)
        lines = audit.lines(busy.store, busy.owner, project_id=busy.project, limit=3)
        assert [line.done for line in reversed(lines)] == ["uploaded", "saved an analysis", "saved an analysis"]
        assert audit.verify(busy.store) is None

    def test_a_unit_that_fails_leaves_no_row(self, busy):
        before = audit.head(busy.store)
        with pytest.raises(ZeroDivisionError):
            busy.store.write(busy.owner, lambda unit: str(unit.record(entry()) or 1 / 0), act="x")
        assert audit.head(busy.store) == before


def entry(**details):
    return Entry(person_id="0" * 32, done=Done.EXPORTED, details=details)


class TestTampering:
    def test_a_change_of_any_field_is_found_where_it_is(self, busy):
        row = busy.store.read(lambda session: session.get(AuditRow, 8))
        for column in COLUMNS:
            if column not in ("sequence", "project_sequence"):  # those are rows that are missing or moved
                said = getattr(row, column)
                new = "e" * 32 if column == "project_id" else said[:-1] + ("1" if said[-1] == "0" else "0")
                for value in (new, said):
                    tamper(busy, (f"UPDATE audit SET {column} = :new WHERE sequence = 8", {"new": value}))
                    fault = audit.verify(busy.store)
                    assert (None if fault is None else fault.sequence) == (None if value == said else 8), column

    def test_a_row_that_was_taken_out(self, busy):
        tamper(busy, ("DELETE FROM audit WHERE sequence = 8", {}))
        fault = audit.verify(busy.store)
        assert (fault.sequence, fault.reason) == (8, "the row is missing")
        assert audit.verify(busy.store, project_id=busy.project) is not None

    def test_rows_that_were_swapped(self, busy):
        tamper(
            busy,
            ("UPDATE audit SET sequence = 1008 WHERE sequence = 8", {}),
            ("UPDATE audit SET sequence = 8 WHERE sequence = 9", {}),
            ("UPDATE audit SET sequence = 9 WHERE sequence = 1008", {}),
        )
        assert audit.verify(busy.store).sequence == 8

    def test_the_end_that_was_cut_off(self, busy):
        last, _ = audit.head(busy.store)
        tamper(busy, ("DELETE FROM audit WHERE sequence = :last", {"last": last}))
        assert audit.verify(busy.store).reason == "rows at the end are missing"

    def test_a_chain_that_was_written_anew_misses_the_digest_written_down(self, busy):
        _, head = audit.head(busy.store)
        rows = busy.store.read(lambda session: session.query(AuditRow).order_by(AuditRow.sequence).all())
        rows[-1].act = "signed in"
        forged = digest_of(rows[-1])
        tamper(
            busy,
            ("UPDATE audit SET act = 'signed in', hash = :new WHERE sequence = :last",
             {"new": forged, "last": rows[-1].sequence}),
            ("UPDATE audit_chains SET hash = :new WHERE hash = :old", {"new": forged, "old": head}),
        )  # fmt: skip
        assert audit.verify(busy.store) is None
        assert audit.verify(busy.store, head=head).reason == "it does not hold the digest written down"

    @pytest.mark.parametrize(
        "statement", ["UPDATE audit SET act = 'x' WHERE sequence = 1", "DELETE FROM audit", "TRUNCATE audit"]
    )
    def test_the_database_refuses(self, busy, statement):
        if statement.startswith("TRUNCATE") and busy.store.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has no such statement")
        with (
            busy.store.engine.connect().execution_options(**{WRITES: True}) as connection,
            pytest.raises(DBAPIError, match="never changed or removed"),
        ):
            connection.execute(text(statement))
        assert audit.verify(busy.store) is None


def test_the_role_of_the_documentation_works_and_may_not_change_the_trail(
    postgresql, whole_on_postgresql, tmp_path, clock
):
    address = postgresql.new_database(like=whole_on_postgresql)
    page = (Path(__file__).resolve().parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
    (statements,) = re.findall(r"```sql\n(CREATE ROLE dashboard.*?)```", page, re.DOTALL)
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(statements)
    team = Team.open(address.replace("//tests@", "//dashboard@"), tmp_path / "files", clock=clock)
    team.save(team.upload().id)
    schema.check(team.store.engine)
    for statement in ("UPDATE audit SET act = 'x'", "DELETE FROM audit", "ALTER TABLE audit DISABLE TRIGGER ALL"):
        with (
            team.store.engine.connect() as connection,
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        ):
            connection.execute(text(statement))
    assert audit.verify(team.store) is None
    team.store.close()


TEXTS = st.text(max_size=12)
ROWS = st.fixed_dictionaries(
    {name: st.integers(0, 2**40) if name.endswith("sequence") else TEXTS for name in COLUMNS if name != "hash"}
)


class TestDigest:
    @given(ROWS, st.data())
    @settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
    def test_any_change_of_any_field_changes_it(self, values, data):
        name = data.draw(st.sampled_from(sorted(values)))
        other = data.draw(ROWS.map(lambda row: row[name]).filter(lambda value: value != values[name]))
        assert digest_of(AuditRow(**values)) != digest_of(AuditRow(**(values | {name: other})))

    @given(ROWS)
    def test_it_depends_on_nothing_else(self, values):
        assert digest_of(AuditRow(**values)) == digest_of(AuditRow(**dict(reversed(values.items())), hash="x"))

    def test_text_cannot_be_moved_from_one_field_to_the_next(self):
        values = dict.fromkeys((name for name in COLUMNS if name != "hash"), "")
        one, other = values | {"act": "ab", "subject": "c"}, values | {"act": "a", "subject": "bc"}
        assert digest_of(AuditRow(**one)) != digest_of(AuditRow(**other))


class TestNoData:
    @pytest.mark.parametrize("value", ["Anna Berg", "patients.csv", "P1; death", "2024-05-01", "", "ä", 1.5, None])
    def test_free_text_is_refused(self, value):
        with pytest.raises(ValueError, match="takes no free text"):
            entry(thing=value)

    @pytest.mark.parametrize("value", ["a" * 32, "f" * 64, 12, "-3", "excel", "rows"])
    def test_identifiers_digests_numbers_and_words_are_taken(self, value):
        entry(thing=value)

    def test_names_of_patients_files_and_cohorts_are_not_in_it(self, busy):
        with busy.store.engine.connect() as connection:
            rows = connection.execute(text("SELECT * FROM audit")).all()
        for word in ("Anna", "Berg", "patients.csv", "First cohort", "Overall survival", "HCC study", "olga", "@"):
            assert word not in str(rows)


class TestExport:
    def test_lines_of_json_can_be_checked_by_anyone(self, busy):
        exported = audit.export(busy.store, busy.owner, project_id=busy.project, form="jsonl").decode()
        records = [json.loads(line) for line in exported.splitlines()]
        previous = "0" * 64
        for number, record in enumerate(records, start=1):
            assert record["project_sequence"] == number
            assert record["project_previous"] == previous
            assert digest_of(AuditRow(**{name: record[name] for name in COLUMNS})) == record["hash"]
            previous = record["hash"]
        assert records[-1]["act"] == "exported the audit trail"
        assert records[0]["email"] == "olga@clinic.example"

    def test_a_table_has_the_same_rows_and_no_formula(self, busy):
        busy.clock.move(minutes=1)
        evil = busy.sign_in("evil@clinic.example", name="=HYPERLINK(1)")
        from team import members
        from team.permits import Role

        members.invite(busy.store, busy.owner, project_id=busy.project, email="evil@clinic.example", role=Role.OWNER)
        exported = audit.export(busy.store, evil, project_id=busy.project, form="csv")
        rows = list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"))))
        assert rows[-1]["who"] == "'=HYPERLINK(1)"
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


class TestActivity:
    def test_members_see_what_was_made_not_who_looked(self, busy):
        told = activity.recent(busy.store, busy.viewer, project_id=busy.project)
        assert [(one.who, one.done) for one in told][:3] == [
            ("vic", Done.COMMENTED), ("olga", Done.ANALYSIS_SAVED), ("olga", Done.UPLOADED),
        ]  # fmt: skip
        assert not {Done.IDENTIFIERS_OPENED, Done.RESULTS_OPENED, Done.EXPORTED} & {one.done for one in told}
