"""One window of a browser, as the server sees it: a WebSocket that asks for redraws and reads what is drawn."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0
_FAILED = (ForwardMsg.FINISHED_WITH_COMPILE_ERROR,)
_NOT_YET = (ForwardMsg.FINISHED_EARLY_FOR_RERUN,)


class TroubleError(Exception):
    """Something on screen, or its absence, that a person would report."""


def _any_certificate() -> ssl.SSLContext:
    """The certificate of a test host is nobody's."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@dataclass
class Window:
    """What is on screen, and what was chosen in it."""

    address: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    socket: ClientConnection | None = None
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    drawn: dict[str, Any] = field(default_factory=dict)
    charts: int = 0
    alarms: list[str] = field(default_factory=list)
    on_screen: set[str] = field(default_factory=set)
    chosen: dict[str, WidgetState] = field(default_factory=dict)
    bytes_read: int = 0

    async def open(self, path: str = "", **headers: str) -> float:
        """Open the dashboard; seconds until it is drawn."""
        parts = urlsplit(self.address)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self.socket = await connect(
            f"{scheme}://{parts.netloc}/_stcore/stream",
            subprotocols=["streamlit", self.token] if self.token else ["streamlit"],
            additional_headers={**self.headers, **headers},
            ssl=_any_certificate() if scheme == "wss" else None,
            open_timeout=PATIENCE,
            max_size=None,
            compression=None,
        )
        return await self.redraw(page_name=path)

    async def close(self) -> None:
        """Close the window."""
        if self.socket is not None:
            await self.socket.close()

    async def choose(self, label: str, value: str) -> float:
        """Choose an entry of the list of that label; seconds until the page is drawn."""
        widget = self.widget(label)
        self.chosen[widget.id] = WidgetState(id=widget.id, string_value=value)
        return await self.redraw()

    async def press(self, label: str) -> float:
        """Press a button; seconds until the page is drawn."""
        widget = self.widget(label)
        return await self.redraw(pressed=WidgetState(id=widget.id, trigger_value=True))

    async def go(self, path: str) -> float:
        """Go to a page by its address; seconds until it is drawn."""
        if path not in self.pages:
            raise TroubleError(f"there is no page {path}")
        self.page = self.pages[path]
        return await self.redraw()

    def widget(self, label: str) -> Any:
        """The widget of that label."""
        if label not in self.drawn:
            raise TroubleError(f"no '{label}' on screen, but {sorted(self.drawn)[:30]}")
        return self.drawn[label]

    def options(self, label: str) -> list[str]:
        """The entries of a list."""
        return list(self.widget(label).options)

    async def redraw(self, *, pressed: WidgetState | None = None, page_name: str = "") -> float:
        """Ask for a redraw as a click does; seconds until it is complete."""
        assert self.socket is not None
        state = ClientState(query_string=self.query, page_script_hash=self.page, page_name=page_name)
        state.context_info.timezone = "Europe/Berlin"
        state.context_info.url = self.address
        state.widget_states.widgets.extend([*self.chosen.values(), *([pressed] if pressed else [])])
        self.alarms.clear()
        began = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._read(await self.socket.recv()):
                pass
        self.chosen = {widget: state for widget, state in self.chosen.items() if widget in self.on_screen}
        if self.alarms:
            raise TroubleError("; ".join(self.alarms))
        return time.perf_counter() - began

    def _read(self, frame: str | bytes) -> bool:
        """Take in one message; True when the page is complete."""
        assert isinstance(frame, bytes)
        self.bytes_read += len(frame)
        message = ForwardMsg.FromString(frame)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
            self.drawn, self.charts, self.on_screen = {}, 0, set()
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_not_found":
            self.alarms.append("page not found")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message.delta.new_element)
        elif kind == "script_finished":
            if message.script_finished in _FAILED:
                self.alarms.append("the script does not compile")
            return message.script_finished not in _NOT_YET
        return False

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        shown = getattr(element, kind) if kind else None
        if kind == "exception":
            self.alarms.append(f"a traceback: {shown.type}")
        elif kind == "alert" and "defect of the program" in shown.body:
            self.alarms.append(shown.body)
        elif kind in ("arrow_vega_lite_chart", "vega_lite_chart"):
            self.charts += 1
        elif getattr(shown, "id", "") and getattr(shown, "label", ""):
            self.drawn[shown.label] = shown
            self.on_screen.add(shown.id)
