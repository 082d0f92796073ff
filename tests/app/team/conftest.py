"""A dashboard of a team, run in memory: people who sign in, a project, a cohort that nobody may give away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from core.spec import AnalysisSpec, GroupSpec
from team import cohorts, members, projects, uploads
from team.actor import Actor
from team.cohorts import CohortVersion
from team.database import schema
from team.permits import Role
from team.sign_ins import claims_of, sign_in
from team.store import Store
from tests.app.conftest import no_traceback
from ui.team import store as ui_store

ROOT = Path(__file__).parents[3]
OWNER, ANALYST, VIEWER = "ada@hospital.example", "ben@hospital.example", "cleo@hospital.example"
ISSUER = "https://login.example"
CANARY_NUMBER, CANARY_WORD = 7654.321, "Canaryoma"


def claims(email: str, **more: object) -> dict[str, object]:
    """What the provider says about a person."""
    said = {"iss": ISSUER, "sub": email, "email": email, "email_verified": True, "name": email.split("@")[0].title()}
    return said | {"iat": int(time.time()), "is_logged_in": True} | more


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a team in a folder."""
    yield from _opened(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team for all tests of a module, which change nothing of it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for found in _opened(tmp_path_factory.mktemp("team"), monkeypatch):
            yield _team(found)


def _opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in {
        "MODE": "team",
        "DATA_FOLDER": str(folder),
        "PUBLIC_URL": "http://localhost:8501",
        "OIDC_ISSUER": ISSUER,
        "OIDC_CLIENT_ID": "dashboard",
        "OIDC_CLIENT_SECRET": "not a secret",
        "COOKIE_SECRET": "not a secret either, and long enough",
        "FIRST_OWNERS": OWNER,
        "ALLOWED_DOMAINS": "hospital.example",
    }.items():
        monkeypatch.setenv(f"COHORTSCOPE_{name}", value)
    from team.database.engine import make_engine

    engine = make_engine(ui_store.settings())
    schema.migrate(engine)
    engine.dispose()
    found = ui_store.store()
    yield found
    found.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A project with a cohort and three people."""

    store: Store
    project: str
    version: CohortVersion
    owner: Actor
    frame: pd.DataFrame


def canary_frame() -> pd.DataFrame:
    """Sixty patients, one of whom has values that nobody else has."""
    draw = np.random.default_rng(21)
    n = 60
    return pd.DataFrame(
        {
            "patient_id": [f"CANARY{i:03d}" for i in range(n)],
            "arm": np.where(np.arange(n) % 2, "HIFU", "Control"),
            "sex": np.where(draw.random(n) < 0.5, "F", "M"),
            "diagnosis": [CANARY_WORD, *np.where(draw.random(n - 1) < 0.5, "HCC", "CCA")],
            "afp": [CANARY_NUMBER, *draw.normal(100, 10, n - 1).round(3)],
            "os_months": (draw.exponential(14, n) + 1.5).round(2) + 0.003,  # like no share and no round time
            "death": draw.integers(0, 2, n),
            "best_response": draw.choice(["CR", "PR", "SD", "PD"], n, p=[0.05, 0.35, 0.3, 0.3]),
        }
    )


def signed_in(store: Store, email: str) -> Actor:
    """A person who signed in."""
    return sign_in(store, claims_of(claims(email), store.settings))


@pytest.fixture
def team(opened: Store) -> Team:
    """A project with an owner, an analyst, a viewer and a saved cohort."""
    return _team(opened)


def _team(opened: Store) -> Team:
    owner = signed_in(opened, OWNER)
    project = projects.create(opened, owner, name="Liver").id
    for email, role in ((ANALYST, Role.ANALYST), (VIEWER, Role.VIEWER)):
        members.invite(opened, owner, project_id=project, email=email, role=role)
    frame = canary_frame()
    content = frame.to_csv(index=False).encode()
    cohort = cohort_from_files({"canary.csv": content}, name="Canary")
    spec = AnalysisSpec(cohort=cohort.spec, group=GroupSpec(column="arm"))
    version = uploads.save(
        opened,
        owner,
        uploads.Upload(name="Canary", cohort=cohort, spec=spec, originals={"canary.csv": content}),
        project_id=project,
    )
    assert cohorts.listed(opened, owner, project_id=project)
    return Team(store=opened, project=project, version=version, owner=owner, frame=frame)


@pytest.fixture
def come_in() -> Callable[..., AppTest]:
    """Opens the dashboard as somebody."""

    def start(email: str | None, page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        app.user = {"is_logged_in": False} if email is None else claims(email)
        for name, value in query.items():
            app.query_params[name] = value
        no_traceback(app.run())
        return no_traceback(app.switch_page(page).run()) if page else app

    return start


def tables_of(app: AppTest) -> str:
    """Everything the tables of a page say."""
    return "\n".join(table.value.to_string() for table in app.table).replace("\u2060", "").replace("\\", "")
