"""The zip file behind a saved study: its parts in a fixed order, their digests, and what is refused on opening.

Belongs here: the container. Does not belong here: what the parts say (``study_tables``, ``study``).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping

from core.cohort.guards import MAX_BYTES, free_megabytes
from core.errors import ReadError

MEDIA_TYPE = b"application/x-cohortscope"
_TYPE, _DIGESTS = "mimetype", "SHA256SUMS"
_MOST_PARTS = 16
_MOST_UNPACKED = 2 * 1024**3
_MEMORY_PER_BYTE = 6  # of the JSON text: the text itself, its values as objects, the columns
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip file must have a time; this one is always the same
_AGAIN = "Save the study again, or open another copy of it."


def is_study(content: bytes) -> bool:
    """Whether bytes are a saved study, whatever the file is called."""
    return content[:4] == b"PK\x03\x04" and content[30:80].startswith(_TYPE.encode() + MEDIA_TYPE)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as one file; the same parts are the same bytes.

    Parameters
    ----------
    parts : dict of part name to bytes
    """
    sums = "".join(f"{hashlib.sha256(part).hexdigest()}  {name}\n" for name, part in parts.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _write(archive, _TYPE, MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, part in (*parts.items(), (_DIGESTS, sums.encode())):
            _write(archive, name, part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpacked(content: bytes, *, name: str) -> dict[str, bytes]:
    """The parts of a saved study, each as it was written.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If the file is no saved study, damaged, changed by hand, or unfolds to more than memory holds.
    """
    if not is_study(content):
        hint = "Choose a file that 'Save this study' has written."
        raise ReadError(f"'{name}' is not a saved Cohortscope study.", hint=hint)
    if len(content) > MAX_BYTES:
        raise ReadError(f"'{name}' is larger than {MAX_BYTES // 1024**2} MB.", hint="Load the data files instead.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_odd(archive.infolist(), name)
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        raise _damaged(name) from None
    _check(parts, name)
    return {part: data for part, data in parts.items() if part not in (_TYPE, _DIGESTS)}


def _write(archive: zipfile.ZipFile, name: str, data: bytes, how: int) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type, info.create_system, info.external_attr = how, 3, 0o644 << 16
    archive.writestr(info, data)


def _refuse_odd(infos: list[zipfile.ZipInfo], name: str) -> None:
    """What no saved study has: paths outside itself, parts twice, many parts, encryption, gigabytes."""
    names = [info.filename for info in infos]
    if len(set(names)) != len(names) or len(names) > _MOST_PARTS or any(info.flag_bits & 1 for info in infos):
        raise _damaged(name)
    for part in names:
        if part.startswith(("/", "\\")) or ".." in part or ":" in part or "\\" in part:
            raise ReadError(f"'{name}' holds a part with a path of its own and was not opened.", hint=_AGAIN)
    size = sum(info.file_size for info in infos)
    if size > _MOST_UNPACKED or size * _MEMORY_PER_BYTE > 0.8 * free_megabytes() * 1024**2:
        raise ReadError(
            f"'{name}' unfolds to {size / 1024**2:,.0f} MB, more than can be opened.",
            hint="Close other programs, or load the data files instead.",
        )


def _check(parts: Mapping[str, bytes], name: str) -> None:
    """Raise ReadError unless every part has the digest that was written beside it."""
    sums = parts.get(_DIGESTS, b"").decode("ascii", "replace")
    said = {part: digest for digest, _, part in (line.partition("  ") for line in sums.splitlines())}
    found = {part: hashlib.sha256(data).hexdigest() for part, data in parts.items() if part not in (_TYPE, _DIGESTS)}
    if not found or said != found:
        raise _damaged(name)


def _damaged(name: str) -> ReadError:
    return ReadError(
        f"'{name}' is damaged or was changed: its parts do not have the digests saved with them.", hint=_AGAIN
    )
