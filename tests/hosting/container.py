"""What `deploy/Dockerfile` and `deploy/compose.yaml` make, without a container engine.

The same files, user, environment, secrets and places that may be written, in a root of its own. Packages are those of
the tests.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.hosting.servers import ROOT, Server, free_port, running

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
FINAL = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
APP = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["app1"]
SYSTEM = ("usr", "bin", "sbin", "lib", "lib64", "etc", "proc", "dev")


def can_be_made() -> bool:
    """Whether this computer lets us have a root of our own."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return (
        subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0
    )


def environment() -> dict[str, str]:
    """The environment of a process: the image's, the file's, the service's; nothing else."""
    found: dict[str, str] = {}
    for block in re.findall(r"^ENV ((?:.*\\\n)*.*)$", FINAL, re.M):
        found |= dict(part.split("=", 1) for part in block.replace("\\\n", " ").split())
    lines = (ROOT / "deploy" / APP["env_file"]).read_text().splitlines()
    found |= dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))
    return found | {name: str(value) for name, value in APP["environment"].items()}


def health_check() -> list[str]:
    """The command that tells whether a process is healthy."""
    (command,) = re.findall(r"^HEALTHCHECK.*\\\n\s+CMD (\[.+\])$", FINAL, re.M)
    return list(json.loads(command))


def command() -> list[str]:
    """What the container runs."""
    (found,) = re.findall(r"^CMD (\[.+\])$", FINAL, re.M)
    return list(json.loads(found))


def made(root: Path, *, secrets: Mapping[str, str]) -> Path:
    """The files of the image below a folder, as its lines copy them, and the secrets that the service is given."""
    root.mkdir(mode=0o755)
    for sources, target in re.findall(r"^COPY (?!--from)(.+) (\S+)$", FINAL, re.M):
        for source in sources.split():
            here, there = ROOT / source, root / target.strip("/")
            if here.is_dir():
                shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "secrets.toml"))
            else:
                there.mkdir(parents=True, exist_ok=True)
                shutil.copy(here, there / here.name)
    for name in (*SYSTEM, "tmp", "data", "run/secrets"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in APP["secrets"]:
        (root / "run/secrets" / name).write_text(secrets[name])
        (root / "run/secrets" / name).chmod(0o444)
    return root


def inside(root: Path, data: Path, *, beside: tuple[Path, ...], env: Mapping[str, str]) -> list[str]:
    """The beginning of a command line that runs what follows as the service does."""
    (user,) = re.findall(r"^USER (\d+):\d+$", FINAL, re.M)
    os.chown(data, int(user), int(user))
    packages = (Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve(), *beside)
    binds = [f"mount --rbind /{name} {root}/{name}" for name in SYSTEM if Path("/", name).exists()]
    for path in packages:
        (root / path.relative_to("/")).mkdir(parents=True, exist_ok=True)
    (tmpfs,) = APP["tmpfs"]
    place, options = tmpfs.split(":", 1)
    # After the tmpfs, which would hide packages that stand below /tmp.
    of_tests = [f"mkdir -p {root}{path}; mount --rbind {path} {root}{path}" for path in packages]
    script = "\n".join(
        [
            "set -e",
            f"mount --rbind {root} {root}",
            *binds,
            f"mount --bind {data} {root}/data",
            f"mount -t tmpfs -o noexec,nosuid,nodev,{options} none {root}{place}",  # as an engine mounts it
            *of_tests,
            f"mount -o remount,bind,ro {root}" if APP["read_only"] else "",
            f"cd {root}",
            'exec chroot . "$@"',
        ]
    )
    assert APP["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in APP["security_opt"]
    rights = [
        "setpriv",
        f"--reuid={user}",
        f"--regid={user}",
        "--clear-groups",
        "--bounding-set=-all",
        "--no-new-privs",
    ]
    path = f"{Path(sys.prefix).resolve()}/bin:/usr/bin:/bin"
    own = [f"{name}={value}" for name, value in {**environment(), **env, "PATH": path}.items()]
    at = ["env", "-i", *own, "sh", "-c", 'cd /app && exec "$@"', "sh"]
    return ["unshare", "-m", "sh", "-c", script, "sh", *rights, *at]


@contextmanager
def container(folder: Path, root: Path, *, beside: tuple[Path, ...], **env: str) -> Iterator[tuple[Server, list[str]]]:
    """A running process, and the beginning of a command line beside it."""
    port = free_port()
    data = folder / "data"
    data.mkdir(exist_ok=True)
    more = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", **env}
    prefix = inside(root, data, beside=beside, env=more)
    with running([*prefix, *command()], folder / "container.log", port=port, probe="/healthz", body=b"ok") as server:
        yield server, prefix
