"""JSON as text that people can read too: one key per line, numbers of a list on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_STEP = "  "


def json_text(value: Any) -> str:
    """The value as JSON with full double precision, ending in a line feed; NaN and infinity are refused.

    Raises
    ------
    ValueError
        On a number that JSON cannot write.
    """
    return _written(value, "") + "\n"


def _written(value: Any, indent: str) -> str:
    inner = indent + _STEP
    if isinstance(value, Mapping) and value:
        pairs = (f"{inner}{_scalar(str(key))}: {_written(item, inner)}" for key, item in value.items())
        return "{\n" + ",\n".join(pairs) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping | list | tuple | str) for item in value):
        return "[\n" + ",\n".join(inner + _written(item, inner) for item in value) + f"\n{indent}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
