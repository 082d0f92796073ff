"""What is wrong with a specification, in words of the specification.

Belongs here: turning the findings of the model's validation into one ``SpecError`` that says where and what to write.
Does not belong here: the rules themselves (``core.spec``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import SpecError, nearest

_WHOLE = "the specification"
_LIST = "a list in square brackets"
_OBJECT = "an object in braces"
_NUMBER = "a number"
_EXPECTED = {
    "tuple_type": _LIST, "list_type": _LIST, "dict_type": _OBJECT, "model_type": _OBJECT,
    "model_attributes_type": _OBJECT, "string_type": "text", "float_type": _NUMBER, "float_parsing": _NUMBER,
    "int_type": _NUMBER, "int_parsing": _NUMBER, "int_from_float": _NUMBER, "bool_type": "true or false",
    "bool_parsing": "true or false",
}  # fmt: skip


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in ``text``; ``SpecError`` with the line otherwise."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise SpecError(f"The specification is not JSON: {error.msg} at line {error.lineno}.") from None
    except RecursionError:
        raise SpecError("The specification is nested too deeply.") from None
    if not isinstance(raw, dict):
        raise SpecError("The specification must be a JSON object.", hint="See docs/headless.md.")
    return raw


def readable(
    error: ValidationError, raw: Mapping[str, Any], *, top: type[BaseModel], parts: Mapping[str, type[BaseModel]],
    kinds: Sequence[str],
) -> SpecError:  # fmt: skip
    """The most telling fault of a validation.

    Parameters
    ----------
    error : ValidationError
    raw : mapping
        What was validated; tells real places from the validator's own labels.
    top : model
        The whole specification.
    parts : mapping of place to model
        Which model is read at which key (or under which label of the validator).
    kinds : sequence of str
        Known kinds of analysis.
    """
    faults = error.errors()
    # A misspelt key also shows as a missing one; the misspelling is what the reader can see.
    fault = next((fault for fault in faults if fault["type"] == "extra_forbidden"), _deepest(faults, raw))
    place = _place(fault["loc"], raw)
    where = ".".join(map(str, place)) or _WHOLE
    if fault["type"] == "extra_forbidden":
        inside = ".".join(map(str, place[:-1])) or _WHOLE
        return SpecError.unknown_key(str(place[-1]), _known_keys(fault["loc"][:-1], top, parts), where=inside)
    if fault["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind((fault.get("ctx") or {}).get("tag"), where, kinds)
    if fault["type"] == "missing":
        return SpecError(f"{'.'.join(map(str, [*place, fault['loc'][-1]]))} is missing.", hint="See docs/headless.md.")
    here = [other for other in faults if _place(other["loc"], raw) == place]
    return _not_accepted(here, where)


def _deepest(faults: Sequence[Any], raw: Any) -> Any:
    """The first fault, or one inside it: where several readings fail, the one that got furthest was meant."""
    start = _place(faults[0]["loc"], raw)
    inside = [fault for fault in faults if _place(fault["loc"], raw)[: len(start)] == start]
    return max(inside, key=lambda fault: len(_place(fault["loc"], raw)))


def _unknown_kind(kind: str | None, where: str, kinds: Sequence[str]) -> SpecError:
    if kind is None:
        return SpecError(f"An analysis needs a 'kind' ({where}).", hint=f"Known kinds: {', '.join(kinds)}.")
    near = nearest(kind, kinds)
    hint = f"Did you mean '{near}'?" if near else f"Known kinds: {', '.join(kinds)}."
    return SpecError(f"Unknown kind '{kind}' in {where}.", hint=hint)


def _not_accepted(faults: Sequence[Any], where: str) -> SpecError:
    """One value that no reading of it accepts; ``faults`` are what each reading says."""
    first = faults[0]
    expected = [text for text in map(_expected, faults) if text]
    if not expected:
        return SpecError(f"{where}: {str(first['msg']).removeprefix('Value error, ')}.")
    hint = ""
    if first["type"] == "literal_error" and isinstance(first["input"], str):
        near = nearest(first["input"], _choices(first))
        hint = f"Did you mean '{near}'?" if near else ""
    return SpecError(f"{where} should be {_either(dict.fromkeys(expected))}.", hint=hint)


def _expected(fault: Any) -> str | None:
    if fault["type"] == "literal_error":
        return str(fault["ctx"]["expected"])
    return _EXPECTED.get(fault["type"])


def _choices(fault: Any) -> list[str]:
    """The words of "'a', 'b' or 'c'"."""
    return [word.strip(" '") for word in str(fault["ctx"]["expected"]).replace(" or ", ",").split(",")]


def _either(texts: Iterable[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} or {last}" if first else last


def _place(loc: Sequence[Any], raw: Any) -> list[Any]:
    """The keys and positions of ``loc`` that lead into what was written; the validator's labels are left out."""
    place, here = [], raw
    for part in loc:
        is_key = isinstance(here, Mapping) and part in here
        is_position = isinstance(here, Sequence) and not isinstance(here, str) and isinstance(part, int)
        if is_key or (is_position and part < len(here)):
            place.append(part)
            here = here[part]
    return place


def _known_keys(loc: Sequence[Any], top: type[BaseModel], parts: Mapping[str, type[BaseModel]]) -> list[str]:
    """Keys allowed at a place in the specification, found by walking the models."""
    model, before = top, None
    for part in loc:
        if before not in ("endpoints", "clean", "derived"):  # the next part is a name that the user chose
            model = parts.get(str(part), model)
        before = part
    return [field.alias or name for name, field in model.model_fields.items()]
