"""``python -m team``: what those who run a host do from the command line."""

from __future__ import annotations

import sys

from team.database import schema
from team.database.engine import make_engine
from team.errors import TeamError
from team.settings import load_settings, settings_table


def main(arguments: list[str]) -> int:
    """Run one command; 0 where it was done."""
    try:
        if arguments == ["settings"]:
            print(settings_table())
        elif arguments == ["migrate"]:
            schema.migrate(make_engine(load_settings()))
        else:
            print("Commands: settings, migrate")
            return 2
    except TeamError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
