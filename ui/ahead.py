"""What the first page needs, imported while the server still starts and the browser fetches its own part.

Belongs here: which modules, and the thread. Does not belong here: anything that is drawn or computed.
"""

from __future__ import annotations

import importlib
import threading

# The largest first: what else waits for it then finds it there. None of them speaks to a session.
_MODULES = (
    "pandas",
    "core.run",
    "altair",
    "core.cohort.load",
    "ui.charts.survival_curve",
    "ui.charts.describe_survival",
)


def begin() -> None:
    """Import in a thread of its own; a page that comes first waits for the module it needs, and for no other."""
    threading.Thread(target=_all, name="ahead", daemon=True).start()


def _all() -> None:
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except Exception:  # the page that needs it fails then, and says why
            return
