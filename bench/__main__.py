"""``python -m bench``: one table of timings, medians, each beside a peer doing the same in the same run.

Processor time of one thread (``start``, ``interaction``: seconds on the clock). ``python -m bench cox log_rank``
measures only what is named.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench import chart, intake, interaction, page, r, regression, safety, small, start, survival, table

MEASURES = {
    "page": page.grouping_change,
    "analysis": page.analysis_alone,
    "start": start.first_page,
    "interaction": interaction.interaction,
    "curves": survival.curves,
    "log_rank": survival.log_rank,
    "cox": regression.cox,
    "bootstrap": survival.bootstrap,
    "forest": regression.forest,
    "selecting": small.selecting,
    "cut_point": small.cut_point,
    "chart": chart.survival_chart,
    "restricted_means": survival.restricted_means,
    "competing": survival.competing,
    "adverse_events": safety.adverse_events,
    "intake": intake.large_file,
    "growth": survival.growing,
    "cox_growth": regression.growing,
}


def main(asked: list[str]) -> int:
    """Run the measurements asked for, or all, and print the table."""
    unknown = [name for name in asked if name not in MEASURES]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(MEASURES)}.")
        return 2
    packages = [f"{name} {version(name)}" for name in ("streamlit", "altair", "lifelines", "numpy", "pandas")]
    print(f"Python {platform.python_version()}, {', '.join([*packages, r.version() or r.INSTALL])}")
    print(table.HEADINGS)
    rows = []
    for name in asked or MEASURES:
        for row in MEASURES[name]():
            rows.append(row)
            print(row.line(), flush=True)
    verdicts = [row.met for row in rows]
    print(f"{verdicts.count(True)} targets met, {verdicts.count(False)} missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
