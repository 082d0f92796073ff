"""What kind of file the bytes are, told from their beginning and never from the name."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Literal, TypeAlias

from core.errors import ReadError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip); unpack it"),
    (b"7z\xbc\xaf", "a compressed file (7z); unpack it"),
    (b"Rar!", "a compressed file (RAR); unpack it"),
    (b"ASCII SPSS PORT FILE", "a portable SPSS file (.por); save it as .sav"),
    (b"ARROW1", "an Arrow file; save it as Parquet"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
_SAS = b"\0" * 12 + b"\xc2\xea\x81\x60"
_TRANSPORT = (b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8")
_STATA_OLD = range(104, 116)  # number of the format; then the byte order (1 or 2), and a 1
_PRISM = re.compile(rb"<(?:\w+:)?GraphPadPrismFile\b")
FileKind: TypeAlias = Literal["text", "workbook", "spss", "stata", "sas", "xpt", "parquet", "prism", "markup"]
_MARKUP = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|GraphPadPrismFile|table|head|body|meta|style|div|svg)",
    re.IGNORECASE,
)
_TABLE = re.compile(rb"<table\b|urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*[\[{]\s*[\"\[{\]}]")
_TEXT_BEGINNINGS = (b"BM", b"MZ", b"GIF8", b"II*\0")  # also how a column name may begin


def kind_of(content: bytes, *, name: str) -> FileKind:
    """The kind of a file that is read as a table.

    Raises
    ------
    ReadError
        Naming what it is, where it is known to be no table.
    """
    if content.startswith((b"$FL2", b"$FL3")):
        return "spss"
    if content.startswith(b"<stata_dta") or (
        len(content) > 3 and content[0] in _STATA_OLD and content[1] in (1, 2) and content[2] == 1
    ):
        return "stata"
    if content.startswith(_SAS):
        return "sas"
    if content.startswith(_TRANSPORT):
        return "xpt"
    if content.startswith(b"PAR1") and content.endswith((b"PAR1", b"PARE")):
        return "parquet"
    if _PRISM.search(content[:4000]) and _MARKUP.match(content[:200]):
        return "prism"
    if _MARKUP.match(content[:200]) and _TABLE.search(content):
        return "markup"
    _refuse_other_kinds(content, name=name)
    return "workbook" if content.startswith((_ZIP, _OLE)) else "text"


def _refuse_other_kinds(content: bytes, *, name: str) -> None:
    """Raise ReadError that names the kind when the file is known to be no table."""
    kind = _zip_kind(content) if content.startswith(_ZIP) else _ole_kind(content)
    if kind is None:
        kind = next(
            (found for start, found in _BEGINNINGS if content.startswith(start) and _is_binary(start, content)), None
        )
    if kind is None and _MARKUP.match(content[:200]):
        kind = "a web page or XML document"
    if kind is None and _JSON.match(content[:200]):
        kind = "a JSON file"
    if kind == "protected":
        raise ReadError(
            f"'{name}' is protected by a password.", hint="Remove the password in Excel (File, Info) and load it again."
        )
    if kind is not None:
        raise ReadError(
            f"'{name}' is not a table: it is {kind}.",
            hint="Save the sheet as CSV or Excel (.xlsx) and load that file.",
        )


def _is_binary(start: bytes, content: bytes) -> bool:
    """Whether a beginning that could also be text really is followed by bytes that are not."""
    if start not in _TEXT_BEGINNINGS:
        return True
    return any(byte < 9 or 13 < byte < 28 for byte in content[:64])


def _zip_kind(content: bytes) -> str | None:
    """None for a workbook, else what the zip holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            said = package.open("mimetype").read(200) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        return "a damaged workbook or compressed file"
    if any(name.startswith("xl/") for name in names):
        return None
    if "content.xml" in names:
        return None if b"opendocument.spreadsheet" in said or not said else "an OpenDocument text"
    if any(name.startswith("word/") for name in names):
        return "a Word document"
    if any(name.startswith("ppt/") for name in names):
        return "a PowerPoint file"
    if "document.json" in names:
        return "a newer Prism file (.prism); save it as .pzfx"
    return "a compressed file (zip); unpack it"


def _ole_kind(content: bytes) -> str | None:
    """None unless an OLE file holds something else than a plain workbook."""
    if not content.startswith(_OLE):
        return None
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "protected"
    if "WordDocument".encode("utf-16-le") in content:
        return "a Word document"
    if "PowerPoint Document".encode("utf-16-le") in content:
        return "a PowerPoint file"
    return None
