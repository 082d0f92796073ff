"""What the first page needs, imported and read while the browser fetches its own part.

Belongs here: which modules, which cohort, and the thread. Does not belong here: anything that is drawn or computed.
"""

from __future__ import annotations

import gc
import importlib
import sys
import threading

# In the order in which the first page needs them.
_MODULES = (
    "pandas",
    "ui.frame",
    "core.cohort.load",
    "core.answers.survival",
    "core.answers.comparison",
    "core.answers.regression",
    "ui.survival",
    "ui.survival_options",
    "ui.survival_details",
    "ui.survival_figure",
    "ui.charts.survival_curve",
    "ui.charts.describe_survival",
)
SWITCH = 0.0005  # seconds after which a thread that imports lets the server answer


def begin() -> None:
    """Import in a thread of its own; a page that comes first waits for the module it needs, and for no other."""
    threading.Thread(target=_all, name="ahead", daemon=True).start()


def _all() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    gc.disable()  # hardly anything of what is made now goes away again
    try:
        for name in _MODULES:
            importlib.import_module(name)
        _first_cohort()
    except Exception:  # the page that needs it fails then, and says why
        return
    finally:
        gc.freeze()  # without a search before, for which the first page would wait
        gc.enable()
        sys.setswitchinterval(usual)


def _first_cohort() -> None:
    from ui import cohorts

    cohorts.sample(cohorts.DEFAULT_SAMPLE)
