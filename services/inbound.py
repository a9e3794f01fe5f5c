"""Inbound messages: each kept once, with the reply that every repeat of it gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from dialogue.messages import Incoming
from services import desk
from services.places import community_path
from storage.insert import insert_ignoring
from storage.messages import InboundMessage, SealedReply
from storage.prepared import Prepared
from storage.residents import Resident

CONCEALED = "（保密内容，另存）"

_ROWS = cast("Table", InboundMessage.__table__)
# Every message writes its row twice and asks for it once; as plain statements that costs a third
# of what the unit of work takes.
_BY_KEY = select(_ROWS.c.reply, _ROWS.c.received_at, _ROWS.c.late, _ROWS.c.id).where(
    _ROWS.c.account == bindparam("account"), _ROWS.c.key == bindparam("key")
)
_KEPT = (
    *("account", "key", "community_id", "resident_id", "kind", "text", "event", "detail"),
    *("sent_at", "received_at", "late", "intent", "trace"),
)
_INSERT = Prepared(
    insert(_ROWS).values({name: bindparam(name) for name in _KEPT}).returning(_ROWS.c.id)
)
SEALED = "（投票内容不留存）"
"""What is kept in place of the words of a vote and of the answer to it."""
SEALED_LIFE = timedelta(minutes=1)
"""WeChat repeats a push for some 15 seconds; so long the answer must be at hand, encrypted."""
_SEALED = update(_ROWS).where(_ROWS.c.id == bindparam("message")).values(text=SEALED)
_ANSWERED = Prepared(
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("message"))
    .values({name: bindparam(name) for name in ("reply", "late", "trace", "intent")})
)


@dataclass(frozen=True, slots=True)
class Known:
    """A message received before: its reply, the moment it was received, whether it was late."""

    reply: str | None
    received_at: datetime
    late: bool


def find(session: Session, account: str, key: str) -> Known | None:
    """What is stored of a message, if it was received before."""
    found = session.connection().execute(_BY_KEY, {"account": account, "key": key}).one_or_none()
    if found is None:
        return None
    reply, at, late, number = found
    return Known(reply_of(session, number, reply), at, late)


def reply_of(session: Session, number: int, stored: str | None) -> str | None:
    """The reply that a repeat of a message gets; that of a vote while it is still at hand."""
    if stored != SEALED:
        return stored
    kept = session.get(SealedReply, number)
    return kept.text if kept else SEALED


def new(incoming: Incoming, resident: Resident, now: datetime) -> InboundMessage:
    """The row for a message; coordinates that a phone reports by itself are not kept."""
    return InboundMessage(**_values(incoming, resident, now))


def keep(session: Session, incoming: Incoming, resident: Resident, now: datetime) -> InboundMessage:
    """Stores a message that is about to be answered; a copy of the row with its number.

    The copy is not the session's: what is set in it is stored by `answered`.
    """
    values = _values(incoming, resident, now)
    return InboundMessage(id=_INSERT.run(session, values).scalar_one(), **values)


def answered(session: Session, row: InboundMessage) -> None:
    """Stores the reply, the trace and the intent of a message that was kept."""
    told = {"reply": row.reply, "late": row.late, "trace": row.trace, "intent": row.intent}
    _ANSWERED.run(session, {"message": row.id, **told})


def conceal(session: Session, row: InboundMessage) -> None:
    """Takes the words out of a stored message: they are kept elsewhere, for fewer eyes."""
    row.text, row.raw = CONCEALED, None
    hidden = update(_ROWS).where(_ROWS.c.id == row.id).values(text=CONCEALED, raw=None, detail={})
    session.connection().execute(hidden)


def seal(session: Session, row: InboundMessage) -> None:
    """Keeps of a message and its answer only that they were; the answer itself stays encrypted
    for as long as the push may be repeated. To be called before `answered`.
    """
    session.add(
        SealedReply(inbound_id=row.id, text=row.reply or "", until=row.received_at + SEALED_LIFE)
    )
    session.connection().execute(_SEALED, {"message": row.id})
    row.text, row.reply, row.trace = SEALED, SEALED, [["sealed"]]


def erase_sealed(session: Session, now: datetime) -> int:
    """Removes the answers to votes that no push can repeat any more; returns how many."""
    over = delete(SealedReply).where(SealedReply.until < now)
    return session.execute(over).rowcount  # type: ignore[attr-defined,no-any-return]


def _values(incoming: Incoming, resident: Resident, now: datetime) -> dict[str, Any]:
    return {
        "account": incoming.account,
        "key": incoming.key,
        "community_id": resident.community_id,
        "resident_id": resident.id,
        "kind": incoming.kind.value,
        "text": incoming.text,
        "event": incoming.event[:64],
        "detail": {"key": incoming.event_key} if incoming.event_key else {},
        "sent_at": incoming.sent_at,
        "received_at": now,
        "late": False,
        "intent": "",
        "trace": [],
    }


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
            place_path=community_path(session, resident.community_id),
            resident_id=resident.id,
            inbound_id=row.id,
        ),
        due=now,
        now=now,
    )
