"""The typeface of Chinese letters in exported files: Noto Sans SC, which is installed with the packages.

No typeface of the computer is asked for: the same report has the same letters everywhere.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

FAMILY = "Noto Sans SC"


@lru_cache(maxsize=1)
def folder() -> Path:
    """Where the typeface's files are, found without loading their package."""
    package = find_spec("pylopdf_fonts_zh_cn")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent


def file() -> Path:
    """The typeface, its outlines as PostScript draws them (CFF)."""
    return folder() / "NotoSansSC-Regular.otf"
