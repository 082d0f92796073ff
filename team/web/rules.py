"""What the server lets through: one value that every part of `team.web` reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from team.settings import Settings

MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Limits of a hosted dashboard.

    Attributes
    ----------
    address
        Where people open the dashboard, such as https://cohorts.example.org; its host is the only one answered to.
    secret
        Signs the sign-in cookie, as Streamlit does, and makes pseudonyms of people; the same in every process.
    route
        Name of this process, by which the proxy keeps a person at it.
    session_hours
        A sign-in ends so long after it was made, whatever happens.
    idle_minutes
        A session ends when nothing was clicked for so long.
    until_token_expires
        A sign-in also ends at the time (`exp`) that the identity provider wrote into its token.
    body_bytes, upload_bytes, upload_bytes_a_day
        The largest request, the largest file, and the files of one person in 24 hours.
    requests_a_minute, uploads_an_hour, sign_ins_a_minute, redraws_a_minute
        Of one person, or of one address where nobody is signed in.
    metrics_token
        Reads /metrics from elsewhere than the server itself; none: from the server itself only.
    """

    address: str
    secret: str = field(repr=False)
    route: str = ""
    session_hours: float = 12.0
    idle_minutes: float = 60.0
    until_token_expires: bool = False
    body_bytes: int = 1 * MB
    upload_bytes: int = 500 * MB
    upload_bytes_a_day: int = 2000 * MB
    requests_a_minute: int = 300
    uploads_an_hour: int = 30
    sign_ins_a_minute: int = 20
    redraws_a_minute: int = 240
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings, *, upload_mb: int) -> Rules:
        """The limits that a host's settings ask for; ``upload_mb`` is the largest file that Streamlit takes."""
        return cls(
            address=settings.public_url,
            route=settings.route,
            secret=settings.cookie_secret.get_secret_value(),
            session_hours=settings.session_hours,
            idle_minutes=settings.idle_minutes,
            until_token_expires=settings.session_ends_with_token,
            upload_bytes=upload_mb * MB,
            upload_bytes_a_day=settings.upload_mb_per_day * MB,
            uploads_an_hour=settings.uploads_per_hour,
            requests_a_minute=settings.requests_per_minute,
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics else "",
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port of the address, as browsers send them."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The host, with its port where that is not the scheme's own."""
        return urlsplit(self.address).netloc.lower()
