"""Cookies that are forged, edited, spliced, old or ended; and what nobody gets without a good one."""

from __future__ import annotations

import base64
import json

import pytest

from team.web.person import COOKIE, EndedSignIns, SignIns
from tests.security.asgi import ADA, ORIGIN, SECRET, UPLOAD, Site, cookie, rules, signed

HOUR = 3600.0


def value(header: str) -> str:
    return header.split("=", 1)[1]


def edited(header: str) -> str:
    """The cookie with another person in it, and the time and signature as they were."""
    other = cookie({**ADA, "sub": "bob"}, secret="any").rsplit(".", 2)[0]
    return f"{other}.{'.'.join(header.rsplit('.', 2)[1:])}"


BAD = {
    "forged with another secret": cookie(secret="guessed"),
    "edited": edited(cookie()),
    "unsigned": f"{COOKIE}={base64.urlsafe_b64encode(json.dumps({**ADA, 'origin': ORIGIN}).encode()).decode()}",
    "signed for another cookie": f"{COOKIE}={signed(json.dumps(ADA), name='_streamlit_xsrf')}",
    "of another site": cookie(origin="https://evil.example"),
    "not logged in": cookie(is_logged_in=False),
    "logged in as text": cookie(is_logged_in="yes"),
    "too old": cookie(ago=12 * HOUR + 5),
    "no claims": f"{COOKIE}={signed('[]')}",
    "not JSON": f"{COOKIE}={signed('ada')}",
    "empty": f"{COOKIE}=",
    "a piece is missing": f"{COOKIE}={signed('chunks-2')}; {COOKIE}_1={signed('{', name=f'{COOKIE}_1')}",
}


class TestCookies:
    @pytest.mark.parametrize("header", BAD.values(), ids=BAD)
    def test_a_bad_cookie_lets_nobody_in_and_never_reaches_the_dashboard(self, header: str):
        site = Site()
        assert site.ask(UPLOAD, method="PUT", cookie=header, origin=ORIGIN)[0] == 401
        assert site.ask("/_stcore/download/abc", cookie=header)[0] == 401
        assert not site.seen
        assert site.ask("/survival", cookie=f"a=1; {header}; b=2; {COOKIE}_tokens=x")[0] == 200
        assert site.seen[-1].cookies == {"a": "1", "b": "2"}
        site.window(cookie=header)
        assert COOKIE not in site.seen[-1].cookies

    def test_a_good_cookie_passes_whole(self):
        site = Site()
        assert site.ask(UPLOAD, method="PUT", body=b"abc", cookie=cookie(), origin=ORIGIN)[::2] == (200, "3")
        assert site.ask("/_stcore/download/abc", cookie=cookie(ago=11 * HOUR))[0] == 200
        site.window(cookie=cookie())
        assert COOKIE in site.seen[-1].cookies

    def test_a_cookie_in_pieces_is_read_as_streamlit_writes_it(self):
        text = json.dumps({**ADA, "origin": ORIGIN, "is_logged_in": True})
        pieces = {COOKIE: signed("chunks-2")}
        pieces |= {
            f"{COOKIE}_{n + 1}": signed(part, name=f"{COOKIE}_{n + 1}") for n, part in enumerate((text[:30], text[30:]))
        }
        person = SignIns(rules(), EndedSignIns()).read(pieces)
        whole = SignIns(rules(), EndedSignIns()).read({COOKIE: value(cookie())})
        assert person is not None
        assert whole is not None
        assert person.pseudonym == whole.pseudonym

    def test_one_old_piece_makes_the_cookie_old(self):
        text = json.dumps({**ADA, "origin": ORIGIN, "is_logged_in": True})
        pieces = {COOKIE: signed("chunks-1"), f"{COOKIE}_1": signed(text, name=f"{COOKIE}_1", ago=13 * HOUR)}
        assert SignIns(rules(), EndedSignIns()).read(pieces) is None

    def test_the_token_s_own_end_counts_where_asked_for(self):
        import time

        header = cookie(exp=time.time() - 1)
        asked = Site(rules(until_token_expires=True))
        assert asked.ask("/_stcore/download/abc", cookie=header)[0] == 401
        assert asked.ask("/_stcore/download/abc", cookie=cookie(exp=time.time() + 60))[0] == 200
        assert Site().ask("/_stcore/download/abc", cookie=header)[0] == 200

    def test_the_same_secret_as_streamlit(self):
        """Streamlit reads what we write, and we read what it writes."""
        from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

        text = json.dumps({**ADA, "origin": ORIGIN, "is_logged_in": True})
        theirs = create_signed_value(SECRET, COOKIE, text).decode()
        assert SignIns(rules(), EndedSignIns()).read({COOKIE: theirs}) is not None
        assert decode_signed_value(SECRET, COOKIE, value(cookie())) is not None


