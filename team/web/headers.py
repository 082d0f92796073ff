"""Headers of every answer: what a browser may load, frame, keep and tell others."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Styles are written by scripts as the page is drawn (emotion), so they cannot be named beforehand; scripts can.
# The one script within Streamlit's page, which search engines wait for, by its content.
INLINE_SCRIPT = "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' {INLINE_SCRIPT}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
FIXED = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # the way back after signing in; other hosts are told nothing
    "permissions-policy": ", ".join(f"{one}=()" for one in PERMISSIONS),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
KEPT_BY_BROWSERS = "/static/"  # the program's own files, named by their content


class SecurityHeaders:
    """Adds the headers; behind TLS also HSTS, and cookies that travel by TLS only."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), path=scope["path"], tls=scope["scheme"] == "https")
            await send(message)

        await self.app(scope, receive, with_headers)


def _add(headers: MutableHeaders, *, path: str, tls: bool) -> None:
    for name, value in FIXED.items():
        headers[name] = value
    del headers["server"]
    if not path.startswith(KEPT_BY_BROWSERS):
        headers["cache-control"] = "no-store"
    if tls:
        headers["strict-transport-security"] = STRICT_TRANSPORT
        cookies = headers.getlist("set-cookie")
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", cookie if "secure" in cookie.lower().split("; ") else f"{cookie}; Secure")
