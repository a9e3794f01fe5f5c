"""Making a case confidential, or open again; and who mediates in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, covers, may, require
from services.case_events import record
from services.case_states import Actor
from services.case_words import BadInput, words_of
from services.confidence import CONFIDENCE_NAMES, Confidence
from storage.case_ties import CaseMediator
from storage.cases import Case
from storage.staff import Staff

LONGEST = 200


def set_kind(
    session: Session, staff: Staff, case: Case, kind: str, reason: str, now: datetime
) -> None:
    """Changes the kind of confidence of a case; empty makes it open. Raises Forbidden, BadInput.

    Who may see confidential cases may hide one; only who approves may open one or move it from
    one kind to another, for what was told in confidence stays there.
    """
    require(staff, Permission.HANDLE, case.place_path)
    require(staff, Permission.APPROVE if case.private else Permission.SEE_PRIVATE)
    if kind and kind not in set(Confidence):
        raise BadInput("请选一种")
    if kind == case.confidential:
        raise BadInput("和现在的一样，没有改")
    words = words_of(reason, "原因", LONGEST)
    before, case.confidential, case.private = case.confidential, kind, bool(kind)
    event = record(session, case, now, "confided", Actor.STAFF, staff.id, text=_name(kind))
    event.reason = words
    audit.record(
        session,
        now,
        staff,
        "case.confide",
        case,
        before={"kind": before},
        after={"kind": kind},
        reason=words,
    )


def _name(kind: str) -> str:
    return CONFIDENCE_NAMES[Confidence(kind)] if kind else "公开"


def add_mediator(
    session: Session, staff: Staff, case: Case, person_id: int | None, now: datetime
) -> None:
    """Assigns somebody to a mediation, who sees it from now on; raises Forbidden, BadInput."""
    require(staff, Permission.APPROVE, case.place_path)
    if case.confidential != Confidence.MEDIATION:
        raise BadInput("只有民间调解才指定调解员")
    person = next((one for one in candidates(session, case) if one.id == person_id), None)
    if person is None:
        raise BadInput("请选调解员")
    session.add(
        CaseMediator(community_id=case.community_id, case_id=case.id, staff_id=person.id, at=now)
    )
    case.responsible_id = case.responsible_id or person.id
    event = record(session, case, now, "mediator", Actor.STAFF, staff.id)
    event.reason, event.detail = "指定调解员", {"to": person.id}
    audit.record(session, now, staff, "case.mediator", case, after={"mediator": person.id})


def mediators_of(session: Session, case: Case) -> list[Staff]:
    """Who was assigned to a mediation, in the order in which they were."""
    query = select(Staff).join(CaseMediator, CaseMediator.staff_id == Staff.id)
    return list(session.scalars(query.where(CaseMediator.case_id == case.id).order_by(Staff.id)))


def candidates(session: Session, case: Case) -> list[Staff]:
    """Who can still be assigned: active, able to handle the case, its place in their scope."""
    assigned = {person.id for person in mediators_of(session, case)}
    everybody = session.scalars(select(Staff).where(Staff.active.is_(True)).order_by(Staff.name))
    return [
        person
        for person in everybody
        if person.id not in assigned
        and may(person, Permission.HANDLE)
        and covers(person, case.place_path)
    ]
