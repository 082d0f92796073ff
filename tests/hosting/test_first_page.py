"""The page the dashboard opens with has an address of its own."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
from starlette.applications import Starlette

from team.web.first_page import FIRST, route

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"


def led_to(address: str) -> str:
    """Where a request is sent on to."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=Starlette(routes=[route()]))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(address)

    answer = asyncio.run(ask())
    assert answer.status_code == 307
    return answer.headers["location"]


def test_a_link_to_the_first_page_leads_to_the_root_with_its_query() -> None:
    assert led_to("/survival?cohort=hcc_ablation&group=a%26b") == "/?cohort=hcc_ablation&group=a%26b"
    assert led_to("/survival") == "/"


def test_no_link_leads_off_the_host() -> None:
    assert led_to("/survival?//elsewhere.example").startswith("/?")


def test_it_is_the_page_the_dashboard_opens_with() -> None:
    first = re.search(r'url_path="(\w+)", default=True', DASHBOARD.read_text(encoding="utf-8"))
    assert first is not None
    assert first[1] == FIRST
