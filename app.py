"""Cohortscope: survival and safety for cohorts of locoregional therapy for liver tumours.

`streamlit run app.py` serves the dashboard, whose pages and frame stand in `dashboard.py`. Without settings it serves
one person on this computer; `COHORTSCOPE_MODE=team` and the other settings of `team/settings.py` open it to a team.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st
from streamlit import config, delta_generator
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.pages_manager import PagesManager

from team.web import allocator, first_page, health, script_errors, stack
from ui import ahead, closed_windows, garbage

if TYPE_CHECKING:
    from team.settings import Settings

# Streamlit takes a folder called `pages` for its older way of finding pages until a script has named them, and answers
# the first visit to an address such as /hazards with a notice that there is no such page.
PagesManager.uses_pages_directory = False

# Before the first part of the first page Streamlit looks through every imported module, to warn whoever runs a script
# without `streamlit run`. This file runs under it.
delta_generator._use_warning_has_been_displayed = True

# Seconds after which a thread that computes lets another go on. A page sends its parts one by one, and with Python's
# 5 ms each part would wait so long for everybody who computes at the same time.
SWITCH = 0.0005
SMALL = 512  # bytes; longer frames carry parts of the page, and are not worth reading


def _parts() -> dict[str, Any]:
    """What stands around the dashboard; only a set variable has the settings read, which takes time."""
    if any(name.startswith("COHORTSCOPE_") and name != "COHORTSCOPE_MEMORY" for name in os.environ):
        from team.settings import load_settings

        settings = load_settings()
        if settings.is_team:
            return _for_a_team(settings)
    return {
        "routes": [*health.routes({}), first_page.route()],
        "middleware": stack.for_one_person(),
        "lifespan": _while_the_browser_opens,
    }


@asynccontextmanager
async def _while_the_browser_opens(app: st.App) -> AsyncIterator[None]:
    ahead.begin()  # not before: whoever asks for the address would wait for the imports
    async with closed_windows.forgotten():
        yield


def _parts_or_why_not() -> dict[str, Any]:
    """The same; where the settings are wrong, one sentence for each fault and an end, without a traceback."""
    from core.errors import CohortError

    try:
        return _parts()
    except CohortError as error:
        from team.errors import SettingsError

        faults = error.faults if isinstance(error, SettingsError) else (error.message,)
        sys.stderr.write("".join(f"Cohortscope does not start: {fault}\n" for fault in faults))
        sys.stderr.flush()
        raise SystemExit(2) from None


def _for_a_team(settings: Settings) -> dict[str, Any]:
    from team.web import logs, metrics
    from team.web.readiness import checks
    from team.web.rules import Rules

    rules = Rules.of(settings, upload_mb=config.get_option("server.maxUploadSize"))
    for option, value in (
        ("server.cookieSecret", rules.secret),
        ("server.enableXsrfProtection", True),
        ("server.enableAgentApi", False),
        ("server.trustedUserHeaders", {}),  # a header that anybody can send is no sign-in
        ("logger.messageFormat", "%(message)s"),
        ("logger.enableRich", False),
    ):
        config.set_option(option, value, where_defined="the settings of a team")

    @asynccontextmanager
    async def started(app: st.App) -> AsyncIterator[None]:
        logs.write_json_lines(settings.log_level)  # again: the server has brought its own handlers by now
        _warm_up()
        async with closed_windows.forgotten():
            yield

    logs.write_json_lines(settings.log_level)
    return {
        "routes": [*health.routes(checks(settings)), metrics.route(rules), first_page.route()],
        "middleware": stack.for_a_team(rules, _frame),
        "secrets": {"auth": _sign_in(settings)},
        "lifespan": started,
    }


def _warm_up() -> None:
    """Import what pages import, before anybody comes: many first visitors at once would wait for each other."""
    import ui
    from team.web import logs
    from ui import long_work

    sys.setswitchinterval(SWITCH)
    logs.quiet("streamlit.runtime.scriptrunner_utils.script_run_context")
    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        importlib.import_module(module.name)
    for name in ("altair", "scipy.stats"):
        importlib.import_module(name)
    long_work.pool()  # its measures are there before anybody asks for long work
    garbage.spare_what_stays()


def _sign_in(settings: Settings) -> dict[str, str | dict[str, str]]:
    """What `st.login` reads."""
    return {
        "redirect_uri": f"{settings.public_url}/oauth2callback",
        "cookie_secret": settings.cookie_secret.get_secret_value(),
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret.get_secret_value(),
        "server_metadata_url": f"{settings.oidc_issuer}/.well-known/openid-configuration",
        "client_kwargs": {"scope": " ".join(settings.oidc_scopes)},
    }


def _frame(data: bytes, way: Literal["in", "out"]) -> Literal["asks", "drawn"] | None:
    """Whether a frame of the WebSocket asks for a redraw, or says that one is done."""
    if way == "in":
        return "asks" if BackMsg.FromString(data).WhichOneof("type") == "rerun_script" else None
    if len(data) > SMALL:
        return None
    message = ForwardMsg.FromString(data)
    done = message.WhichOneof("type") == "script_finished"
    return "drawn" if done and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN else None


def _defect(error: Exception) -> bool:
    """Show a defect's number where Streamlit would show its traceback."""
    from ui import messages

    messages.defect(script_errors.record(error))
    return True


allocator.begin()  # before any thread asks for memory
garbage.begin()

# `streamlit run` looks for this call in the text of the file.
app = st.App("dashboard.py", on_script_error=_defect, **_parts_or_why_not())
