"""Residents: known by their openid, with what they chose to tell and nothing more."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    delete,
    exists,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from services import hall_residents, help_data, ledger_proof, points_leaving, volunteer_data
from services.access import Role, visible_cases, visible_to
from services.scope import communities
from storage.case_ties import CaseFollower
from storage.cases import Case
from storage.communities import Place
from storage.desk import QueueItem
from storage.information import Subscription, TipOff
from storage.insert import insert_ignoring
from storage.learning import Correction
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.moderation import Submission
from storage.policies import PolicyQuestion
from storage.residents import Dialog, Resident
from storage.staff import Staff

_WROTE = (
    update(cast("Table", Resident.__table__))
    .where(Resident.id == bindparam("resident"))
    .values(last_message_at=bindparam("at"), sent_since_message=0, following=True)
)


def wrote(session: Session, resident: Resident, now: datetime) -> None:
    """Notes that a resident has just written: they follow, and the window of answers is open.

    A plain statement, for every message makes it; the loaded row is told of it.
    """
    session.connection().execute(_WROTE, {"resident": resident.id, "at": now})
    set_committed_value(resident, "last_message_at", now)
    set_committed_value(resident, "sent_since_message", 0)
    set_committed_value(resident, "following", True)


def meet(session: Session, community_id: int, account: str, openid: str, now: datetime) -> Resident:
    """The resident behind an openid, locked for this transaction; a new one where unknown."""
    newcomer = insert_ignoring(session, Resident).values(  # another process may meet them just now
        community_id=community_id,
        account=account,
        openid=openid,
        following=True,
        sent_since_message=0,
        sent_since_touch=0,
        created_at=now,
    )
    query = select(Resident).where(Resident.account == account, Resident.openid == openid)
    query = query.with_for_update(key_share=True)
    session.execute(newcomer)
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    # they were being forgotten: the row waited for is nobody's now, and the openid is free
    session.execute(newcomer)
    return session.scalars(query).one()


def dialog_of(session: Session, resident: Resident, now: datetime) -> Dialog:
    """The conversation of a resident; a fresh one where there was none."""
    dialog = session.get(Dialog, resident.id)
    if dialog is None:
        dialog = Dialog(
            resident_id=resident.id,
            community_id=resident.community_id,
            form_version=0,
            progress={},
            choices=[],
            topic={},
            strikes=0,
            handover="bot",
            updated_at=now,
        )
        session.add(dialog)
    return dialog


_DIALOGS = cast("Table", Dialog.__table__)
_KEPT = [c.name for c in _DIALOGS.c if c.name not in ("resident_id", "community_id")]
_KEEP = (
    update(_DIALOGS)
    .where(_DIALOGS.c.resident_id == bindparam("resident"))
    .values({name: bindparam(name) for name in _KEPT})
)


def keep_dialog(session: Session, dialog: Dialog) -> None:
    """Stores what a turn changed in a conversation, and lets go of it.

    A plain statement: nearly every turn ends with it, and often nothing else has to be flushed.
    """
    state = inspect(dialog)
    if not state.persistent:
        return
    if state.committed_state:
        values = {name: getattr(dialog, name) for name in _KEPT}
        session.connection().execute(_KEEP, values | {"resident": dialog.resident_id})
    session.expunge(dialog)


def home_path(session: Session, resident: Resident) -> str | None:
    """The path of the place where the resident lives, where they told it."""
    return session.get_one(Place, resident.home_id).path if resident.home_id else None


def visible_residents(staff: Staff) -> ColumnElement[bool]:
    """The condition that `staff` may see a resident: their community or home is in scope, or
    one of their cases is.
    """
    home = exists().where(Place.id == Resident.home_id, visible_to(staff, Place.path))
    community = Resident.community_id.in_(communities(staff))
    case = exists().where(Case.resident_id == Resident.id, visible_cases(staff))
    if staff.role == Role.PARTNER:
        return case
    return or_(home, community, case)


def display_name(resident: Resident | None) -> str:
    """What staff call a resident before they unmask anything: 王** or 居民 12."""
    if resident is None:
        return "（代录）"
    if resident.forgotten_at:
        return f"已注销居民 {resident.id}"
    return mask_name(resident.name) if resident.name else f"居民 {resident.id}"


def neighbour_name(resident: Resident) -> str:
    """What other residents call a resident: 王某, or 一位邻居 where no name is known."""
    return f"{resident.name[:1]}某" if resident.name else "一位邻居"


def mask_name(name: str) -> str:
    """The family name and a star for each other character."""
    return name[:1] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """A phone number with all but the first three and last four digits hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"


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


