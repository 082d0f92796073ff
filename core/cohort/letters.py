"""How well decoded text reads: which letters the languages of an encoding use, and where in a word they stand.

A wrong encoding rarely fails; it turns letters into others. 'nő' read as Western is 'nõ', 'płeć' is 'p³eæ', Korean read
as Chinese is rare characters. So each reading is scored by the letters of one language at a time.
"""

from __future__ import annotations

import re
from functools import cache

from core.cohort.vocabulary import vocabulary

_LANGUAGES: dict[str, tuple[str, ...]] = {
    "cp1252": ("àâæçéèêëîïôœùûüÿ", "äöüßéè", "áéíóúñüçà", "àèéìòùî", "ãõáâàçéêíóôú", "åäöæøéü", "áðéíóúýþæö"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţșț", "čćđšž", "äöüß"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţșț", "čćđšž"),
    "cp1254": ("çğıöşüi̇â",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "koi8_r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "cp1253": ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",),
    "mac_roman": ("äöüßéè", "àâæçéèêëîïôœùûü", "áéíóúñü"),
}
"""Letters beyond a to z of the languages an encoding is for; the first encoding wins a tie."""

SINGLE_BYTE = tuple(_LANGUAGES)
_AROUND = 1
_NEUTRAL = frozenset("°±µμ§²³×·•–—‘’“”„…€£½¼¾≥≤«»¿¡©®™\u00a0\u00ad\ufeff№†‡‰")
_ASCII = re.compile(r"[A-Za-z]")
_ENDS = re.compile(r"[^\W\d_]")
_CHINESE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "性男女岁期治疗组号编名姓住院病例患者死亡存活生时间日月年转移瘤癌肝肺胃肠胰乳腺淋巴骨脑手术化放免疫药"
    "量大小单多无阳阴高低级分随访末次首诊断复进展稳定缓解部完全未知其他备注手机电话址省市区县医科室王李张刘"
    "陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "甲乙丙丁左右前后叶段直径厘米否消融射频微波超声肿"
)
_KOREAN = (
    "이다는에의을를가고하사자지은인기아나리시도일대정주한장수로전여해원보부상구비조마번호성별남나생존기간망환"
    "여자군치료병원암간폐위종양전이재발무유예아니오연령날짜진단수술약제용량등급없음있음양성음성좌우최소초"
    "관찰추적개월년월김박최강윤임오신서권황안송류홍의과명세값단계크기개수경과완부분안정행반응그어서들것을스라게만되안내두미세모터트드국면러포"
)


def western_score(text: str, encoding: str) -> float:
    """How well text reads in the languages of an encoding: -1 to 1 per letter beyond ASCII, of the best language."""
    found = [
        (text[i], text[max(0, i - _AROUND) : i], text[i + 1 : i + 1 + _AROUND])
        for i in range(len(text))
        if text[i] > "\x7f" and not _stands_alone(text, i)
    ]
    if not found:
        return 0.0
    return max(sum(_fits(*one, letters) for one in found) for letters in _LANGUAGES[encoding]) / len(found)


def _stands_alone(text: str, i: int) -> bool:
    """A sign between words or beside a number says nothing about the language."""
    beside = text[max(0, i - 1) : i] + text[i + 1 : i + 2]
    return text[i] in _NEUTRAL and _ENDS.search(beside) is None


def _fits(letter: str, before: str, after: str, letters: str) -> int:
    if letter.lower() not in letters:
        return -1
    if letters[0] >= "α" and _ASCII.search(before + after):
        return -1  # Greek and Cyrillic words hold no Latin letters
    if letter == "õ" and "å" not in letters and "š" not in letters and after not in ("e", "E"):
        return -1  # Portuguese writes it in -ões only; elsewhere it is a Hungarian ő
    if letter == "ã" and after not in ("o", "e", "s", "", " ", ",", ";", "\t", '"', "\n"):
        return -1  # elsewhere a Romanian ă
    return -1 if letter.isupper() and before.islower() else 1


def is_korean(text: str) -> bool:
    """Whether Hangul reads as Korean: syllables only, and mostly common ones."""
    letters = [letter for letter in text if letter > "\x7f" and letter.isalpha()]
    hangul = [letter for letter in letters if "가" <= letter <= "힣"]
    return len(hangul) >= 0.9 * len(letters) > 0 and _share(hangul, frozenset(_KOREAN)) >= 0.5


def is_japanese(text: str) -> bool:
    """Whether text holds kana among its letters."""
    letters = [letter for letter in text if letter > "\x7f" and letter.isalpha()]
    kana = sum("ぁ" <= letter <= "ヶ" for letter in letters)
    return kana >= 0.15 * len(letters) > 0


def chinese_share(text: str) -> float:
    """Share of common characters among the letters beyond ASCII."""
    return _share([letter for letter in text if letter > "\x7f" and letter.isalpha()], _common_chinese())


@cache
def _common_chinese() -> frozenset[str]:
    """Characters of the field's own words, and the commonest beside them."""
    known = str(vocabulary())
    return frozenset(_CHINESE) | {letter for letter in known if "一" <= letter <= "鿿"}


def _share(letters: list[str], common: frozenset[str]) -> float:
    return sum(letter in common for letter in letters) / len(letters) if letters else 0.0
