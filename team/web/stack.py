"""The parts in their order, from the network inwards."""

from __future__ import annotations

from starlette.middleware import Middleware

from team.web.doors import Doors
from team.web.first_html import FirstHtml
from team.web.headers import SecurityHeaders
from team.web.person import EndedSignIns
from team.web.program_files import ProgramFiles
from team.web.request_log import RequestLog
from team.web.route import Route
from team.web.rules import Rules
from team.web.sockets import FrameReader
from team.web.visitors import Visitors
from team.web.way_back import WayBack


def for_one_person() -> list[Middleware]:
    """On somebody's own computer: headers, and nothing that Streamlit opens to programs."""
    return [Middleware(SecurityHeaders), Middleware(Doors), Middleware(ProgramFiles), Middleware(FirstHtml)]


def for_a_team(rules: Rules, frames: FrameReader, ended: EndedSignIns | None = None) -> list[Middleware]:
    """On a server: all of it; what is refused is logged and has the headers too."""
    return [
        Middleware(RequestLog),
        Middleware(SecurityHeaders),
        *([Middleware(Route, name=rules.route)] if rules.route else []),
        Middleware(Doors, rules=rules),
        Middleware(Visitors, rules=rules, ended=ended or EndedSignIns(), frames=frames),
        Middleware(WayBack, rules=rules),
        Middleware(ProgramFiles),
        Middleware(FirstHtml),
    ]
