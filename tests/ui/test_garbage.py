"""Objects that refer to each other only are found, though Streamlit does not search after each redraw."""

from __future__ import annotations

import gc
import weakref

from streamlit import config

from ui import garbage


class _Node:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_a_search_frees_what_only_refers_to_itself():
    left = weakref.ref(_Node())
    made = [[] for _ in range(2_000)]  # enough for the younger generations to be searched by themselves
    gc.collect(1)
    assert garbage.search()
    assert left() is None
    assert made


def test_nothing_is_searched_where_nothing_was_made():
    garbage.search()
    gc.disable()
    try:
        gc.collect()
        assert not garbage.search()
    finally:
        gc.enable()


def test_streamlit_does_not_search_after_every_redraw():
    assert config.get_option("runner.postScriptGC") is False


def test_what_stays_is_spared():
    there = len(gc.get_objects())
    try:
        garbage.spare_what_stays()
        assert gc.get_freeze_count() > there / 2 > 10_000
        left = weakref.ref(_Node())
        gc.collect()
        assert left() is None
    finally:
        gc.unfreeze()
