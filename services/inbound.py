"""Inbound messages: each kept once, with the reply that every repeat of it gets."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from dialogue.messages import Incoming
from services import desk
from services.places import community_place
from storage.insert import insert_ignoring
from storage.messages import InboundMessage
from storage.residents import Resident


_BY_KEY = select(InboundMessage).where(
    InboundMessage.account == bindparam("account"), InboundMessage.key == bindparam("key")
)


def find(session: Session, account: str, key: str) -> InboundMessage | None:
    """The stored copy of a message, if it was received before."""
    return session.scalar(_BY_KEY, {"account": account, "key": key})


def new(incoming: Incoming, resident: Resident, now: datetime) -> InboundMessage:
    """The row for a message; coordinates that a phone reports by itself are not kept."""
    return InboundMessage(
        account=incoming.account,
        key=incoming.key,
        community_id=resident.community_id,
        resident_id=resident.id,
        kind=incoming.kind.value,
        text=incoming.text,
        event=incoming.event[:64],
        detail={"key": incoming.event_key} if incoming.event_key else {},
        sent_at=incoming.sent_at,
        received_at=now,
        late=False,
        intent="",
        trace=[],
    )


def keep_raw(session: Session, account: str, raw: str, now: datetime) -> None:
    """Keeps a signed push that could not be read, once, for the engineer to look at."""
    key = f"raw:{hashlib.sha256(raw.encode('utf-8', 'replace')).hexdigest()[:40]}"
    session.execute(
        insert_ignoring(session, InboundMessage).values(
            account=account,
            key=key,
            kind="other",
            text="",
            event="",
            detail={},
            raw=raw,
            sent_at=now,
            received_at=now,
            late=False,
            intent="",
            trace=[],
        )
    )


def keep_notice(session: Session, incoming: Incoming, community_id: int, now: datetime) -> None:
    """Keeps a notice of the platform (a mass sending finished …), once, with no resident."""
    insert = insert_ignoring(session, InboundMessage)
    session.execute(
        insert.values(
            account=incoming.account,
            key=incoming.key,
            community_id=community_id,
            kind=incoming.kind.value,
            text="",
            event=incoming.event[:64],
            detail={},
            sent_at=incoming.sent_at,
            received_at=now,
            late=False,
            intent="",
            trace=[],
        )
    )


def report_failure(
    session: Session, resident: Resident, row: InboundMessage, error: BaseException, now: datetime
) -> None:
    """Keeps a message whose handling failed, with the error's name, and shows it to the staff."""
    row.error = type(error).__name__
    session.add(row)
    session.flush()
    desk.put(
        session,
        desk.ItemKind.FAILURE,
        f"failure:{row.id}",
        f"{row.text[:80] or row.kind}（{row.error}）",
        desk.Subject(
            community_id=resident.community_id,
            place_path=community_place(session, resident.community_id).path,
            resident_id=resident.id,
            inbound_id=row.id,
        ),
        due=now,
        now=now,
    )
