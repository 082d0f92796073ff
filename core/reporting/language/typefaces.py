"""A typeface of this computer that has Chinese letters: files that draw their letters need one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

# Debian, Windows and macOS; those with outlines of the kind that reportlab can embed
_FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simsun.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "/Library/Fonts/Arial Unicode.ttf",
)
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_NAMED = ("NotoSansCJK*", "NotoSerifCJK*", "NotoSansSC*", "SourceHanSans*", "wqy-*", "DroidSansFallback*")


@lru_cache(maxsize=1)
def embeddable() -> str | None:
    """The file of a Chinese typeface that a PDF can carry, None where there is no known one."""
    return next((path for path in _FILES if Path(path).is_file()), None)


@lru_cache(maxsize=1)
def figures_have_one() -> bool:
    """Whether Chinese letters of a drawn figure have a typeface on this computer."""
    if embeddable() is not None:
        return True
    return any(any(Path(folder).expanduser().rglob(name)) for folder in _FOLDERS for name in _NAMED)
