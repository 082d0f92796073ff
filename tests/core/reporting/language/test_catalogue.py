"""Every text a reader may see has its translation, and no translation is left over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.reporting.language import catalogue
from core.reporting.language.__main__ import faults
from core.reporting.language.extract import UNSEEN, found

NOT_YET = Path(__file__).with_name("not_yet_translated.txt")  # names of files; may only get shorter
ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def wanted() -> Mapping[str, list[str]]:
    return catalogue.by_area(found())


def waiting() -> set[str]:
    return set(NOT_YET.read_text().split())


def test_every_template_of_a_finished_file_is_translated(wanted: Mapping[str, list[str]]) -> None:
    missing = [
        f"{area}: {text}"
        for area, texts in wanted.items()
        if area not in waiting()
        for text in texts
        if not catalogue.read("zh", area).get(text)
    ]
    assert not missing, "\n".join(missing)


def test_a_finished_file_is_not_said_to_wait(wanted: Mapping[str, list[str]]) -> None:
    finished = [
        area for area in waiting() if all(catalogue.read("zh", area).get(text) for text in wanted.get(area, ()))
    ]
    assert not finished, f"take these out of {NOT_YET.name}: {finished}"


def test_no_translation_is_left_over(wanted: Mapping[str, list[str]]) -> None:
    stale = [
        f"{area}: {text}"
        for area in catalogue.areas("zh")
        if area != catalogue.COMPOSED and area not in waiting()
        for text in catalogue.read("zh", area)
        if text not in wanted.get(area, ())
    ]
    assert not stale, "\n".join(stale)


def test_places_of_a_translation_are_those_of_its_template() -> None:
    assert faults(catalogue.everything("zh")) == []


def test_a_template_is_translated_once() -> None:
    areas = [area for area in catalogue.areas("zh") if area != catalogue.COMPOSED]
    texts = [text for area in areas for text in catalogue.read("zh", area)]
    assert len(texts) == len(set(texts))


def test_modules_that_are_not_read_are_there_and_have_a_reason() -> None:
    for path, reason in UNSEEN.items():
        assert (ROOT / path).exists(), path
        assert reason
