"""From bytes to text: which encoding a spreadsheet export was written in.

Own order, because detectors misread short or mostly-ASCII files: byte-order marks, UTF-8, GB18030 (or EUC-KR, EUC-JP,
KOI8-R, which share its bytes) where it yields common characters, then the single-byte encoding whose letters read best.
"""

from __future__ import annotations

import codecs

from core.cohort.issues import IssueLog, counted
from core.cohort.letters import SINGLE_BYTE, chinese_share, is_japanese, is_korean, western_score
from core.errors import ReadError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = ["cp1252", "cp1251", "cp1250", "big5", "shift_jis", "euc_kr"]
_READS_WELL = 0.8
_BETTER = 0.1  # how much better than Windows Western, by letter, another single-byte encoding must read
_SAMPLE = 200_000
_CONTROL = tuple(letter for letter in map(chr, range(32)) if letter not in "\t\r\n\f\v\x1a\x1c")


def decode(content: bytes, *, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Text of a file and the encoding it was read in.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for the message.
    encoding : str, optional
        Use this one; otherwise it is found.

    Raises
    ------
    ReadError
        If the bytes are not text, or not in ``encoding``.
    """
    if encoding is not None:
        try:
            return content.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            raise ReadError(f"'{name}' cannot be read as {encoding}.", hint="Choose another encoding.") from None
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return _strict(content, marked, name), marked
    if b"\0" in content[:_SAMPLE]:
        wide = _unmarked_utf16(content)
        if wide is None:
            raise _not_text(name)
        return _strict(content, wide, name), wide
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text, found = _not_utf8(content)
    else:
        found = "utf-8"
    _refuse_binary(text, name)
    return text, found


def is_ascii_text(content: bytes) -> bool:
    """Whether the bytes are ASCII letters only, which every encoding but UTF-16 and UTF-32 reads alike."""
    if not content.isascii() or b"\0" in content[:_SAMPLE]:
        return False
    return not _is_binary(content[:_SAMPLE].decode("ascii"))


def is_utf8_text(sample: bytes) -> bool:
    """Whether the beginning of a file is UTF-8 with no more control characters than stand in a table."""
    if b"\0" in sample or sample.startswith(tuple(mark for mark, name in _MARKS if name != "utf-8-sig")):
        return False
    return not _is_binary(sample.decode("utf-8", errors="ignore")[:_SAMPLE])


def is_unicode(content: bytes) -> bool:
    """Whether the bytes say themselves how they are to be read: a byte-order mark, UTF-16, or UTF-8."""
    if content.startswith(tuple(mark for mark, _ in _MARKS)) or b"\0" in content[:_SAMPLE]:
        return True
    return _whole(content, "utf-8") is not None


def _not_utf8(content: bytes) -> tuple[str, str]:
    """Text in a Chinese, Korean or Japanese encoding, damaged UTF-8, or the single-byte encoding that reads best."""
    sample = content[:_SAMPLE]
    if _is_chinese(content):
        found = _eastern(sample)
        if found is not None and (text := _whole(content, found)) is not None:
            return text, found
    loose = content.decode("utf-8", errors="replace")
    broken = loose.count("\ufffd")
    if broken * 10 <= sum(ord(letter) > 127 for letter in loose):
        return loose, "utf-8"
    scores = {name: western_score(_part(sample, name), name) for name in SINGLE_BYTE}
    found = max(scores, key=lambda name: (round(scores[name], 3), -SINGLE_BYTE.index(name)))
    if scores[found] < _READS_WELL and _runs_of_high_bytes(sample) > 1.5:  # words of another script
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=_OTHERS).best()
        found = best.encoding if best is not None else found
    elif scores[found] < scores["cp1252"] + _BETTER:
        found = "cp1252"
    text = _whole(content, found)
    return (content.decode("latin-1"), "latin-1") if text is None else (text, found)


def _eastern(sample: bytes) -> str | None:
    """Which of the encodings that share two-byte characters reads best; None: none, it is no Chinese."""
    chinese = chinese_share(_part(sample, "gb18030"))
    for name in ("euc_kr", "cp949"):
        text = _whole(sample, name, errors="replace")
        if text is not None and text.count("\ufffd") <= 1 and is_korean(text) and chinese < _READS_WELL:
            return name
    if is_japanese(_part(sample, "euc_jp")):
        return "euc_jp"
    if chinese < 0.2 and western_score(_part(sample, "koi8_r"), "koi8_r") > _READS_WELL:
        return "koi8_r"
    return "gb18030"


def _part(sample: bytes, encoding: str) -> str:
    return sample.decode(encoding, errors="replace")


def _whole(content: bytes, encoding: str, *, errors: str = "strict") -> str | None:
    """The text, or None where the bytes are not all of that encoding."""
    try:
        return content.decode(encoding, errors=errors)
    except UnicodeDecodeError:
        return None


def _is_chinese(content: bytes) -> bool:
    """Whether most two-byte characters fall among GB2312's common characters and punctuation (lead A1-D7, trail >= A1).

    Accented Western letters stand before an ASCII letter and would decode as rare characters; Cyrillic and Greek words
    decode as rare ones too.
    """
    common = pairs = 0
    position, end = 0, min(len(content), _SAMPLE)
    while position < end - 1:
        lead, trail = content[position], content[position + 1]
        if lead < 0x80:
            position += 1
            continue
        pairs += 1
        common += lead <= 0xD7 and lead >= 0xA1 and trail >= 0xA1
        position += 2
    return pairs > 0 and common >= 0.6 * pairs


def _runs_of_high_bytes(content: bytes) -> float:
    """Mean length of a run of bytes above 127."""
    runs = high = 0
    inside = False
    for byte in content:
        if byte > 127:
            high += 1
            runs += not inside
        inside = byte > 127
    return high / runs if runs else 0.0


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark: the bytes of ASCII letters alternate with zeros."""
    sample = content[:4000]
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.3 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.3 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _not_text(name) from None
    _refuse_binary(text, name)
    return text


def _refuse_binary(text: str, name: str) -> None:
    if _is_binary(text[:_SAMPLE]):
        raise _not_text(name)


def _is_binary(sample: str) -> bool:
    """Whether there are more control characters than stand in a table."""
    return sum(map(sample.count, _CONTROL)) > 0.001 * len(sample)


def _not_text(name: str) -> ReadError:
    return ReadError(
        f"'{name}' is not a table: its content is not text.",
        hint="Save the sheet as CSV or Excel (.xlsx) and load that file.",
    )


def report_encoding(text: str, encoding: str, log: IssueLog) -> None:
    """Say which encoding was taken where it was a guess, and what could not be decoded."""
    if "\ufffd" in text:
        rows = tuple(i for i, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line)
        lost = counted(text.count("\ufffd"), "letter")
        log.add(
            "damaged-letters", "warning", f"{lost} could not be decoded and stand as '\ufffd'.",
            rows=rows, remedy="Save the file again as UTF-8 CSV or as .xlsx.",
        )  # fmt: skip
    elif encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        shown = next((line.strip() for line in text.splitlines() if not line.isascii()), "")[:60]
        log.add(
            "encoding", "info", f"The file is not UTF-8; it was read as {encoding} (for example: {shown}).",
            remedy="If names look wrong, choose another encoding, or save the file again as UTF-8 CSV or as .xlsx.",
        )  # fmt: skip
