"""Which words each function of Streamlit shows, and how they are said in another language.

Only what is shown changes: an option is still the option, by what it is called on the screen; a text that was suggested
and left as it is comes back in English.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from core.reporting.language.translate import Translator
from ui.charts.in_language import spec_in

Args: TypeAlias = tuple[Any, ...]
Write: TypeAlias = Callable[[Callable[..., Any], Translator, Args, dict[str, Any]], Any]

_TEXTS = ("body", "label", "help", "placeholder", "text", "title", "alt", "caption", "delta", "value")
_PLAIN = (
    "title header subheader markdown caption text info warning error success toast spinner progress button "
    "download_button link_button page_link expander popover checkbox toggle slider number_input date_input "
    "file_uploader form_submit_button status image chat_input"
)
CHOOSES = ("selectbox", "multiselect", "radio", "segmented_control", "pills", "select_slider")
_PROMPTS = {"selectbox": "Choose one", "multiselect": "Choose"}


def _by_name(thing: Callable[..., Any], args: Args, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments by their names."""
    return dict(zip(_parameters(thing), args, strict=False)) | dict(kwargs)


def _parameters(thing: Callable[..., Any]) -> tuple[str, ...]:
    plain = getattr(thing, "__func__", thing)
    known = _KNOWN.get(plain)
    if known is None:
        known = _KNOWN[plain] = tuple(inspect.signature(thing).parameters)
    return known


_KNOWN: dict[Any, tuple[str, ...]] = {}


def _said(say: Translator, value: Any) -> Any:
    return say(value) if isinstance(value, str) else value


def _plain(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    for name in named.keys() & set(_TEXTS) - {"value"}:
        named[name] = _said(say, named[name])
    return thing(**named)


def _page(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    if "title" in kwargs:
        kwargs["title"] = say(kwargs["title"])
    return thing(*args, **kwargs)


def _navigation(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    pages, *rest = args
    if isinstance(pages, Mapping):
        pages = {say(name): inside for name, inside in pages.items()}
    return thing(pages, *rest, **kwargs)


def _written(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    return thing(*(_said(say, one) for one in args), **kwargs)


def _metric(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    return thing(
        **named | {name: _said(say, named[name]) for name in ("label", "value", "delta", "help") & named.keys()}
    )


def _tabs(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    return thing(**named | {"tabs": [say(label) for label in named["tabs"]]})


def _chosen(name: str) -> Write:
    def write(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
        named = _by_name(thing, args, kwargs)
        words = named.get("format_func") or str
        named["options"] = options = list(named.get("options", ()))
        shown = [say(words(option)) for option in options]
        distinct = len(set(shown)) == len({words(option) for option in options})
        named["format_func"] = (lambda option: say(words(option))) if distinct else words
        for key in ("label", "help"):
            named[key] = _said(say, named.get(key))
        if name in _PROMPTS:
            named["placeholder"] = say(named.get("placeholder") or _PROMPTS[name])
        if named.get("captions"):
            named["captions"] = [_said(say, one) for one in named["captions"]]
        return as_option(thing(**named), options, words, say)

    return write


def as_option(chosen: Any, options: Sequence[Any], words: Callable[[Any], str], say: Callable[[str], str]) -> Any:
    """What was chosen as one of the options, although the browser still calls it as the language before did.

    A browser tells a choice by what it showed. After the language was changed and another page opened it tells the old
    words, which Streamlit hands on as they are.
    """
    if isinstance(chosen, list):
        return [as_option(one, options, words, say) for one in chosen]
    if not isinstance(chosen, str) or chosen in options:
        return chosen
    for option in options:
        if chosen in (words(option), say(words(option))):
            return option
    return chosen


def in_english(thing: Callable[..., Any], say: Callable[[str], str]) -> Callable[..., Any]:
    """A widget that chooses, as it is in English; ``say`` knows what the other language calls an option."""

    def choose(*args: Any, **kwargs: Any) -> Any:
        chosen = thing(*args, **kwargs)
        if not isinstance(chosen, str | list):
            return chosen
        named = _by_name(thing, args, kwargs)
        return as_option(chosen, list(named.get("options", ())), named.get("format_func") or str, say)

    return choose


def _typed(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    """A text to be typed: a suggestion is said in the language, and back in English where it is left as it is."""
    named = _by_name(thing, args, kwargs)
    suggested = named.get("value")
    for key in ("label", "help", "placeholder", "value"):
        if key in named:
            named[key] = _said(say, named[key])
    typed = thing(**named)
    return suggested if suggested and typed == named["value"] else typed


def _cells(frame: Any, say: Translator, *, only: Sequence[str] | None = None) -> Any:
    """A table with its texts said; numbers and dates as they are."""
    if not isinstance(frame, pd.DataFrame):
        return frame
    made = frame.copy(deep=False)
    for name in frame.columns if only is None else [name for name in only if name in frame]:
        if frame[name].dtype == object or pd.api.types.is_string_dtype(frame[name].dtype):
            made[name] = frame[name].map(lambda cell: _said(say, cell))
    return made


def _table(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    frame = _cells(named.get("data"), say)
    if isinstance(frame, pd.DataFrame):
        frame.columns = [_said(say, name) for name in frame.columns]
    return thing(**named | {"data": frame, "alt": _said(say, named.get("alt"))})


def _labelled(named: dict[str, Any], say: Translator) -> dict[str, Any]:
    """Headings of a table's columns, where they are given no other."""
    config = dict(named.get("column_config") or {})
    for name in named["data"].columns if isinstance(named["data"], pd.DataFrame) else ():
        described = config.get(name)
        if described is None:
            config[name] = say(str(name))
        elif isinstance(described, dict) and described.get("label") is None:
            config[name] = {**described, "label": say(str(name))}
    return config


def _dataframe(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    changed = {"data": _cells(named["data"], say), "column_config": _labelled(named, say)}
    return thing(**named | changed | {"alt": _said(say, named.get("alt"))})


def _edited(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    """A table to be edited: only columns that cannot be edited are said, and come back as they were."""
    named = _by_name(thing, args, kwargs)
    frame, fixed = named["data"], named.get("disabled")
    fixed = [name for name in fixed if name in frame] if isinstance(fixed, (list, tuple)) else []
    changed = {"data": _cells(frame, say, only=fixed), "column_config": _labelled(named, say)}
    edited = thing(**named | changed | {"alt": _said(say, named.get("alt"))})
    if len(edited) == len(frame):
        for name in fixed:
            edited[name] = frame[name].to_numpy()
    return edited


def _column(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    named = _by_name(thing, args, kwargs)
    for key in ("label", "help"):
        if key in named:
            named[key] = _said(say, named[key])
    if "options" in named and "format_func" in _parameters(thing):
        words = named.get("format_func") or str
        named["format_func"] = lambda option: say(words(option))
    return thing(**named)


def _drawn(thing: Callable[..., Any], say: Translator, args: Args, kwargs: dict[str, Any]) -> Any:
    if kwargs.get("alt"):
        kwargs["alt"] = say(kwargs["alt"])
    spec, *rest = args
    return thing(spec_in(spec, say), *rest, **kwargs)


SPOKEN: Mapping[str, Write] = {
    **dict.fromkeys(_PLAIN.split(), _plain),
    **{name: _chosen(name) for name in CHOOSES},
    "write": _written,
    "metric": _metric,
    "tabs": _tabs,
    "text_input": _typed,
    "text_area": _typed,
    "table": _table,
    "dataframe": _dataframe,
    "data_editor": _edited,
    "column_config.*": _column,
    "vega_lite_chart": _drawn,
    "Page": _page,
    "navigation": _navigation,
}
