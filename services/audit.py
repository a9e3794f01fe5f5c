"""The audit: who saw or did what, when, why; entries are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage.staff import AuditEntry, Staff


def record(
    session: Session,
    now: datetime,
    staff: Staff | None,
    action: str,
    subject: Any = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Adds an entry; `subject` is a stored row, `staff` None for the system itself.

    Personal data never goes into `before` and `after`: what is named there stays for ever.
    """
    session.add(
        AuditEntry(
            at=now,
            community_id=getattr(subject, "community_id", None),
            staff_id=staff.id if staff else None,
            action=action,
            subject_kind=subject.__tablename__ if subject is not None else "",
            subject_id=getattr(subject, "id", None),
            before=before or {},
            after=after or {},
            reason=reason,
        )
    )
