"""A whole host for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.hosting.host import Host, whole_host
from tests.hosting.people import chromium


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """PostgreSQL, two processes, nginx and a provider."""
    with whole_host(tmp_path_factory.mktemp("host")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one