def personal_data(session: Session, resident: Resident) -> PersonalData:
    """Counts and shows what is stored about a resident (个人信息保护法 art. 45)."""
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
    return len(session.scalars(select(table.id).where(table.resident_id == resident.id)).all())


def export(session: Session, resident: Resident) -> dict[str, Any]:
    """Everything stored about a resident as plain values, for handing over to them."""
    data = personal_data(session, resident)
    said = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.resident_id == resident.id)
        .order_by(InboundMessage.id)
    )
    cases = session.scalars(select(Case).where(Case.resident_id == resident.id).order_by(Case.id))
    return {
        "resident": {
            "since": data.since.isoformat(),
            "name": data.name,
            "phone": data.phone,
            "home": data.home,
        },
        "messages": [
            {"at": row.received_at.isoformat(), "text": row.text, "reply": row.reply}
            for row in said
        ],
        "cases": [
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
            for case in cases
        ],
        "followed": [
            {"number": number, "at": at.isoformat()}
            for number, at in session.execute(
                select(Case.number, CaseFollower.at)
                .join(CaseFollower, CaseFollower.case_id == Case.id)
                .where(CaseFollower.resident_id == resident.id)
                .order_by(CaseFollower.id)
            )
        ],
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


def forget(session: Session, resident: Resident, now: datetime) -> None:
    """Removes the personal data of a resident; a job erases the files of the pictures.

    Required on unfollowing and on request (个人信息保护法 art. 47). Cases stay as matters of the
    community, without the person: no name, no phone, no message, no picture, and the openid is
    replaced so that nobody can be found again.
    """
    points_leaving.forget(session, resident, now)
    mine = {"synchronize_session": False}
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.resident_id == resident.id)
        .values(text="", detail={}, raw=None, reply=None, trace=[]),
        execution_options=mine,
    )
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.resident_id == resident.id)
        .values(text="", fields={}),
        execution_options=mine,
    )
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.resident_id == resident.id,
            OutboxMessage.state.in_(("ready", "retry", "waiting")),
        )
        .values(state="dead", error="resident is gone"),
        execution_options=mine,
    )
    session.execute(
        update(Media)
        .where(Media.resident_id == resident.id)
        .values(state="erase", wechat_id="", sha256=""),
        execution_options=mine,
    )
    session.execute(
        update(Case)
        .where(Case.resident_id == resident.id)
        .values(contact_phone=None, anonymous=True),
        execution_options=mine,
    )
    session.execute(
        update(Dialog)
        .where(Dialog.resident_id == resident.id)
        .values(form=None, progress={}, choices=[], topic={}, handover="bot", strikes=0),
        execution_options=mine,
    )
    session.execute(
        update(PolicyQuestion).where(PolicyQuestion.resident_id == resident.id).values(text=""),
        execution_options=mine,
    )
    help_data.forget(session, resident.id)
    session.execute(
        update(Submission)
        .where(Submission.resident_id == resident.id)
        .values(text="", appeal="", hits=""),
        execution_options=mine,
    )
    session.execute(
        update(Submission)
        .where(Submission.resident_id == resident.id, Submission.state == "waiting")
        .values(state="refused", reason="作者已注销", decided_at=now),
        execution_options=mine,
    )
    session.execute(
        update(QueueItem)
        .where(QueueItem.resident_id == resident.id, QueueItem.case_id.is_(None))
        .values(
            title="（居民已注销）", state="done", done_at=func.coalesce(QueueItem.done_at, now)
        ),
        execution_options=mine,
    )
    session.execute(
        delete(CaseFollower).where(CaseFollower.resident_id == resident.id), execution_options=mine
    )
    session.execute(
        delete(Subscription).where(Subscription.resident_id == resident.id), execution_options=mine
    )
    session.execute(
        update(TipOff)
        .where(TipOff.resident_id == resident.id)
        .values(resident_id=None, contact=None),
        execution_options=mine,
    )
    session.execute(
        delete(Correction).where(Correction.resident_id == resident.id), execution_options=mine
    )
    volunteer_data.forget(session, resident, now)
    hall_residents.forget(session, resident)
    resident.openid = f"gone-{secrets.token_hex(12)}"
    resident.name = resident.phone = resident.home_detail = None
    resident.home_id = None
    resident.following = False
    resident.forgotten_at = now
