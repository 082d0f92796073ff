"""A window that was closed leaves memory when Streamlit's two minutes are over, though no other window closes."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace

import pytest
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.state import SessionState

from ui import closed_windows


class _Session:
    id = "closed"

    def __init__(self) -> None:
        self.session_state = SessionState()
        self.session_state["uploaded_cohort"] = "patients"
        self.is_shut_down = False

    def shutdown(self) -> None:
        self.is_shut_down = True


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> MemorySessionStorage:
    """That of a server that never started, whose sessions have no time."""
    monkeypatch.setattr(Runtime, "_instance", None)
    monkeypatch.setattr(closed_windows, "EVERY", 0.01)
    found = MemorySessionStorage(ttl_seconds=0)
    Runtime(
        RuntimeConfig(
            "dashboard.py", MemoryMediaFileStorage("/media"), MemoryUploadedFileManager("/up"), session_storage=found
        )
    )
    return found


def test_it_goes_by_itself(storage: MemorySessionStorage):
    session = _Session()
    left = weakref.ref(session)
    storage.save(SimpleNamespace(session=session))
    del session
    gc.collect()
    assert left() is not None  # Streamlit alone keeps it

    async def serve() -> None:
        async with closed_windows.forgotten():
            await asyncio.sleep(0.1)

    asyncio.run(serve())
    gc.collect()
    assert left() is None


def test_its_patients_go_though_the_server_holds_the_session(storage: MemorySessionStorage):
    session = _Session()
    storage.save(SimpleNamespace(session=session))
    closed_windows.forget()
    assert session.is_shut_down
    assert "uploaded_cohort" not in session.session_state


def test_a_session_has_what_is_asked_of_it():
    assert callable(AppSession.shutdown)
    assert isinstance(AppSession.session_state, property)


def test_who_may_come_back_stays(storage: MemorySessionStorage):
    storage._cache._ttl = 60
    storage.save(SimpleNamespace(session=_Session()))
    closed_windows.forget()
    assert storage.get("closed") is not None


def test_without_a_server_nothing_is_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Runtime, "_instance", None)
    closed_windows.forget()
