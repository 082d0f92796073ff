"""`python -m tests.security.dependency_audit`: known faults of the pinned packages, as the advisory service lists them.

pip-audit also says "no known vulnerabilities" where it could ask about nothing, such as behind a mirror of the package
registry without advisories. Here that is an outcome of its own, so that silence is not taken for health.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKS = ("requirements.txt", "requirements-dev.txt")
ROOT = Path(__file__).parents[2]
SOUND, FAULTS, NOT_REACHED = 0, 1, 3


def verdict(reports: list[dict]) -> tuple[int, str]:
    """Outcome and what to print, from pip-audit's reports."""
    every = {(one["name"], one.get("version")): one for report in reports for one in report["dependencies"]}
    asked = [one for one in every.values() if "skip_reason" not in one]
    found = [
        f"{one['name']} {one['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or 'none yet'}"
        for one in asked
        for fault in one["vulns"]
    ]
    if found:
        return FAULTS, "\n".join(found)
    if len(asked) < len(every) / 2:
        said = f"The advisory service answered for {len(asked)} of {len(every)} packages: this audit says nothing."
        return NOT_REACHED, said
    return SOUND, f"No known fault in {len(asked)} packages; {len(every) - len(asked)} could not be asked about."


def report(lock: str) -> dict:
    """pip-audit's report on a lock."""
    program = str(Path(sys.executable).with_name("pip-audit"))
    command = [program, "-r", lock, "--no-deps", "--disable-pip", "-f", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"dependencies": [{"name": lock, "skip_reason": done.stderr[-300:]}]}


def main(arguments: list[str]) -> int:
    """Audit both locks; with --when-reachable, not reaching the service is said and no failure."""
    outcome, said = verdict([report(lock) for lock in LOCKS])
    print(said)
    return SOUND if outcome == NOT_REACHED and "--when-reachable" in arguments else outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
