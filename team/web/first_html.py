"""The page's first HTML: in the language it will be read in, under the dashboard's name, with the script of its marks.

Streamlit serves one file for every address, which says English and "Streamlit". Screen readers choose a voice, and
browsers offer to translate, by what stands there. Later the script follows the language that is chosen on the page.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from team.web.program_files import FOREVER, PREFIX

TAGS = {"en": "en", "zh": "zh-CN"}
"""What stands in ``<html lang>``, by the language of the dashboard."""
NAME = "Cohortscope"
_NEEDS = {
    "en": "Cohortscope needs JavaScript, which is switched off here.",
    "zh": "Cohortscope需要JavaScript，此处已关闭。",
}
_STREAMLIT_S = b"<title>Streamlit</title>"
_NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_OTHER_BODY = ("content-encoding", "content-length", "etag", "last-modified", "accept-ranges")


class FirstHtml:
    """Rewrites Streamlit's page on its way to the browser; every other answer goes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
        elif scope["path"] == script_address():
            await _answer_script(send)
        elif scope["path"].startswith((PREFIX, "/_stcore/", "/media/")):
            await self.app(scope, receive, send)
        else:
            plain = [(name, value) for name, value in scope["headers"] if name not in (b"accept-encoding", b"range")]
            await self.app({**scope, "headers": plain}, receive, _Rewriting(scope, send))


class _Rewriting:
    """Holds an HTML answer back until it is whole, and sends it rewritten."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send, self._scope = send, scope
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        if _STREAMLIT_S not in self._body:
            await self._send(start)
            await self._send({"type": "http.response.body", "body": self._body})
            return
        language = language_asked(self._scope)
        body = rewritten(self._body.decode("utf-8"), language).encode()
        headers = MutableHeaders(raw=list(start["headers"]))
        for name in _OTHER_BODY:
            del headers[name]
        headers["content-language"] = TAGS[language]
        headers.add_vary_header("Accept-Language")
        headers.add_vary_header("Accept-Encoding")
        if "gzip" in Headers(scope=self._scope).get("accept-encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] == 200 and kind.startswith("text/html"))


def language_asked(scope: Scope) -> str:
    """The language of the link, else the one the browser asks for first, else English."""
    asked: str = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    if asked in TAGS:
        return asked
    return "zh" if Headers(scope=scope).get("accept-language", "").strip().casefold().startswith("zh") else "en"


def rewritten(page: str, language: str) -> str:
    """Streamlit's page in a language, with the dashboard's name and script."""
    page = page.replace('<html lang="en">', f'<html lang="{TAGS[language]}">', 1)
    page = page.replace(_STREAMLIT_S.decode(), f"<title>{NAME}</title>", 1)
    page = _NO_SCRIPT.sub(f"<noscript><p>{_NEEDS[language]}</p></noscript>", page, count=1)
    return page.replace("</head>", f'  <script defer src=".{script_address()}"></script>\n  </head>', 1)


@cache
def _script() -> bytes:
    return Path(__file__).with_name("page_marks.js").read_bytes()


@cache
def script_address() -> str:
    """Where the script is served: its name changes with its content, so that browsers may keep it."""
    return f"{PREFIX}js/page_marks.{hashlib.sha256(_script()).hexdigest()[:12]}.js"


async def _answer_script(send: Send) -> None:
    headers = [
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"content-length", str(len(_script())).encode()),
        (b"cache-control", FOREVER.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _script()})
