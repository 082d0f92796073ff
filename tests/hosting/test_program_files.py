"""The program's own files: whole, kept by browsers, nothing else, and told in time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from streamlit import file_util

from team.web.program_files import FOREVER, SOON, ProgramFiles

SCRIPTS = Path(file_util.get_static_dir()) / "static" / "js"
ON = "went on"


def answer(address: str, method: str = "GET") -> httpx.Response:
    """What the files' door answers in front of an application with one page."""
    page = Route("/", lambda request: HTMLResponse("<html></html>"))
    other = Route("/{path:path}", lambda request: PlainTextResponse(ON), methods=["GET", "POST", "HEAD"])

    async def ask() -> httpx.Response:
        app = Starlette(routes=[page, other], middleware=[Middleware(ProgramFiles)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
            return await client.request(method, address)

    return asyncio.run(ask())


@pytest.mark.parametrize(("ending", "kind"), [("js", "text/javascript"), ("css", "text/css"), ("woff2", "font/woff2")])
def test_a_file_comes_whole_with_its_kind_and_is_kept(ending: str, kind: str) -> None:
    file = next(SCRIPTS.parent.rglob(f"*.{ending}"))
    found = answer(f"/static/{file.parent.name}/{file.name}")
    assert found.content == file.read_bytes()
    assert found.headers["content-type"] == kind
    assert found.headers["cache-control"] == FOREVER


@pytest.mark.parametrize(
    "address",
    ["/static/js/../../index.html", "/static/js/none.js", "/static/%2e%2e/index.html", "/static/", "/hazards"],
)
def test_nothing_else_is_answered_here(address: str) -> None:
    assert answer(address).text == ON


def test_only_reading_is_answered_here() -> None:
    assert answer(f"/static/js/{next(SCRIPTS.iterdir()).name}", "POST").text == ON


class TestWordOfWhatComes:
    def test_the_page_names_what_its_first_chart_needs_and_each_file_is_there(self) -> None:
        named = [part.split(">")[0].strip(" <") for part in answer("/").headers["link"].split(",")]
        assert named
        assert all((SCRIPTS / address.removeprefix("/static/js/")).is_file() for address in named)
        stems = {Path(address).name.split(".")[0] for address in named}
        assert stems >= set(SOON), "Streamlit calls its files otherwise now: name them anew"

    def test_what_the_page_names_itself_is_not_named_twice(self) -> None:
        page = (SCRIPTS.parents[1] / "index.html").read_text(encoding="utf-8")
        named = [part.split(">")[0].rsplit("/", 1)[1] for part in answer("/").headers["link"].split(",")]
        assert not [name for name in named if name in page]

    def test_other_answers_say_nothing(self) -> None:
        assert "link" not in answer("/hazards").headers
