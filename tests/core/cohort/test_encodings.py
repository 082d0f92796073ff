"""The encodings a person can choose from: those that read every byte, each with how the file begins."""

import pytest

from core.cohort.encodings import ENCODINGS, readings
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import xlsx

ROWS = [["编号", "性别"], ["一", "男"], ["二", "女"]]


def test_the_one_that_is_found_stands_first():
    found = readings(delimited(ROWS, encoding="gbk"), name="a.csv")
    assert (found[0].encoding, found[0].shows) == ("gb18030", "编号,性别")
    assert len({one.shows for one in found}) == len(found)
    assert {one.encoding for one in found} <= ENCODINGS.keys()


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1250", "żółty"),
        ("cp1253", "φύλο"),
        ("cp1251", "возраст"),
        ("big5", "患者"),
        ("cp949", "나이"),
        ("cp1254", "yaş"),
    ],
)
def test_every_language_is_among_them(encoding, word):
    content = delimited([["id", word], ["1", "2"], ["3", "4"]], encoding=encoding)
    assert f"id,{word}" in [one.shows for one in readings(content, name="a.csv")]


@pytest.mark.parametrize(
    "content", [delimited(ROWS), delimited(ROWS, encoding="utf-16"), b"id,age\n1,2\n", xlsx({"S": ROWS}), b""]
)
def test_nothing_to_choose(content):
    assert readings(content, name="a.csv") == ()
