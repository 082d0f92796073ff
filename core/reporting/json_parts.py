"""What every writer of JSON uses: picking fields of a result under their own names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
LIMITS = ("value", "conf_low", "conf_high")
AREA = ("tau", "value", "std_error", "conf_low", "conf_high")
CONTRAST = ("estimate", "conf_low", "conf_high", "p_value")


def pick(value: Any, names: Iterable[str]) -> Json:
    """Fields of a result."""
    return {name: getattr(value, name) for name in names}
