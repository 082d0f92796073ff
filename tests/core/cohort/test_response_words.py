"""Words for best response."""

import pytest

from core.cohort.response_words import CATEGORIES, look_like_responses, response_category

WRITTEN = {
    "CR": ["CR", "cr", " Complete response ", "complete remission", "CR (mRECIST)", "mRECIST CR", "mCR",
           "完全缓解", "ＣＲ", "Complete Response (CR)", "iCR"],
    "PR": ["PR", "partial response", "Partial Remission", "PR by RECIST 1.1", "部分缓解", "PR（mRECIST）"],
    "SD": ["SD", "Stable disease", "stable", "NON-CR/NON-PD", "疾病稳定", "稳定", "No change"],
    "PD": ["PD", "Progressive disease", "progression", "iCPD", "疾病进展", "病情进展"],
    "NE": ["NE", "Not evaluable", "not assessed", "unknown", "无法评估", "未评估", "MISSING"],
}  # fmt: skip


@pytest.mark.parametrize(("category", "text"), [(c, text) for c, texts in WRITTEN.items() for text in texts])
def test_a_word_is_read(category, text):
    assert response_category(text) == category


@pytest.mark.parametrize(
    "text", ["", "mixed", "CR/PR", "yes", "1", "prior", "response?", "C R", "(CR) (PR)", "PR or SD"]
)
def test_what_is_no_response_is_not_guessed(text):
    assert response_category(text) is None


def test_letters_alone_in_brackets():
    assert response_category("(PR)") == "PR"


def test_the_categories_are_in_order():
    assert CATEGORIES == ("CR", "PR", "SD", "PD", "NE")


def test_a_column_of_responses():
    assert look_like_responses(["CR", "SD", "NE"])
    assert look_like_responses(["完全缓解", "疾病进展"])


@pytest.mark.parametrize(
    "texts", [["SD"], ["NE", "SD"], ["unknown", "missing"], ["CR", "SD", "yes"], ["pr", "prior"], []]
)
def test_a_column_of_something_else(texts):
    assert not look_like_responses(texts)
