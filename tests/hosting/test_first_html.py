"""The page's first HTML: its language and name, whole for every browser; every other answer as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route
from streamlit import file_util

from core.reporting.language.translate import LANGUAGES
from team.web.first_html import TAGS, FirstHtml, script_address
from team.web.program_files import FOREVER

PAGE = Path(file_util.get_static_dir()) / "index.html"
OTHER = '<html lang="en"><head></head><body>a file of somebody\'s</body></html>'


def answer(address: str, **headers: str) -> httpx.Response:
    """What a browser gets of Streamlit's page, compressed as Streamlit does, behind the part that rewrites it."""
    routes = [
        Route("/other", lambda request: HTMLResponse(OTHER)),
        Route("/{path:path}", lambda request: FileResponse(PAGE)),
    ]

    async def ask() -> httpx.Response:
        app = Starlette(routes=routes, middleware=[Middleware(FirstHtml), Middleware(GZipMiddleware)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
            return await client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("address", "browser", "tag"),
    [
        ("/?lang=zh", "en-GB,en;q=0.9", "zh-CN"),
        ("/hazards?cohort=x&lang=en", "zh-CN,zh;q=0.9", "en"),
        ("/hazards", "zh-TW,en;q=0.5", "zh-CN"),
        ("/", "de-DE,zh;q=0.1", "en"),
        ("/", "", "en"),
        ("/?lang=%22%3E%3Cscript%3E", "", "en"),
    ],
)
def test_the_language_of_the_link_else_of_the_browser(address: str, browser: str, tag: str) -> None:
    found = answer(address, accept_language=browser)
    assert f'<html lang="{tag}">' in found.text
    assert found.headers["content-language"] == tag
    assert "<title>Cohortscope</title>" in found.text
    assert "Streamlit</title>" not in found.text
    assert f'src=".{script_address()}"' in found.text
    assert found.text.count("<script") == PAGE.read_text(encoding="utf-8").count("<script") + 1


def test_every_language_of_the_dashboard_has_its_tag() -> None:
    assert set(TAGS) == set(LANGUAGES)


@pytest.mark.parametrize("encoding", ["gzip, deflate", "identity"])
def test_the_page_is_whole_compressed_or_not_and_never_taken_for_the_one_on_disk(encoding: str) -> None:
    found = answer("/", accept_encoding=encoding, range="bytes=0-10")
    assert found.status_code == 200
    assert found.text.rstrip().endswith("</html>")
    assert ("gzip" in found.headers.get("content-encoding", "")) == encoding.startswith("gzip")
    assert not {"etag", "last-modified", "accept-ranges"} & set(found.headers)


def test_the_script_is_a_file_that_may_be_kept_and_anything_else_goes_as_it_is() -> None:
    found = answer(script_address())
    assert "MutationObserver" in found.text
    assert found.headers["cache-control"] == FOREVER
    assert answer("/other", accept_language="zh").text == OTHER
    assert answer("/static/js/none.js").text == PAGE.read_text(encoding="utf-8")
