"""Object storage of the S3 kind: how it is asked, which of its errors are outages, uploads that were never finished.

Belongs here: what differs from a folder. Does not belong here: how a content is kept (``files``). The package of the
storage is imported only where an address asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

OPTIONS: dict[str, Any] = {
    "use_listings_cache": False,  # the other process keeps and removes files too
    "config_kwargs": {"connect_timeout": 3, "read_timeout": 15, "retries": {"total_max_attempts": 1}},
}
"""So that a storage that is away is told within seconds; by itself it would be waited for some minutes."""
_SCHEMES = ("s3://", "s3a://")


class Unfinished(NamedTuple):
    """An upload in pieces that was begun and neither completed nor given up: kept, and in no listing."""

    path: str
    upload: str
    begun: datetime


def is_bucket(url: str) -> bool:
    """Whether an address is one of such a storage."""
    return url.startswith(_SCHEMES)


def asked_once(fs: Any) -> None:
    """No repetitions beyond those of the options: people who wait try again themselves."""
    fs.retries = 1


def outages() -> tuple[type[Exception], ...]:
    """What its package raises that is no OSError: it cannot be reached, or there are no keys."""
    return (import_module("botocore.exceptions").BotoCoreError,)


def refuses_keys(error: Exception) -> bool:
    """Whether the storage does not know the keys of this host, or there are none."""
    return isinstance(error, PermissionError) or type(error).__name__ == "NoCredentialsError"


def unfinished(fs: Any, start: str) -> Iterator[Unfinished]:
    """Uploads in pieces below a path that nobody finished, such as those of a process that was killed."""
    bucket, _, below = start.partition("/")
    marks: dict[str, str] = {}
    while True:
        page = fs.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=below, **marks)
        for one in page.get("Uploads", ()):
            yield Unfinished(f"{bucket}/{one['Key']}", str(one["UploadId"]), one["Initiated"])
        if not page.get("IsTruncated"):
            return
        marks = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}


def give_up(fs: Any, path: str) -> None:
    """Remove the pieces of uploads to a path that were never finished."""
    for one in list(unfinished(fs, path)):
        if one.path == path:
            bucket, _, key = path.partition("/")
            fs.call_s3("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=one.upload)
