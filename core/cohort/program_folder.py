"""The folder of this computer where programs keep data of their user."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def system_folder() -> Path:
    """The folder for data of this program that the system has for its user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "cohortscope"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "cohortscope"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cohortscope"
