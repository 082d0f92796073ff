"""What drawing costs before anything is drawn."""

import subprocess
import sys
from pathlib import Path

MODULES = ("survival_curve", "forest", "adverse_events", "balance", "residuals", "export", "describe", "theme")


def test_nothing_heavy_is_loaded_until_a_figure_is_drawn():
    imports = "; ".join(f"import ui.charts.{name}" for name in MODULES)
    heavy = "{'altair', 'streamlit', 'vl_convert', 'scipy.stats', 'lifelines', 'sksurv'}"
    code = f"import sys; {imports}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == "[]"
