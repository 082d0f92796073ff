"""/survival: the page the dashboard opens with, by its own name.

Streamlit serves its first page at / alone, and answers a link to the page's own name with a notice that there is none.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

FIRST = "survival"


def route() -> Route:
    """Leads on to /, with the query that says what is looked at."""

    async def lead_on(request: Request) -> Response:
        return RedirectResponse("/" + (f"?{request.url.query}" if request.url.query else ""), 307)

    return Route(f"/{FIRST}", lead_on, methods=["GET"])
