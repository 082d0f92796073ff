"""Files that the dashboard made for somebody: for the person whose window was told their address, and no other.

Streamlit gives a file to whoever has its address. So an address that was passed on, or stayed in a list of downloads,
would be good for every person who is signed in, whatever their project.
"""

from __future__ import annotations

import re
from collections import OrderedDict

PREFIX = "/media/"
_ADDRESS = re.compile(rb"/media/([0-9A-Za-z_.-]+)")
_MOST_PEOPLE = 2000
_MOST_FILES = 4000  # of one person; a page tells some ten


class ToldFiles:
    """Which files each person's windows were told of; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def read(self, who: str, frame: bytes) -> None:
        """Remember the addresses in a message to a window."""
        for found in _ADDRESS.finditer(frame):
            files = self._of.setdefault(who, OrderedDict())
            self._of.move_to_end(who)
            files[found[1].decode()] = None
            files.move_to_end(found[1].decode())
            while len(files) > _MOST_FILES:
                files.popitem(last=False)
            while len(self._of) > _MOST_PEOPLE:
                self._of.popitem(last=False)

    def knows(self, who: str, path: str) -> bool:
        """Whether a person was told an address."""
        return path.removeprefix(PREFIX) in self._of.get(who, ())
