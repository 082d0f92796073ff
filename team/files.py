"""Files of cohorts: named by the digest of their content, whole or not there at all.

A file is written under a passing name, flushed to the disk, read back against its digest, and only then given its name;
a row of the database that names it comes after. So a process that dies leaves at most a file that no row names, which a
sweep removes. The names that people gave their files are kept as data in the database and are never paths.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from team import bucket, fault_points
from team.errors import DamagedError, SettingsError, UnavailableError

CHUNK = 1024**2
PASSING = ".part"
_FOLDER = re.compile(r"[0-9a-f]{32}/[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as it lies in the store.

    Attributes
    ----------
    path : str
        Below the folder of files: ``project/cohort/digest``, or a passing name.
    size : int
        Bytes.
    age : float
        Seconds since it was last written; 0 where the storage does not say.
    """

    path: str
    size: int
    age: float


@dataclass(slots=True)
class FileStore:
    """The folder of files, here or in object storage.

    Parameters
    ----------
    url : str
        A folder, or an address that fsspec opens.

    Raises
    ------
    SettingsError
        If nothing opens such an address.
    """

    url: str
    _fs: Any = field(init=False, repr=False)
    _root: str = field(init=False, repr=False)
    _outages: tuple[type[Exception], ...] = field(init=False, repr=False, default=(OSError,))

    def __post_init__(self) -> None:
        try:
            self._fs, root = fsspec.core.url_to_fs(self.url, **(bucket.OPTIONS if self.is_bucket else {}))
        except (ValueError, ImportError) as error:
            said = str(error).splitlines()[0][:120]
            raise SettingsError((f"COHORTSCOPE_FILES_URL: cannot be opened ({said}).",)) from None
        self._root = root.rstrip("/")
        if self.is_bucket:
            bucket.asked_once(self._fs)
            self._outages = (OSError, *bucket.outages())

    @property
    def is_bucket(self) -> bool:
        """Whether files are in object storage of the S3 kind."""
        return bucket.is_bucket(self.url)

    @property
    def is_local(self) -> bool:
        """Whether files are on a disk that this computer mounts."""
        return type(self._fs) is LocalFileSystem

    def put(self, folder: str, content: bytes) -> str:
        """Keep a content; the digest that names it.

        Parameters
        ----------
        folder : str
            ``project/cohort``, both identifiers.
        content : bytes

        Raises
        ------
        UnavailableError
            If the disk is full, may not be written to, or does not answer. Nothing is left that can be seen.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(folder, digest)
        passing = f"{path}.{uuid4().hex}{PASSING}"
        try:
            if self._digest_at(path) == digest:
                self._fs.touch(path, truncate=False) if self.is_local else None  # not an old orphan any more
                return digest
            self._make_folder(f"{self._root}/{folder}")
            fault_points.at("folder made")
            self._write(passing, content)
            if self._digest_at(passing) != digest:
                raise OSError(errno.EIO, "what was written is not what was read back")
            fault_points.at("file verified")
            self._rename(passing, path)
            fault_points.at("file named")
        except self._outages as error:
            self._forget(passing)
            raise _unavailable(error) from None
        return digest

    def has(self, folder: str, digest: str) -> bool:
        """Whether a file is there, by its name.

        Raises
        ------
        UnavailableError
        """
        try:
            return bool(self._fs.exists(self._path(folder, digest)))
        except self._outages as error:
            raise _unavailable(error) from None

    def get(self, folder: str, digest: str) -> bytes:
        """The content with a digest.

        Raises
        ------
        DamagedError
            If it is not there, or is not what was kept.
        UnavailableError
            If the storage does not answer.
        """
        try:
            with self._fs.open(self._path(folder, digest), "rb") as file:
                content: bytes = file.read()
        except FileNotFoundError:
            raise DamagedError("A stored file is missing.", hint="Tell who runs this host: a backup has it.") from None
        except self._outages as error:
            raise _unavailable(error) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedError(
                "A stored file is not what was stored.", hint="Tell who runs this host: a backup has it."
            )
        return content

    def listed(self, folder: str = "") -> Iterator[KeptFile]:
        """Every file below a folder (all of them without one), passing ones too."""
        start = f"{self._root}/{folder}".rstrip("/")
        try:
            self._fs.invalidate_cache()
            found = self._fs.find(start, detail=True) if self._fs.exists(start) else {}
            begun = list(bucket.unfinished(self._fs, start)) if self.is_bucket else []
        except self._outages as error:
            raise _unavailable(error) from None
        now = time.time()
        for path, told in sorted(found.items()):
            written = told.get("mtime") or told.get("LastModified") or told.get("created") or now
            stamp = written if isinstance(written, float | int) else written.timestamp()
            yield KeptFile(path=path[len(self._root) + 1 :], size=int(told["size"]), age=max(0.0, now - stamp))
        for one in begun:  # they are kept as well
            yield KeptFile(path=one.path[len(self._root) + 1 :], size=0, age=max(0.0, now - one.begun.timestamp()))

    def remove(self, path: str) -> None:
        """Remove one listed file; nothing happens where it is gone already."""
        try:
            if self.is_bucket:
                bucket.give_up(self._fs, f"{self._root}/{path}")
            self._fs.rm_file(f"{self._root}/{path}")
        except FileNotFoundError:
            return
        except self._outages as error:
            raise _unavailable(error) from None
        fault_points.at("file removed")

    def remove_folder(self, folder: str) -> None:
        """Remove every file of a cohort, and check that none is left.

        Raises
        ------
        UnavailableError
            If one could not be removed.
        """
        if not _FOLDER.fullmatch(folder):
            raise ValueError("not a folder of a cohort")
        for file in list(self.listed(folder)):
            self.remove(file.path)
        if list(self.listed(folder)):
            raise UnavailableError("Some files could not be removed.", hint="The next sweep removes them.")
        if self.is_local:
            Path(self._root, folder).rmdir() if Path(self._root, folder).is_dir() else None

    def check(self) -> None:
        """Write, read and remove a small file.

        Raises
        ------
        UnavailableError
            If files cannot be kept now.
        """
        path = f"{self._root}/check.{uuid4().hex}{PASSING}"
        try:
            self._make_folder(self._root)
            self._write(path, b"cohortscope")
            self._fs.rm_file(path)
        except self._outages as error:
            self._forget(path)
            raise _unavailable(error) from None

    def _path(self, folder: str, digest: str) -> str:
        if not _FOLDER.fullmatch(folder) or not _DIGEST.fullmatch(digest):
            raise ValueError("a file is named by identifiers and its digest only")
        return f"{self._root}/{folder}/{digest}"

    def _digest_at(self, path: str) -> str | None:
        """Digest of what lies at a path now; None where nothing does."""
        digest = hashlib.sha256()
        try:
            with self._fs.open(path, "rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def _write(self, path: str, content: bytes) -> None:
        with self._opened(path) as file:
            fault_points.at("file opened")
            for start in range(0, len(content), CHUNK):
                file.write(content[start : start + CHUNK])
                fault_points.at("part of file written")
            if self.is_local:
                file.flush()
                os.fsync(file.fileno())
        fault_points.at("file flushed")

    def _opened(self, path: str) -> Any:
        if not self.is_local:
            return self._fs.open(path, "wb")
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")

    def _rename(self, passing: str, path: str) -> None:
        if not self.is_local:
            self._fs.mv(passing, path)
            return
        os.replace(passing, path)
        if os.name == "posix":  # a folder is flushed too, or a power cut may forget the name
            handle = os.open(os.path.dirname(path), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _forget(self, path: str) -> None:
        """Remove what a failed write left; a sweep does it where even that fails."""
        try:
            self._fs.rm_file(path)
            if self.is_bucket:
                bucket.give_up(self._fs, path)
        except self._outages:
            return

    def _make_folder(self, path: str) -> None:
        if not self.is_bucket:  # it has no folders, and a name that was misspelt must not become a bucket
            self._fs.makedirs(path, exist_ok=True)


def _unavailable(error: Exception) -> UnavailableError:
    if bucket.refuses_keys(error) and getattr(error, "errno", None) is None:
        return UnavailableError(
            "The object storage refuses the keys of this host.", hint="Nothing was saved. Tell who runs this host."
        )
    if isinstance(error, FileNotFoundError):
        return UnavailableError("The place of the files is gone.", hint="Nothing was saved. Tell who runs this host.")
    code = getattr(error, "errno", None)
    if code in _FULL:
        return UnavailableError("The disk is full.", hint="Nothing was saved. Tell who runs this host.")
    if code in _CLOSED:
        return UnavailableError(
            "The folder of files may not be written to.", hint="Nothing was saved. Tell who runs this host."
        )
    return UnavailableError("The folder of files does not answer.", hint="Try again in a moment; nothing was saved.")
