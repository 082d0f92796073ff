"""Every page looks from afar as it did when its picture was last looked at: ``make screenshots`` takes them anew.

The pictures are compared as small grey ones, so that another version of Chromium or of a typeface does not matter and
a figure that is gone, a table that moved or a page in the wrong colours does.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from docs.screenshots import BLOCK, WIDTHS, addresses, look_of, picture, small_and_grey

pytestmark = pytest.mark.browser

FAR = 24  # of 255: a block this much lighter or darker looks different
TOLERATED = 0.03  # share of blocks that may look different: rewrapped words, smoother letters
# Each page in one of its four looks; every look is taken by a quarter of the pages.
COMBINATIONS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
CASES = [(path, *COMBINATIONS[number % len(COMBINATIONS)]) for number, path in enumerate(addresses())]


def share_different(one: np.ndarray, other: np.ndarray) -> float:
    """Share of blocks that look different."""
    return float(np.mean(np.abs(one.astype(int) - other.astype(int)) > FAR))


@pytest.mark.parametrize(("path", "width", "scheme"), CASES)
def test_a_page_looks_as_it_did(
    server: str, browser: Browser, path: str, width: int, scheme: str, tmp_path: Path
) -> None:
    png = picture(browser, f"{server}/{addresses()[path]}", width=width, height=WIDTHS[width], scheme=scheme)
    expected = np.asarray(Image.open(look_of(path, width=width, scheme=scheme)))
    seen = small_and_grey(png)
    (tmp_path / "seen.png").write_bytes(png)
    assert seen.shape == expected.shape
    assert share_different(seen, expected) <= TOLERATED, f"compare {tmp_path / 'seen.png'} with docs/images/pages"


def test_a_missing_figure_and_the_wrong_colours_are_noticed() -> None:
    name = look_of("survival", width=1440, scheme="light")
    whole = np.asarray(Image.open(name))
    gone = whole.copy()
    gone[len(gone) // 2 :] = np.bincount(whole.ravel()).argmax()  # the lower half, where the curves are, left empty
    assert share_different(whole, gone) > TOLERATED
    dark = np.asarray(Image.open(look_of("survival", width=1440, scheme="dark")))
    assert share_different(whole, dark) > TOLERATED


def test_blocks_are_means_of_their_pixels() -> None:
    pixels = np.zeros((2 * BLOCK, BLOCK), dtype=np.uint8)
    pixels[:BLOCK] = 200
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    assert small_and_grey(buffer.getvalue()).tolist() == [[200], [0]]