class TestEndedSessions:
    def test_signing_out_ends_a_copied_cookie(self):
        site, copied = Site(), cookie()
        assert site.ask("/_stcore/download/abc", cookie=copied)[0] == 200
        site.ask("/auth/logout", cookie=copied)
        assert site.ask("/_stcore/download/abc", cookie=copied)[0] == 401

    def test_another_spelling_of_an_ended_cookie_is_ended_too(self):
        """The last letter of a base64 text has bits that mean nothing."""
        site, copied = Site(), cookie()
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        last = letters.index(copied[-1])
        others = [copied[:-1] + letters[last // 4 * 4 + extra] for extra in range(4)]
        site.ask("/auth/logout", cookie=copied)
        assert {site.ask("/_stcore/download/abc", cookie=one)[0] for one in others} == {401}

    def test_an_idle_window_is_closed_and_its_sign_in_ended(self):
        ended = EndedSignIns()
        site = Site(rules(idle_minutes=0.3 / 60), ended)
        header = cookie()
        sent = site.window([b"1", b"2"], pause=0.15, last=5, cookie=header)
        assert site.received == [b"1", b"2"]
        assert sent[-1] == {"type": "websocket.close", "code": 4401, "reason": "signed out"}
        assert site.ask("/_stcore/download/abc", cookie=header)[0] == 401

    def test_clicks_keep_a_window_open(self):
        site = Site(rules(idle_minutes=0.4 / 60))
        sent = site.window([b"1"] * 6, pause=0.15, last=0.05, cookie=cookie())
        assert len(site.received) == 6
        assert not [one for one in sent if one["type"] == "websocket.close"]

    def test_messages_that_are_no_clicks_do_not(self):
        site = Site(rules(idle_minutes=0.4 / 60), frames=lambda data, way: None)
        sent = site.window([b"1"] * 6, pause=0.15, last=0.05, cookie=cookie())
        assert sent[-1]["code"] == 4401

    def test_a_sign_in_that_runs_out_takes_the_window_with_it(self):
        site = Site(rules(session_hours=1.5 / 3600))
        sent = site.window([b"1"] * 40, pause=0.1, cookie=cookie())
        assert sent[-1]["code"] == 4401
        assert len(site.received) < 30

    def test_a_window_of_somebody_who_signed_out_elsewhere_draws_nothing_more(self):
        ended = EndedSignIns()
        site, header = Site(ended=ended), cookie()
        person = SignIns(rules(), ended).read({COOKIE: value(header)})
        assert person is not None
        ended.end(person)
        assert SignIns(rules(), ended).read({COOKIE: value(header)}) is None
        site.window([b"1"], cookie=header)
        assert COOKIE not in site.seen[-1].cookies


class TestPseudonyms:
    def test_the_same_person_is_the_same_and_another_secret_another(self):
        here, there = SignIns(rules(), EndedSignIns()), SignIns(rules(secret="x" * 40), EndedSignIns())
        assert here.pseudonym("ada") == here.pseudonym("ada") != here.pseudonym("bob")
        assert here.pseudonym("ada") != there.pseudonym("ada")
        assert "ada" not in here.pseudonym("ada")
