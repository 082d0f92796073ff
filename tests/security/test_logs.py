"""Nothing of patients or people gets into a log, whoever writes it."""

from __future__ import annotations

import io
import json
import logging
import warnings

import pytest

from team.web import logs, script_errors
from team.web.request_log import kind, request_id
from tests.security.asgi import Site, cookie

SECRETS = ("Mustermann", "1956-03-02", "ada@example.org", "patients_2024.xlsx", "p4ssw0rd", "postgresql://u:p4ss")


@pytest.fixture
def written():
    """Everything that is written as JSON lines within a test."""
    stream = io.StringIO()
    with logs.restored():
        logs.write_json_lines("debug", stream=stream)
        yield stream


def lines(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def late_library(name: str) -> logging.Logger:
    """A library that brings its own handler after the logs were set up, as Streamlit's modules do."""
    logger = logging.getLogger(name)
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    logger.propagate = False
    return logger


def failing(value: str) -> None:
    raise ValueError(f"could not convert string to float: {value!r}")


class TestOtherPeoplesMessages:
    def test_neither_text_nor_arguments_nor_exceptions(self, written: io.StringIO):
        library = logging.getLogger("some.library")
        for secret in SECRETS:
            library.error(f"bad value {secret}")
            library.warning("bad value %s", secret)
            library.error("with %(who)s", {"who": secret})
            try:
                failing(secret)
            except ValueError:
                library.exception("while reading %s", secret)
        said = written.getvalue()
        assert len(lines(written)) == 4 * len(SECRETS)
        assert not [secret for secret in SECRETS if secret in said]

    def test_what_is_left_leads_a_programmer_to_the_place(self, written: io.StringIO):
        try:
            failing("Mustermann")
        except ValueError:
            logging.getLogger("some.library").exception("x")
        (line,) = lines(written)
        assert line["error"] == "ValueError"
        assert line["through"][-1].startswith("tests/security/test_logs.py:")
        assert line["through"][-1].endswith(" failing")
        assert line["where"].startswith("some.library:")

    def test_a_handler_brought_late_writes_nothing_more(self, written: io.StringIO):
        library = late_library("late.library")
        try:
            failing("Mustermann")
        except ValueError:
            library.exception("while reading %s", "Mustermann")
        own = library.handlers[0].stream.getvalue()
        assert "late.library" in own
        assert "Mustermann" not in own

    def test_warnings_and_uncaught_errors(self, written: io.StringIO):
        import sys
        import threading

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("value Mustermann", UserWarning, stacklevel=1)
        thread = threading.Thread(target=failing, args=("Mustermann",))
        thread.start()
        thread.join()
        try:
            failing("Mustermann")
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        assert "Mustermann" not in written.getvalue()
        assert [line.get("error") for line in lines(written)] == [None, "ValueError", "ValueError"]

    def test_the_server_s_own_tracebacks(self, written: io.StringIO):
        server = logging.getLogger("uvicorn.error")
        server.error("Traceback (most recent call last):\n  ValueError: Mustermann")
        server.info("Started server process [%d]", 7)
        assert [line["event"] for line in lines(written)] == ["message of a library", "Started server process"]
        assert "Mustermann" not in written.getvalue()


class TestOurMessages:
    def test_a_request_is_told_without_its_address(self, written: io.StringIO):
        site = Site()
        site.ask("/patients_2024.xlsx", cookie=cookie())
        site.ask("/_stcore/upload_file/session/patients_2024.xlsx", method="PUT", body=b"1956-03-02", cookie=cookie())
        site.ask("/media/Mustermann.csv")
        site.window([b"Mustermann"], cookie=cookie())
        said = lines(written)
        assert [line["route"] for line in said] == ["page", "upload", "media", "window"]
        assert [line["outcome"] for line in said] == ["ok", "ok", "signed out", "ok"]
        assert len({line["person"] for line in said if line["person"]}) == 1
        assert not [secret for secret in (*SECRETS, cookie()[20:60]) if secret in written.getvalue()]

    def test_unknown_fields_are_left_out_and_long_ones_cut(self, written: io.StringIO):
        logging.getLogger("team.x").info("done", extra={"patient": "Mustermann", "part": "x" * 500, "ms": 3})
        (line,) = lines(written)
        assert "patient" not in line
        assert len(line["part"]) == 60
        assert line["ms"] == 3

    def test_a_defect_has_a_number_and_no_words(self, written: io.StringIO):
        try:
            failing("Mustermann")
        except ValueError as error:
            number = script_errors.record(error)
        (line,) = lines(written)
        assert line["number"] == number
        assert len(number) == 8
        assert line["error"] == "ValueError"
        assert "Mustermann" not in written.getvalue()

    @pytest.mark.parametrize("path", ["/survival", "/Mustermann", "/../../etc/passwd", "/\n", "//x", ""])
    def test_every_address_has_a_kind_of_a_short_list(self, path: str):
        assert kind(path) in ("page", "closed")

    def test_numbers_of_requests_are_hexadecimal(self):
        assert request_id("ab" * 16) == "ab" * 16
        assert request_id('x", "admin": "') != 'x", "admin": "'


def test_the_check_can_fail():
    """Without the lines of JSON the words are there."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("plain.library")
    logger.addHandler(handler)
    logger.propagate = False
    logger.error("bad value %s", "Mustermann")
    assert "Mustermann" in stream.getvalue()
