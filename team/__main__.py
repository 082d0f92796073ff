"""``python -m team``: what those who run a host do from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from team.errors import TeamError
from team.permits import Role


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 where it was done."""
    said = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = said.command
    try:
        return command(said)
    except TeamError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m team", description="The store of the dashboard for a team.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Callable[[argparse.Namespace], int], told: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=told, description=told)
        made.set_defaults(command=command)
        return made

    add("settings", _settings, "Print the table of settings.")
    add("migrate", _migrate, "Make the tables, or bring them up to date.")
    add("sweep", _sweep, "Finish deletions, delete cohorts past the retention period, remove orphaned files.")
    add("backup", _backup, "Write the whole store to a new file.").add_argument("file", type=Path)
    add("restore", _restore, "Fill an empty store from a backup.").add_argument("file", type=Path)
    verify = add("verify", _verify, "Check the audit trail link by link, and every file against its digest.")
    verify.add_argument("--head", help="a digest that an earlier check printed; it must still be in the trail")
    add("people", _people, "List people, their projects and roles.")
    grant = add("grant", _grant, "Let a person create projects, or give a person a role in a project.")
    grant.add_argument("email")
    grant.add_argument("--project", help="identifier of the project; without it: may create projects")
    grant.add_argument("--role", choices=[role.value for role in Role], default=Role.OWNER.value)
    add("close", _close, "Close a person's account; the person's sessions end at once.").add_argument("email")
    return parser


def _settings(said: argparse.Namespace) -> int:
    from team.settings import settings_table

    print(settings_table())
    return 0


def _migrate(said: argparse.Namespace) -> int:
    from team.database import schema
    from team.database.engine import make_engine
    from team.settings import load_settings

    schema.migrate(make_engine(load_settings()))
    print(f"The tables are of version {schema.VERSIONS[-1]}.")
    return 0


def _sweep(said: argparse.Namespace) -> int:
    from team.store import open_store
    from team.sweep import sweep

    done = sweep(open_store())
    print(f"{done.finished} deletions finished, {done.expired} cohorts expired, {done.orphans} orphaned files removed.")
    return 0


def _backup(said: argparse.Namespace) -> int:
    from team.backup import back_up
    from team.store import open_store

    done = back_up(open_store(), said.file)
    print(f"{done.rows} rows and {done.files} files. The audit trail has {done.audit_rows} rows to {done.audit_head}.")
    return 0


def _restore(said: argparse.Namespace) -> int:
    from team.backup import restore
    from team.store import open_store

    done = restore(open_store(), said.file)
    print(f"{done.rows} rows and {done.files} files. The audit trail is whole to {done.audit_head}.")
    return 0


def _verify(said: argparse.Namespace) -> int:
    from team.store import open_store
    from team.verify import verify

    found = verify(open_store(), head=said.head)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    print(f"Audit trail: {found.rows} rows to {found.head}. Files: {found.files}. Faults: {len(found.faults)}.")
    return 1 if found.faults else 0


def _people(said: argparse.Namespace) -> int:
    from team.people import everyone
    from team.store import open_store

    for person in everyone(open_store()):
        rights = "may create projects" if person.may_create else ""
        closed = "closed" if person.left else ""
        print("\t".join(word for word in (person.email, person.name, rights, closed) if word))
        for project_id, name, role in person.roles:
            print(f"\t{role}\t{project_id}\t{name}")
    return 0


def _grant(said: argparse.Namespace) -> int:
    from team.people import grant
    from team.store import open_store

    grant(open_store(), email=said.email, project_id=said.project, role=Role(said.role))
    print("Done; it works from the person's next click.")
    return 0


def _close(said: argparse.Namespace) -> int:
    from team.people import close
    from team.store import open_store

    print(f"Accounts closed: {close(open_store(), email=said.email)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
