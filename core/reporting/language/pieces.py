"""A text that is no sentence of the catalogue, taken apart: lines, sentences, lists, remarks in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.reporting.language.markup import folded

_MARKED = re.compile(r"(\s*(?:#{1,6}|[-•*▸→✓]|\d+\.|[^\w\s\ue000-\uf8ff(]{1,2}) +)(\S.*)", re.DOTALL)
_LISTED = re.compile(r"(\s*(?:[-•]|\d+\.) +)(\S.*)")
_LINES = re.compile(r"(\s*\n\s*)")
_QUOTED = re.compile(r"'([^']+)'")
_TITLED = re.compile(r"((?:(?:, | and |, and )?'[^']+')+): (\S.*)", re.DOTALL)
_BOLD = re.compile(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_INSIDE_BOLD = re.compile(r"(\*\*[^*]+\*\*)")
_ENDED = r"(?:(?<=[a-z0-9)}%'\]”*\uf000-\uf7ff][.?!])|(?<=[A-Z]{2}[.?!]))(?<!\bvs\.)(?<!\bal\.)(?<!\bcf\.)"
_SENTENCES = re.compile(_ENDED + r" +(?=[A-Z0-9'“(*'<>≤≥\uf000-\uf7ff\u4e00-\u9fff])")
_BRACKETS = re.compile(r"(.*?)(\s*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)(.*)", re.DOTALL)
_JOINED = re.compile(r", | and | or | but ")
_REMARK = re.compile(r"\(([a-z -]*[a-z]) \d")
_REMARKED = re.compile(r"(?<=\)), and |(?<=\)), |(?<=\)) and ")
CITED = re.compile(r"\b(?:18|19|20)\d\d;\s?\d+|\b(?:18|19|20)\d\d\b.*:\d+-\d+")
_LONG = 40  # signs of an item that a list sets apart by commas
_WEAK = 4  # words of a value between words such as "of"
_JOINT = re.compile(r"[,;:(]")
_CJK = r"[\u2e80-\u9fff\uff00-\uffef（），。；：、？！]"
_BESIDE = rf"\w\uf000-\uf7ff{_CJK[1:-1]}"  # what was held back among it
_SPACE = re.compile(rf"(?<={_CJK}) (?=[({_BESIDE}]|−\S|±\d)|(?<=[)%{_BESIDE}]) (?={_CJK})|(?<=\w\*\*) (?={_CJK})")
_DOUBLE = re.compile(r"[。，；：、]+([。；：？！])|([。；：，])[，、]|\.。")
_HAS_CJK = re.compile(r"[\u4e00-\u9fff]")
_COUNT = re.compile(r"[,，、] ?n \(%\)")
_OF_GROUP = re.compile(r" ?\(N = ([\d,]+)\)")
_STOP = re.compile(rf"(?<=[{_BESIDE})\]%])\.(?=$|{_CJK})")
_COMMA = re.compile(r"(?<=[\d%]), (?=\d\d % CI|−?\d[\d.]*–)|(?<=[\d%）)]), (?=P [=<>])")
_SEMICOLON = re.compile(r"; (?=(?:[A-Z][a-z-]+ |log-rank )?P [=<>])|(?<=[）)]); (?=[A-Z])")
_COLON = re.compile(rf": (?=[\d.,]*{_CJK}|P [=<>])")
_OWN_LIST = re.compile(r"(?<=[\uf000-\uf7ff]), (?=[\uf000-\uf7ff])")
_TAILED = re.compile(r"(.+\S) \((of [^()]+)\)", re.DOTALL)
_OWN_SIGNS = str.maketrans({",": "，", ":": "：", ";": "；", ".": "。"})
_OWN_SIGN = re.compile(r"(?<!\bR)[,:;] |\.$")  # "R: " stands before a call
_OWN_BRACKETS = re.compile(r" \(([^()]*)\)")
_INTERVAL = re.compile(r"(?<=[\d%]) \(((?:−?\d|\d\d % CI)[^()（）]*)\)")
_BEFORE_CJK = re.compile(rf"(?<=[\w\uf000-\uf7ff]), (?=(?:\d[\d,]*)?{_CJK})|(?<={_CJK}), (?=\S)")
_AFTER_CJK = re.compile(rf"(?<={_CJK}): (?=\S)")
_IN_QUOTES = re.compile(r"(?<![\w’])'([^'\n]*[\u4e00-\u9fff][^'\n]*)'(?!\w)")
_ROWS = re.compile(r"(?<=\d), (?=(?:\d+, )*\d+行)")
_BEHIND_CJK = re.compile(rf"(?<={_CJK})\(([^()（）]*)\)")
Split = tuple[bool, list[str], list[str]]  # whether the joints are strong ones, parts, what stands between them


def marked(text: str) -> tuple[str, str, str] | None:
    """Sign of a list, quotes or bold around a text: before, text, after."""
    quoted = _QUOTED.fullmatch(folded(text))
    if quoted is not None:
        return "“", text[1:-1], "”"
    bold = _BOLD.fullmatch(text)
    if bold is not None and bold[1] not in bold[2]:
        return bold[1], bold[2], bold[1]
    begun = _MARKED.fullmatch(text)
    return None if begun is None else (begun[1], begun[2], "")


def tailed(text: str) -> tuple[str, str] | None:
    """A text and, in brackets at its end, of what it was said."""
    found = _TAILED.fullmatch(folded(text))
    return None if found is None else (text[: found.end(1)], text[found.start(2) : found.end(2)])


def signed(text: str) -> str:
    """A sentence of names and numbers, which needs no words, in Chinese signs."""
    plain = _OWN_SIGN.sub(lambda match: match[0].strip().translate(_OWN_SIGNS), text)
    return _OWN_BRACKETS.sub(r"（\1）", plain)


def titled(text: str) -> tuple[str, str] | None:
    """Titles in quotes before a colon, and what is said of them."""
    found = _TITLED.fullmatch(folded(text)) if folded(text[:1]) == "'" else None
    return None if found is None else (text[: found.end(1)], text[found.start(2) :])


def in_quotes(text: str) -> list[str]:
    """What stands in single quotes."""
    return _QUOTED.findall(folded(text))


def listed(text: str) -> tuple[str, str]:
    """The sign of a list before a line of packed text, and the line."""
    found = _LISTED.fullmatch(folded(text))
    at = 0 if found is None else found.end(1)
    return text[:at], text[at:]


def lines(text: str) -> list[str]:
    """The lines of a text and, between them, what divides them."""
    return [part for part in _LINES.split(text) if part]


def sentences(text: str) -> list[str]:
    """The sentences of a text on one line."""
    divided = "\n" not in text and (". " in text or "? " in text or "! " in text)
    return _SENTENCES.split(text) if divided else [text]


def clauses(text: str) -> list[str]:
    """What stands between semicolons, those in brackets aside."""
    parts, start, counted, open_ = [], 0, 0, 0
    at = text.find("; ")
    while at >= 0:
        open_ += text.count("(", counted, at) - text.count(")", counted, at)
        counted = at
        if open_ <= 0:
            parts.append(text[start:at])
            start = at + 2
        at = text.find("; ", at + 2)
    return [*parts, text[start:]]


def whole(values: list[str], *, weak: bool) -> bool:
    """Whether each value may stand in a place.

    It holds sentences or a part of one, no bracket of its own is left open, the last one does not end the sentence,
    those before it hold no clause of their own. Between words such as "of" (``weak``) a value is a name, a number or
    a count, nothing longer.
    """
    last = values[-1].rstrip()
    if last.endswith((".", "?", "!")) or any(value.count("(") != value.count(")") for value in values):
        return False
    if any(len(sentences(value)) > 1 and not value.rstrip().endswith((".", "?", "!")) for value in values):
        return False
    if any(len(clauses(value.replace(": ", "; "))) > 1 for value in values[:-1]):
        return False
    return not weak or all(len(value.split()) <= _WEAK and not _JOINT.search(value) for value in values)


def items(text: str) -> tuple[list[str], list[str]] | None:
    """A list whose items all end with the same kind of remark in brackets: items, and what stands between them."""
    parts, joints = _outside(_REMARKED, text)
    kinds = {tuple(_REMARK.findall(part)[-1:]) for part in parts}
    if not joints or not text.endswith(")") or len(kinds) > 1 or kinds == {()}:
        return None
    return parts, ["和" if "and" in joint else "、" for joint in joints]


def splits(text: str) -> Iterator[Split]:
    """Ways to take a text apart, the strongest joints first; Chinese joints stand between the parts."""
    if "**" in text:
        parts = _INSIDE_BOLD.split(text)
        yield True, parts, [""] * (len(parts) - 1)
    for joint, shown in ((" · ", " · "), (" | ", " | "), (" — ", "——"), (" → ", " → ")):
        if joint in text:
            parts = text.split(joint)
            yield True, parts, [shown] * (len(parts) - 1)
    at = folded(text).find(": ")  # the colon may be escaped
    if at >= 0:
        yield False, [text[:at], text[at + 2 :]], ["："]
    yield from _lists(text)


def _outside(pattern: re.Pattern[str], text: str) -> tuple[list[str], list[str]]:
    """Parts and joints; what stands in brackets is not divided."""
    parts, joints, start = [], [], 0
    for match in pattern.finditer(text):
        before = text[start : match.start()]
        if before.count("(") == before.count(")"):
            parts.append(before)
            joints.append(match[0])
            start = match.end()
    return [*parts, text[start:]], joints


def _lists(text: str) -> Iterator[Split]:
    parts, joints = _outside(_JOINED, text)
    if joints:
        quoted = all(_QUOTED.fullmatch(folded(part)) for part in parts)
        long = any(sign.isdigit() for sign in text) or max(map(len, parts)) > _LONG
        comma = "，" if long and not quoted else "、"
        words = {", ": comma, " and ": "和", " or ": "或", " but ": "，但"}
        yield False, parts, [words[joint] for joint in joints]
    for joint, shown in ((" × ", " × "), (" / ", " / "), (" = ", " = "), (" – ", " – "), (" + ", " + "), ("/", "/")):
        if joint in text:
            parts = text.split(joint)
            yield False, parts, [shown] * (len(parts) - 1)


def bracketed(text: str) -> tuple[str, str, str] | None:
    """What stands before, in and after the first brackets."""
    found = _BRACKETS.fullmatch(text)
    return None if found is None or not found[3].strip() else (found[1], found[3], found[4])


def tidy(text: str) -> str:
    """Chinese without the spaces of English beside it, and no two stops in a row."""
    return _DOUBLE.sub(lambda match: match[1] or match[2] or "。", _SPACE.sub("", text))


_SIGNS = (
    (_ROWS, "、"),
    (_COMMA, "，"),
    (_BEFORE_CJK, "，"),
    (_SEMICOLON, "；"),
    (_COLON, "："),
    (_AFTER_CJK, "："),
    (_STOP, "。"),
    (_OWN_LIST, "、"),
)


def in_chinese_signs(text: str, english: str) -> str:
    """A finished text with the signs of Chinese where those of English were left between numbers and names."""
    text = _OF_GROUP.sub(r"（N = \1）", _put(_COUNT, "，n（%）", text))
    if not _HAS_CJK.search(text):
        return text
    for pattern, sign in _SIGNS:
        text = _put(pattern, sign, text)
    if text.endswith("。"):
        text = _wide(text)
    text = _IN_QUOTES.sub(r"“\1”", text).replace("”, “", "”、“").replace(" “", "“").replace("” ", "”")
    own = _HAS_CJK.search(english)  # brackets of a user's own Chinese words are left as they are
    return text if own else _BEHIND_CJK.sub(r"（\1）", text)


def _put(pattern: re.Pattern[str], sign: str, text: str) -> str:
    """The text with a sign in place of what the pattern finds; escapes around it are left as they are."""
    plain = folded(text)
    if pattern.search(plain) is None:
        return text
    for found in reversed(list(pattern.finditer(plain))):
        text = text[: found.start()] + sign + text[found.end() :]
    return text


def _wide(text: str) -> str:
    """A sentence with wide brackets around an interval that follows its number."""
    for found in reversed(list(_INTERVAL.finditer(folded(text)))):
        inside = text[found.start(1) : found.end(1)]
        text = f"{text[: found.start()]}（{inside}）{text[found.end() :]}"
    return text
