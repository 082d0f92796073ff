"""How much one person may upload, and one project may keep; asked before anything is written."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from team.database.tables import CohortRow, FileRow, UploadRow, VersionRow
from team.errors import QuotaError
from team.settings import Settings

MB = 1024**2


def check(session: Session, settings: Settings, *, person_id: str, project_id: str, size: int, now: datetime) -> None:
    """Let an upload pass, or raise.

    Parameters
    ----------
    session : Session
    settings : Settings
    person_id, project_id : str
    size : int
        Bytes of the upload.
    now : datetime

    Raises
    ------
    QuotaError
        Which quota, and when there is room again.
    """
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    mine = select(func.count(), func.coalesce(func.sum(UploadRow.size), 0)).where(UploadRow.person_id == person_id)
    uploads = session.execute(mine.where(UploadRow.at > hour)).one()[0]
    if uploads >= settings.uploads_per_hour:
        raise QuotaError(
            f"You have made {uploads} uploads in the last hour, as many as this host allows.",
            hint="Try again in an hour.",
        )
    bytes_today = session.execute(mine.where(UploadRow.at > day)).one()[1]
    if bytes_today + size > settings.upload_mb_per_day * MB:
        raise QuotaError(
            f"This upload has {size / MB:.0f} MB, and you may upload {settings.upload_mb_per_day} MB in 24 hours.",
            hint="Try again tomorrow, or ask who runs this host.",
        )
    if project_bytes(session, project_id=project_id) + size > settings.project_mb * MB:
        raise QuotaError(
            f"The project has no room for another {size / MB:.0f} MB: it may keep {settings.project_mb} MB.",
            hint="Delete a cohort that is no longer needed, or ask who runs this host.",
        )


def project_bytes(session: Session, *, project_id: str) -> int:
    """Bytes that a project keeps, every version counted."""
    kept = (
        select(func.coalesce(func.sum(FileRow.size), 0))
        .join(VersionRow, VersionRow.id == FileRow.version_id)
        .join(CohortRow, CohortRow.id == VersionRow.cohort_id)
        .where(CohortRow.project_id == project_id)
    )
    return int(session.scalar(kept) or 0)
