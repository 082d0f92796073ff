"""Who is signed in: the dashboard's sign-in cookie, read and judged before anything else sees the request.

Streamlit signs the cookie and leaves it valid for thirty days. Here it also has an age, ends when its token does, and
can be ended: by signing out, or by leaving the session alone for too long.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from team.web.rules import Rules

COOKIE = "_streamlit_user"
_CHUNKS = re.compile(r"^chunks-(\d{1,2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in.

    Attributes
    ----------
    pseudonym
        Stands for the person in logs and limits; the name cannot be found from it without the server's secret.
    sign_in
        Digest of what was signed: this sign-in, not others of the same person.
    until
        When the sign-in ends, seconds since 1970.
    """

    pseudonym: str
    sign_in: str
    until: float


class EndedSignIns:
    """Sign-ins that were ended before their time; remembered until they would have ended by themselves."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._clock = clock

    def end(self, person: Person) -> None:
        """End a sign-in, in every window that has it."""
        with self._lock:
            now = self._clock()
            self._until = {one: until for one, until in self._until.items() if until > now}
            self._until[person.sign_in] = person.until

    def __contains__(self, person: Person) -> bool:
        """Whether the sign-in was ended."""
        with self._lock:
            return person.sign_in in self._until


class SignIns:
    """Reads the cookie of a request."""

    def __init__(self, rules: Rules, ended: EndedSignIns, clock: Callable[[], float] = time.time) -> None:
        self._rules = rules
        self._ended = ended
        self._clock = clock

    def read(self, cookies: Mapping[str, str]) -> Person | None:
        """The person whose valid sign-in the cookies hold; None: nobody, or a sign-in that counts no more."""
        signed = self._signed(cookies) if cookies.get(COOKIE) else None
        claims = _claims(signed[0]) if signed else None
        if signed is None or claims is None:
            return None
        text, made = signed
        if claims.get("origin") != self._rules.origin or claims.get("is_logged_in") is not True:
            return None
        until = made + self._rules.session_hours * 3600
        if self._rules.until_token_expires and isinstance(claims.get("exp"), int | float):
            until = min(until, float(claims["exp"]))
        who = f"{claims.get('iss', '')} {claims.get('sub', '')}"
        # of what was signed, not of its spelling: base64 can be written in more than one way
        digest = hashlib.sha256(f"{made} {text}".encode()).hexdigest()
        person = Person(pseudonym=self.pseudonym(who), sign_in=digest, until=until)
        return person if until > self._clock() and person not in self._ended else None

    def pseudonym(self, who: str) -> str:
        """Twelve letters that stand for a person or an address."""
        return hmac.new(self._rules.secret.encode(), who.encode(), hashlib.sha256).hexdigest()[:12]

    def _signed(self, cookies: Mapping[str, str]) -> tuple[str, float] | None:
        """Text and the time it was signed, of a cookie that may be cut in pieces; the oldest piece counts."""
        first = self._one(cookies, COOKIE)
        if first is None or not (chunks := _CHUNKS.match(first[0])):
            return first
        parts = [self._one(cookies, f"{COOKIE}_{number + 1}") for number in range(int(chunks[1]))]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        return "".join(text for text, _ in whole), min(made for _, made in [first, *whole])

    def _one(self, cookies: Mapping[str, str], name: str) -> tuple[str, float] | None:
        try:
            serializer = URLSafeTimedSerializer(self._rules.secret, salt=name)
            text, made = serializer.loads(cookies.get(name, ""), return_timestamp=True)
        except BadData:
            return None
        return (text, made.timestamp()) if isinstance(text, str) else None


def _claims(text: str) -> dict[str, Any] | None:
    try:
        claims = json.loads(text)
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def without_sign_in(cookie_header: str) -> str:
    """A Cookie header without the sign-in."""
    kept = [one for one in cookie_header.split(";") if not one.strip().startswith(COOKIE)]
    return ";".join(kept).strip()
