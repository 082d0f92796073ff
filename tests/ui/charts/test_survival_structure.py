"""The usual survival chart as it is written down: what Altair describes today, and enough for the first page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ui.charts.survival_layers import described
from ui.charts.survival_structure import USUAL, Layers, survival_skeleton

ROOT = Path(__file__).parents[3]
FIRST_PAGE = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(str(Path("dashboard.py").resolve()), default_timeout=60).run()
assert not app.exception and app.title[0].value.startswith("Does"), app.title
assert app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")
print(*sorted({"altair", "pydantic_settings", "sqlalchemy", "lifelines", "sksurv"} & set(sys.modules)), end=".")
"""


def test_what_is_written_is_what_altair_describes() -> None:
    assert survival_skeleton(USUAL) == described(USUAL), "python -m ui.charts.survival_structure writes it anew"


def test_other_structures_are_described_when_asked_for() -> None:
    assert survival_skeleton(Layers(medians=True)) == described(Layers(medians=True)) != described(USUAL)


def test_the_first_page_waits_for_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    unset = {name: value for name, value in os.environ.items() if not name.startswith("COHORTSCOPE_")}
    nothing_kept = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    made = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**unset, **nothing_kept},
    )  # fmt: skip
    assert made.stdout == ".", made.stdout + made.stderr[-2000:]
