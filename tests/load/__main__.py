"""`python -m tests.load --people 50 --minutes 10`: many people at a dashboard, and how long they wait.

Starts the dashboard itself: for one person (`--processes`), or a whole host with members who sign in (`--team`). Or
uses one that runs (`--address`, several possible).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from team.web.metrics import resident_bytes
from tests.hosting.servers import Server, dashboard
from tests.load import alone
from tests.load.alone import processor
from tests.load.people import Opens, Record, person
from tests.load.report import Memory, table
from tests.load.team import host_with_members, member
from tests.load.window import Window


async def work(opens: Opens, processes: list[int], options: argparse.Namespace) -> tuple[Record, Memory]:
    """Everybody works at once; the first fifth of the time warms up and is not counted."""
    record, warming = Record(), Record()
    memory = Memory(start=_resident(processes), warm=0, end=0)
    began = time.monotonic()
    warm, until = began + options.minutes * 12, began + options.minutes * 72
    people = [
        asyncio.create_task(_both(opens, one, (warm, until), options.think, warming, record))
        for one in range(options.people)
    ]
    await asyncio.sleep(max(0, warm - time.monotonic()))
    busy = processor(processes)
    memory.warm = await _usual(processes)
    await asyncio.gather(*people)
    memory.processor = processor(processes) - busy
    memory.end = await _usual(processes)
    record.troubles.update(warming.troubles)
    if options.idle:
        await _idle(opens, processes, options.idle, memory)
    return record, memory


async def _usual(processes: list[int]) -> float:
    """Resident memory in the middle of eleven looks within five seconds: one table may take 100 MB for a moment."""
    looks = []
    for _ in range(11):
        looks.append(_resident(processes))
        await asyncio.sleep(0.5)
    return median(looks)


async def _both(
    opens: Opens, number: int, times: tuple[float, float], think: float, warming: Record, record: Record
) -> None:
    await person(opens, number, until=times[0], think=think, record=warming)
    await person(opens, number, until=times[1], think=think, record=record)


async def _idle(opens: Opens, processes: list[int], count: int, memory: Memory) -> None:
    """What windows cost that were opened, looked at and left."""
    memory.idle_before = _resident(processes)
    windows = [opens(one) for one in range(count)]
    for window in windows:  # one after the other: this measures memory, not haste
        await window.open()
        await window.choose("Group by", window.options("Group by")[1])
    await asyncio.sleep(5)
    memory.idle_after, memory.idle_windows = _resident(processes), count
    for window in windows:
        await window.close()


def _resident(processes: list[int]) -> float:
    gc.collect()
    return sum(resident_bytes(one) for one in processes)


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=10, help="mean seconds between two clicks of one person")
    parser.add_argument("--idle", type=int, default=0, help="idle windows to open afterwards")
    parser.add_argument("--alone", type=int, default=0, help="instead: rounds of one person's clicks, what each costs")
    parser.add_argument("--processes", type=int, default=1, help="processes of the dashboard to start")
    parser.add_argument("--team", action="store_true", help="a whole host: nginx, two processes, PostgreSQL, sign-in")
    parser.add_argument("--address", action="append", default=[], help="a dashboard that runs, instead of starting one")
    parser.add_argument("--pid", action="append", type=int, default=[], help="its process, to measure its memory")
    return parser.parse_args(arguments)


def _start(asked: argparse.Namespace, folder: Path, stack: ExitStack) -> tuple[Opens, list[Server]]:
    """How windows are opened, and what was started."""
    if asked.team:
        count = max(asked.people, asked.idle)
        host = stack.enter_context(host_with_members(folder, count))
        return partial(member, host), list(host.apps.values())
    servers = []
    if not asked.address:
        names = [f"app{number}" for number in range(asked.processes)]
        servers = [stack.enter_context(dashboard(folder, name=name)) for name in names]
    addresses = asked.address or [server.address for server in servers]
    return (lambda number: Window(addresses[number % len(addresses)])), servers


def main(arguments: list[str]) -> int:
    """Run, print the table, and fail if anybody met trouble."""
    asked = options(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        opens, servers = _start(asked, folder, stack)
        processes = asked.pid or [server.process.pid for server in servers]
        if asked.alone:
            print(alone.table(asyncio.run(alone.clicks(opens(0), processes, rounds=asked.alone))))
            return 0
        record, memory = asyncio.run(work(opens, processes, asked))
        for server in servers:
            if "Traceback" in server.text():
                record.troubles["a traceback in the server's log"] += server.text().count("Traceback")
                sys.stderr.write(server.text()[-3000:])
    print(table(record, memory, people=asked.people, minutes=asked.minutes, processes=len(processes)))
    return 1 if record.troubles or not record.count() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
