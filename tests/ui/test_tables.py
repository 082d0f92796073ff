import pytest

from ui.tables import _whole, escaped, prose


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://e.com/a.png)",
        "[link](javascript:alert(1))",
        "<b>x</b>",
        "**bold**",
        "a | b",
        "$x$",
        ":red[x]",
        "# head",
    ],
)
def test_a_cohorts_strings_are_never_markup(text: str) -> None:
    safe = escaped(text)
    for mark in "[]<>*|$#":
        assert safe.count(mark) == safe.count("\\" + mark), (mark, safe)


@pytest.mark.parametrize("text", ["- item", "+ item", "1. item", "1) item"])
def test_a_cell_never_starts_a_list(text: str) -> None:
    assert "\\" in escaped(text)


@pytest.mark.parametrize("text", ["http://evil.test/x", "HTTPS://evil.test", "www.evil.test", "a@b.c"])
def test_a_cohorts_strings_are_never_live_addresses(text: str) -> None:
    safe = escaped(text)
    assert "://" not in safe.replace("\\", "")
    assert "www." not in safe
    assert "@b" not in safe
    assert safe.replace("\u2060", "").replace("\\", "") == text


def test_plain_text_stays_plain() -> None:
    plain = "G1/2, 12.5 (8.9–NR) mg; 50 %"
    assert escaped(plain) == plain


def test_numbers_keep_their_units_on_the_line() -> None:
    assert prose("P = 0.042") == "P\u00a0=\u00a00.042"
    assert prose("10.7 months (95 % CI 8.6–11.5)") == "10.7\u00a0months (95\u00a0%\u00a0CI 8.6–11.5)"


@pytest.mark.parametrize("text", ["67 (71.3)", "61.0 ± 10.8", "12.5 (8.9–16.0)", "<0.001"])
def test_short_numbers_stay_on_one_line(text: str) -> None:
    whole = _whole(text)
    assert " " not in whole
    assert whole.replace("\u00a0", " ").replace("\u2060", "") == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("87.9 % (77.2–93.7)", ["87.9 %", "(77.2–93.7)"]),
        ("44 (66.7) [54.0–77.8]", ["44", "(66.7)", "[54.0–77.8]"]),
        ("−10.2 (−13.6 to 19.8)", ["−10.2", "(−13.6 to 19.8)"]),
        ("NR (15.9–NR) (8.7–11.8)", ["NR", "(15.9–NR)", "(8.7–11.8)"]),
    ],
)
def test_of_a_long_cell_an_interval_stays_whole(text: str, parts: list[str]) -> None:
    broken = [part.replace("\u00a0", " ").replace("\u2060", "") for part in _whole(text).split(" ")]
    assert broken == parts
    assert _whole(text).count("–\u2060") == text.count("–")


@pytest.mark.parametrize("text", ["Pearson chi-squared", "0.42 (0.27–0.64), P < 0.001", "total", ""])
def test_words_may_break(text: str) -> None:
    assert _whole(text) == text
