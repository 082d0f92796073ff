"""Threads that come and go leave few heaps behind, and none of the memory of a large array."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CHILD = """
import ctypes, re, sys, threading
from team.web import allocator
begun = "begin" in sys.argv and allocator.begin()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p

def heaps():
    file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    return len(re.findall("<heap nr", open(sys.argv[1]).read()))

together = threading.Barrier(12)
def redraw():
    together.wait()
    parts = [bytes(700) for _ in range(200)]
    together.wait()
threads = [threading.Thread(target=redraw) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(begun, heaps())
"""


def _told(folder: Path, *asked: str, **env: str) -> tuple[str, int]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", _CHILD, str(folder / "heaps.xml"), *asked]
    done = subprocess.run(
        command, cwd=ROOT, env={**plain, **env}, capture_output=True, text=True, check=True, timeout=60
    )
    begun, heaps = done.stdout.split()
    return begun, int(heaps)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems manage memory differently")
class TestHeaps:
    def test_twelve_threads_share_two(self, tmp_path: Path):
        assert _told(tmp_path, "begin") == ("True", 2)

    def test_without_it_they_have_many(self, tmp_path: Path):
        assert _told(tmp_path)[1] > 2

    def test_an_administrators_choice_is_left_alone(self, tmp_path: Path):
        begun, heaps = _told(tmp_path, "begin", MALLOC_ARENA_MAX="4")
        assert begun == "False"
        assert heaps == 4

    def test_what_lies_unused_within_a_heap_is_given_back(self):
        child = """
import os
from pathlib import Path
from team.web import allocator
allocator.begin()
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
many = [b"x" * (600 + number % 300) for number in range(60_000)]
some = many[::500]
del many
before = resident()
allocator.give_back()
print(before - resident())
"""
        done = subprocess.run([sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True, check=True)
        assert float(done.stdout) > 20  # MB, of 45
