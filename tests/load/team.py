"""A whole host with a project of many members, and the cookies with which they come."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string

from team import members, projects, sign_ins
from team.permits import Role
from team.settings import load_settings
from team.store import open_store
from tests.hosting.host import OWNER, SECRET, Host, whole_host
from tests.load.window import Window


@contextmanager
def host_with_members(folder: Path, count: int) -> Iterator[Host]:
    """nginx, two processes, PostgreSQL; a project whose analysts are ``count`` people."""
    with whole_host(folder) as host:
        said = {name.removeprefix("COHORTSCOPE_").lower(): value for name, value in host.env.items()}
        secrets = {"database_url": SecretStr(host.database_url), "cookie_secret": SecretStr(SECRET)}
        secrets |= {"oidc_client_secret": SecretStr("none"), "metrics_token": SecretStr("none")}
        del said["secrets_dir"]
        store = open_store(load_settings(**said, **secrets))
        owner = sign_ins.sign_in(store, sign_ins.claims_of(_claims(host, OWNER["email"]), store.settings))
        project = projects.create(store, owner, name="Load")
        for number in range(count):
            members.invite(store, owner, project_id=project.id, email=_email(number), role=Role.ANALYST)
        store.close()
        yield host


def member(host: Host, number: int) -> Window:
    """A new window of a member who has signed in."""
    said = {**_claims(host, _email(number)), "origin": host.address, "is_logged_in": True, "provider": "default"}
    cookie = create_signed_value(SECRET, "_streamlit_user", json.dumps(said)).decode()
    token = generate_xsrf_token_string()
    headers = {"cookie": f"_streamlit_user={cookie}; _streamlit_xsrf={token}", "origin": host.address}
    return Window(host.address, token=token, headers=headers)


def _claims(host: Host, email: str) -> dict[str, object]:
    people = {"iss": host.provider.address, "sub": email, "email": email, "email_verified": True, "name": email}
    return {**people, "iat": int(time.time())}


def _email(number: int) -> str:
    return f"member-{number}@example.org"
