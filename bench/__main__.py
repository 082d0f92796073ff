"""``python -m bench``: one table of timings, medians, each beside a peer doing the same in the same run."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

from bench import page, start


def main() -> None:
    """Run every measurement and print the table."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "altair", "lifelines", "numpy", "pandas"))
    print(f"Python {platform.python_version()}, {packages}")
    print(f"{'what':58s} {'ours':>10s} {'peer':>10s} {'peer/ours':>10s}")
    for measure in (page.grouping_change, page.analysis_alone, start.first_page):
        for what, ours, peer in measure():
            ratio = f"{peer / ours:10.1f}" if peer else f"{'':>10s}"
            print(f"{what:58s} {ours * 1e3:7.1f} ms {peer * 1e3:7.1f} ms {ratio}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
