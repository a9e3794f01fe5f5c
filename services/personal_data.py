"""What is stored about a resident: shown to them, handed over as a copy, removed on request.

个人信息保护法 art. 45 (to see and to copy) and art. 47 (to delete). What an area keeps is known by
its own module (`help_data`, `volunteer_data`, `hall_residents`, `points_leaving`, `ledger_proof`);
here are the conversation, cases and public information, and the whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.orm import Session

from services import hall_residents, help_data, ledger_proof, points_leaving, volunteer_data
from storage.case_ties import CaseFollower
from storage.cases import Case
from storage.communities import Place
from storage.desk import QueueItem
from storage.information import Subscription, TipOff
from storage.learning import Correction
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import Submission
from storage.policies import PolicyQuestion
from storage.residents import Dialog, Resident


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is stored about a resident, for their own eyes."""

    since: datetime
    name: str | None
    phone: str | None
    home: str | None
    messages: int
    cases: int
    pictures: int


def summary(session: Session, resident: Resident) -> PersonalData:
    """Counts and shows what is stored about a resident (art. 45)."""
    home = session.get(Place, resident.home_id) if resident.home_id else None
    left = select(Case.contact_phone).where(
        Case.resident_id == resident.id, Case.contact_phone.is_not(None)
    )
    detail = resident.home_detail or ""
    return PersonalData(
        since=resident.created_at,
        name=resident.name,
        phone=resident.phone or session.scalar(left.order_by(Case.id.desc()).limit(1)),
        home=(home.name + detail) if home else (detail or None),
        messages=_count(session, InboundMessage, resident),
        cases=_count(session, Case, resident),
        pictures=_count(session, Media, resident),
    )


def _count(session: Session, table: Any, resident: Resident) -> int:
    query = select(func.count()).select_from(table).where(table.resident_id == resident.id)
    return session.scalar(query) or 0


def export(session: Session, resident: Resident) -> dict[str, Any]:
    """Everything stored about a resident as plain values, for handing over to them (art. 45)."""
    data = summary(session, resident)
    return {
        "resident": {
            "since": data.since.isoformat(),
            "name": data.name,
            "phone": data.phone,
            "home": data.home,
        },
        "messages": _messages(session, resident),
        "cases": _cases(session, resident),
        "followed": _followed(session, resident),
        "ledger": ledger_proof.document(session, resident),
        **volunteer_data.export(session, resident),
        **help_data.export(session, resident.id),
        "subscriptions": list(
            session.scalars(
                select(Subscription.topic).where(Subscription.resident_id == resident.id)
            )
        ),
        "tip_offs": [
            {"receipt": tip.receipt, "at": tip.created_at.isoformat(), "text": tip.text}
            for tip in session.scalars(select(TipOff).where(TipOff.resident_id == resident.id))
        ],
        "hall": hall_residents.export(session, resident),
    }


def _messages(session: Session, resident: Resident) -> list[dict[str, Any]]:
    query = select(InboundMessage).where(InboundMessage.resident_id == resident.id)
    return [
        {"at": row.received_at.isoformat(), "text": row.text, "reply": row.reply}
        for row in session.scalars(query.order_by(InboundMessage.id))
    ]


def _cases(session: Session, resident: Resident) -> list[dict[str, Any]]:
    query = select(Case).where(Case.resident_id == resident.id).order_by(Case.id)
    return [
        {
            "number": case.number,
            "at": case.created_at.isoformat(),
            "description": case.description,
            "place": case.place_text,
            "contact_phone": case.contact_phone,
            "state": case.state,
            "solved": case.solved,
            "satisfaction": case.satisfaction,
        }
        for case in session.scalars(query)
    ]


def _followed(session: Session, resident: Resident) -> list[dict[str, Any]]:
    query = (
        select(Case.number, CaseFollower.at)
        .join(CaseFollower, CaseFollower.case_id == Case.id)
        .where(CaseFollower.resident_id == resident.id)
        .order_by(CaseFollower.id)
    )
    return [{"number": number, "at": at.isoformat()} for number, at in session.execute(query)]


_BLANK: tuple[tuple[Any, Mapping[str, Any]], ...] = (
    (InboundMessage, {"text": "", "detail": {}, "raw": None, "reply": None, "trace": []}),
    (OutboxMessage, {"text": "", "fields": {}}),
    (Media, {"state": "erase", "wechat_id": "", "sha256": ""}),
    (Case, {"contact_phone": None, "anonymous": True}),
    (
        Dialog,
        {
            **{"form": None, "progress": {}, "choices": [], "topic": {}},
            **{"handover": "bot", "strikes": 0},
        },
    ),
    (PolicyQuestion, {"text": ""}),
    (Submission, {"text": "", "appeal": "", "hits": ""}),
    (TipOff, {"resident_id": None, "contact": None}),
)
"""What is left of the rows of somebody who is gone."""
_GONE: tuple[Any, ...] = (CaseFollower, Subscription, Correction)
"""What goes with them altogether."""


def forget(session: Session, resident: Resident, now: datetime) -> None:
    """Removes the personal data of a resident; a job erases the files of the pictures.

    Required on unfollowing and on request (art. 47). Cases stay as matters of the community,
    without the person: no name, no phone, no message, no picture, and the openid is replaced so
    that nobody can be found again.
    """
    points_leaving.forget(session, resident, now)
    for table, values in _BLANK:
        _run(session, update(table).where(table.resident_id == resident.id).values(**values))
    for table in _GONE:
        _run(session, delete(table).where(table.resident_id == resident.id))
    _close(session, resident, now)
    help_data.forget(session, resident.id)
    volunteer_data.forget(session, resident, now)
    hall_residents.forget(session, resident)
    resident.openid = f"gone-{secrets.token_hex(12)}"
    resident.name = resident.phone = resident.home_detail = None
    resident.home_id = None
    resident.following = False
    resident.forgotten_at = now


def _close(session: Session, resident: Resident, now: datetime) -> None:
    """Ends what still waits: messages to them, their texts, the items of the queue about them."""
    unsent = OutboxMessage.state.in_(("ready", "retry", "waiting"))
    _run(
        session,
        update(OutboxMessage)
        .where(OutboxMessage.resident_id == resident.id, unsent)
        .values(state="dead", error="resident is gone"),
    )
    _run(
        session,
        update(Submission)
        .where(Submission.resident_id == resident.id, Submission.state == "waiting")
        .values(state="refused", reason="作者已注销", decided_at=now),
    )
    done_at = func.coalesce(QueueItem.done_at, now)
    _run(
        session,
        update(QueueItem)
        .where(QueueItem.resident_id == resident.id, QueueItem.case_id.is_(None))
        .values(title="（居民已注销）", state="done", done_at=done_at),
    )


def _run(session: Session, statement: Executable) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
