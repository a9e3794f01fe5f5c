"""What is not kept longer than needed (个人信息保护法 art. 19)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from storage.messages import InboundMessage
from storage.residents import Dialog
from storage.staff import StaffSession

RAW = timedelta(days=30)
DRAFTS = timedelta(hours=24)


def tidy(session: Session, now: datetime, session_life: timedelta) -> None:
    """Removes raw pushes after 30 days, abandoned drafts after 24 hours, ended sign-ins."""
    session.execute(
        delete(InboundMessage).where(
            InboundMessage.resident_id.is_(None), InboundMessage.received_at < now - RAW
        )
    )
    session.execute(
        update(Dialog)
        .where(Dialog.form.is_not(None), Dialog.updated_at < now - DRAFTS)
        .values(form=None, form_version=0, progress={})
    )
    session.execute(delete(StaffSession).where(StaffSession.created_at < now - session_life))
