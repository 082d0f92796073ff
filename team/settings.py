"""The settings of a host, in one typed place: from the environment, and secrets from files.

``COHORTSCOPE_<NAME>`` sets a field. A field may be given as the path of a file instead
(``COHORTSCOPE_<NAME>_FILE``), or as a file ``cohortscope_<name>`` in the folder of secrets
(``COHORTSCOPE_SECRETS_DIR``, or ``/run/secrets``). Without any of them the dashboard runs for one person on this
computer. The table in docs/deployment.md is written from here (``python -m team settings``).
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from core.cohort.program_folder import system_folder
from core.errors import nearest
from team.errors import SettingsError

PREFIX = "COHORTSCOPE_"
SECRETS = "COHORTSCOPE_SECRETS_DIR"
_SECRETS_OF_CONTAINERS = Path("/run/secrets")
_ELSEWHERE = ("MEMORY", "SECRETS_DIR")  # read by other parts of the program

Words: TypeAlias = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """What a host sets. Every field has a name in the environment: ``COHORTSCOPE_`` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    mode: Literal["local", "team"] = Field(
        "local", description="`local`: one person, no account. `team`: sign-in, projects and roles."
    )
    data_folder: Path = Field(
        default_factory=system_folder,
        description="Where the database and the files are, if no address is set for them.",
        json_schema_extra={"shown": "the system's folder for programs' data"},
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="`postgresql://user:password@host/name`, or `sqlite:///path`.",
        json_schema_extra={"shown": "`cohortscope.db` in the data folder"},
    )
    files_url: str = Field(
        "",
        description="Where cohorts are kept: a folder, or what fsspec opens (`s3://bucket/folder`).",
        json_schema_extra={"shown": "`files` in the data folder"},
    )
    keep_originals: bool = Field(
        True, description="Keep the uploaded files as they were, for owners; otherwise only what analysts see is kept."
    )
    pool_size: int = Field(5, ge=1, le=100, description="Connections to PostgreSQL per process.")
    long_work_at_once: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Long computations at the same time in one process, for everybody; empty: its cores but one.",
    )
    statement_seconds: float = Field(30, ge=1, le=600, description="A statement in PostgreSQL is given up after this.")

    public_url: str = Field("", description="Address that people type, for links and the way back from sign-in.")
    oidc_issuer: str = Field("", description="Address of the sign-in provider (OpenID Connect).")
    oidc_client_id: str = Field("", description="Name of this dashboard at the provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Secret of this dashboard at the provider.")
    oidc_scopes: Words = Field(("openid", "email", "profile"), description="What is asked of the provider.")
    oidc_groups_claim: str = Field("groups", description="Claim that lists a person's groups.")
    oidc_trust_emails: bool = Field(
        False, description="Take addresses as verified although the provider sends no `email_verified`."
    )
    cookie_secret: SecretStr = Field(
        SecretStr(""), description="Signs the cookie of a session; 32 letters or more, the same in all processes."
    )
    allowed_domains: Words = Field((), description="Only e-mail addresses of these domains may sign in; empty: any.")
    first_owners: Words = Field((), description="E-mail addresses of those who may create projects from the start.")
    session_hours: float = Field(12, gt=0, le=24 * 30, description="A session ends this long after signing in.")
    idle_minutes: float = Field(60, gt=0, le=24 * 60, description="A session ends after this long without a click.")
    session_ends_with_token: bool = Field(
        False, description="A session also ends when the provider's token expires, which some let happen in minutes."
    )
    invitation_days: int = Field(30, ge=1, le=365, description="An invitation by e-mail address is good for this long.")

    suppress_below: int = Field(
        5,
        ge=3,
        le=50,
        description="Viewers and protected exports see no count from 1 to one less; projects may ask for more.",
    )
    upload_mb_per_day: int = Field(2000, ge=1, description="Megabytes that one person may upload in 24 hours.")
    uploads_per_hour: int = Field(30, ge=1, description="Uploads of one person in an hour.")
    requests_per_minute: int = Field(300, ge=1, description="Requests of one person in a minute.")
    project_mb: int = Field(20000, ge=1, description="Megabytes that one project may keep.")
    retention_days: int | None = Field(
        None, ge=1, description="Cohorts that nobody opened for this long are deleted; empty: kept."
    )

    route: str = Field(
        "", pattern="^[a-z0-9-]{0,30}$", description="Name of this process, by which the proxy keeps a person at it."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    metrics: bool = Field(False, description="Serve metrics for Prometheus.")
    metrics_token: SecretStr = Field(SecretStr(""), description="Who reads metrics must send this token.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was set by hand, then the environment, then files named in it, then the folder of secrets."""
        return init_settings, env_settings, _NamedFiles(settings_cls), file_secret_settings

    @field_validator("oidc_scopes", "allowed_domains", "first_owners", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        """Words between commas or blanks."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("allowed_domains", "first_owners")
    @classmethod
    def _folded(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.casefold().removeprefix("@") for word in value)

    @field_validator("retention_days", "long_work_at_once", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("public_url", "oidc_issuer")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if value and (parts.scheme not in ("https", "http") or not parts.hostname):
            raise ValueError("must be an address that begins with https://")
        if value and parts.scheme == "http" and not local:
            raise ValueError("must begin with https://; http:// is for this computer only")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        scheme = value.get_secret_value().split(":", 1)[0]
        if scheme and scheme.split("+")[0] not in ("postgresql", "postgres", "sqlite"):
            raise ValueError("must begin with postgresql:// or sqlite://")
        return value

    @field_validator("files_url")
    @classmethod
    def _files(cls, value: str) -> str:
        if "://" in value:
            _can_be_opened(value.split("://", 1)[0])
        return value

    @model_validator(mode="after")
    def _team_is_whole(self) -> Settings:
        missing = [name for name in _NEEDED_BY_TEAM if not _plain(getattr(self, name))] if self.mode == "team" else []
        faults = [f"{PREFIX}{name.upper()} is not set, and mode team needs it." for name in missing]
        if self.mode == "team" and 0 < len(self.cookie_secret.get_secret_value()) < _SHORTEST_SECRET:
            faults.append(f"{PREFIX}COOKIE_SECRET must have {_SHORTEST_SECRET} letters or more.")
        if self.metrics and self.mode == "team" and not self.metrics_token.get_secret_value():
            faults.append(f"{PREFIX}METRICS_TOKEN is not set, and metrics need it.")
        if faults:
            raise SettingsError(tuple(faults))
        return self

    @property
    def is_team(self) -> bool:
        """Whether people sign in."""
        return self.mode == "team"

    @property
    def database(self) -> str:
        """Address of the database as SQLAlchemy takes it, password included: never shown or logged."""
        said = self.database_url.get_secret_value() or f"sqlite:///{self.data_folder / 'cohortscope.db'}"
        scheme, rest = said.split(":", 1)
        return f"postgresql+psycopg:{rest}" if scheme in ("postgresql", "postgres") else said

    @property
    def files(self) -> str:
        """Address of the folder of files."""
        return self.files_url or str(self.data_folder / "files")


_NEEDED_BY_TEAM = ("public_url", "oidc_issuer", "oidc_client_id", "oidc_client_secret", "cookie_secret", "first_owners")
_SHORTEST_SECRET = 32


class _NamedFiles(PydanticBaseSettingsSource):
    """Fields whose value stands in a file that the environment names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE", "")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not a text"
            fault = f"{PREFIX}{field_name.upper()}_FILE names a file that cannot be read ({why})."
            raise SettingsError((fault,)) from None

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _can_be_opened(scheme: str) -> None:
    """Whether something that is installed opens addresses of a kind: told at the start, not at the first upload."""
    from fsspec.registry import known_implementations, registry

    if scheme in registry:  # made known by a package that is imported
        return
    if scheme not in known_implementations:
        raise ValueError(f"nothing opens addresses that begin with {scheme}://")
    package = str(known_implementations.get(scheme, {}).get("class", "fsspec")).split(".")[0]
    if importlib.util.find_spec(package) is None:
        raise ValueError(
            f"addresses that begin with {scheme}:// need the package {package}; run: pip install {package}"
        )


def load_settings(**said: Any) -> Settings:
    """The settings of this process.

    Parameters
    ----------
    **said
        Fields set by the caller, before what the environment says.

    Raises
    ------
    SettingsError
        With one sentence for each setting that is wrong, misspelt or missing; never with a value.
    """
    if misspelt := _misspelt():
        raise SettingsError(misspelt)
    folder = Path(os.environ.get(SECRETS) or _SECRETS_OF_CONTAINERS)
    if os.environ.get(SECRETS) and not folder.is_dir():
        raise SettingsError((f"{SECRETS} names a folder that is not there.",))
    try:
        return Settings(_secrets_dir=folder if folder.is_dir() else None, **said)
    except ValidationError as error:
        raise SettingsError(tuple(fault for one in error.errors() for fault in _sentences(one))) from None


def settings_table() -> str:
    """The table of settings in docs/deployment.md, as Markdown."""
    rows = ["| setting | without it | what it is |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        rows.append(
            f"| `{PREFIX}{name.upper()}` | {extra.get('shown') or _shown(field.default)} | {field.description} |"
        )
    return "\n".join(rows)


def _shown(value: object) -> str:
    plain = _plain(value)
    if plain is None or plain in ("", ()):
        return ""
    return f"`{' '.join(plain)}`" if isinstance(plain, tuple) else f"`{str(plain).lower()}`"


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _sentences(error: Any) -> tuple[str, ...]:
    """One fault of pydantic as sentences with the name of the setting, and never its value."""
    if isinstance(whole := error.get("ctx", {}).get("error"), SettingsError):
        return whole.faults
    name = PREFIX + str(error["loc"][0]).upper()
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return (f"{name}: {said[:1].lower()}{said[1:].rstrip('.')}.",)


def _misspelt() -> tuple[str, ...]:
    """A sentence for each name in the environment that is nearly one of ours: it would do nothing."""
    fields = {name.upper() for name in Settings.model_fields}
    known = fields | {f"{name}_FILE" for name in fields} | set(_ELSEWHERE)
    ours = {name.upper(): name for name in os.environ if name.upper().startswith(PREFIX)}
    strange = {name: rest for whole, name in ours.items() if (rest := whole.removeprefix(PREFIX)) not in known}
    near = {name: nearest(rest, known) for name, rest in sorted(strange.items())}
    return tuple(f"There is no setting {name}; did you mean {PREFIX}{word}?" for name, word in near.items() if word)
