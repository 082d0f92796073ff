"""Ways in which a text file can be read, for a person to choose from where the encoding found is wrong.

Belongs here: the encodings, what they are called, and how the file begins in each. Does not belong here: finding the
right one (``decode``).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.cohort.decode import decode, is_unicode
from core.cohort.file_kind import kind_of
from core.errors import ReadError

ENCODINGS = {
    "gb18030": "Chinese, simplified (GB18030, GBK)",
    "big5": "Chinese, traditional (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "cp949": "Korean (EUC-KR, CP949)",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859_2": "Central European (ISO 8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "mac_roman": "Western European (Macintosh)",
    "cp437": "Western European (DOS)",
}
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text file in one encoding.

    Attributes
    ----------
    encoding : str
        As a specification names it.
    label : str
        Its languages and its name.
    shows : str
        The beginning of the first line with a letter that other encodings read otherwise.
    """

    encoding: str
    label: str
    shows: str


def readings(content: bytes, *, name: str) -> tuple[Reading, ...]:
    """Ways to read a text file, the one that is found first; none where there is no choice.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for messages.

    Returns
    -------
    tuple of Reading
        Only encodings that can read every byte. Empty for Unicode, plain ASCII and files that are no text.
    """
    try:
        if kind_of(content, name=name) != "text" or content.isascii() or is_unicode(content):
            return ()
        text, found = decode(content, name=name)
    except ReadError:
        return ()
    made = [Reading(encoding=found, label=ENCODINGS.get(found, found), shows=_shown(text))]
    for encoding, label in ENCODINGS.items():
        try:
            read = _shown(content.decode(encoding))
        except UnicodeDecodeError:
            continue
        if encoding != found and all(read != one.shows for one in made):
            made.append(Reading(encoding=encoding, label=label, shows=read))
    return tuple(made)


def _shown(text: str) -> str:
    line = next((line for line in text.splitlines() if not line.isascii()), "")
    return line.strip()[:_SHOWN]
