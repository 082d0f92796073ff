"""``python -m bench``: one table of timings, medians, each beside a peer doing the same in the same run."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

from bench import page, start, survival

MEASURES = (
    page.grouping_change,
    page.analysis_alone,
    start.first_page,
    survival.curves,
    survival.log_rank,
    survival.restricted_means,
    survival.bootstrap,
    survival.competing,
)


def main() -> None:
    """Run every measurement and print the table."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "altair", "lifelines", "numpy", "pandas"))
    print(f"Python {platform.python_version()}, {packages}")
    print(f"{'what':58s} {'ours':>10s} {'peer':>10s} {'peer/ours':>10s}")
    for measure in MEASURES:
        for what, ours, peer in measure():
            ratio = f"{peer / ours:10.1f}" if peer else f"{'':>10s}"
            print(f"{what:58s} {_milliseconds(ours)} {_milliseconds(peer)} {ratio}", flush=True)


def _milliseconds(seconds: float) -> str:
    """Three digits, or nothing where there is no peer."""
    return f"{seconds * 1e3:7.{0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 3}f} ms" if seconds else " " * 10


if __name__ == "__main__":
    sys.exit(main())
