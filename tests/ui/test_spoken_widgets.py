"""A choice stays the option that it was when the language of the screen changes."""

import pytest

from ui.spoken_widgets import as_option, in_english

WORDS = {"OS": "Overall survival (OS)", "PFS": "Progression-free survival (PFS)"}
CHINESE = {"Overall survival (OS)": "总生存期（OS）", "Progression-free survival (PFS)": "无进展生存期（PFS）"}


@pytest.mark.parametrize("told", ["PFS", "Progression-free survival (PFS)", "无进展生存期（PFS）"])
def test_the_words_of_either_language_mean_the_option(told):
    assert as_option(told, ["OS", "PFS"], WORDS.__getitem__, CHINESE.__getitem__) == "PFS"


def test_several_choices_none_and_what_is_no_option():
    say = lambda text: CHINESE.get(text, text)  # noqa: E731
    assert as_option(["总生存期（OS）", "PFS"], ["OS", "PFS"], WORDS.__getitem__, say) == ["OS", "PFS"]
    assert as_option(None, ["OS"], WORDS.__getitem__, say) is None
    assert as_option("another", ["OS"], WORDS.__getitem__, say) == "another"
    assert as_option((1, 2), [(1, 2)], str, say) == (1, 2)


def test_in_english_a_choice_told_in_chinese_is_understood():
    drawn = in_english(lambda label, options, format_func=str, key=None: "总生存期（OS）", CHINESE.__getitem__)
    assert drawn("Endpoint", ["OS", "PFS"], format_func=WORDS.__getitem__) == "OS"
    plain = in_english(lambda label, options, key=None: 3, CHINESE.__getitem__)
    assert plain("Number", [1, 2, 3]) == 3
