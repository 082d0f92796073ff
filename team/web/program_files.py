"""The program's own files for the browser, each in one piece, and word of those that the first chart will need.

Streamlit reads a file in pieces, each in another thread: on a start, while this process still imports, each piece
waits. And a browser learns only from the page's parts which further files they need; a header tells it at once.
"""

from __future__ import annotations

import mimetypes
import os
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/static/"
FOREVER = "public, immutable, max-age=31536000"  # their names change with their content
# What the first page shows besides text: parts of Streamlit's page, by the beginnings of their files' names.
SOON = ("ArrowVegaLiteChart", "embed", "Html", "ButtonGroup", "Selectbox", "PageLink", "Button", "Table")
_IMPORTS = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


class ProgramFiles:
    """Answers requests for Streamlit's files that are there; everything else goes on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
        elif (file := _files().get(scope["path"])) is not None:
            await _answer(file, send)
        else:
            await self.app(scope, receive, _telling(send))


async def _answer(file: Path, send: Send) -> None:
    content = file.read_bytes()  # from the system's memory, as a rule; nothing is kept here
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", FOREVER.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _telling(send: Send) -> Send:
    """Adds to the page itself which files it will ask for."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
            if kinds and kinds[0].startswith(b"text/html"):
                message["headers"] = [*message["headers"], (b"link", _soon())]
        await send(message)

    return tell


@cache
def _files() -> dict[str, Path]:
    """Every file below Streamlit's folder of files, by its address: nothing else can be asked for."""
    found: dict[str, Path] = {}
    for folder in os.scandir(_folder() / "static"):
        if folder.is_dir():
            found |= {
                f"{PREFIX}{folder.name}/{one.name}": Path(one.path) for one in os.scandir(folder) if one.is_file()
            }
    return found


@cache
def _soon() -> bytes:
    """The header; empty where this Streamlit calls its files otherwise."""
    scripts = {Path(address).name: file for address, file in _files().items() if address.endswith(".js")}
    page = (_folder() / "index.html").read_text(encoding="utf-8")
    asked = [name for name in scripts if name.split(".")[0] in SOON]
    found: dict[str, None] = {}
    while asked:
        name = asked.pop()
        if name not in found and name in scripts and name not in page:
            found[name] = None
            asked += _IMPORTS.findall(scripts[name].read_text(encoding="utf-8"))
    how = "rel=modulepreload; crossorigin; fetchpriority=low"  # after what the page itself names
    return ", ".join(f"<{PREFIX}js/{name}>; {how}" for name in sorted(found)).encode()


def _folder() -> Path:
    found = find_spec("streamlit")
    return Path(found.origin if found and found.origin else ".").parent / "static"
