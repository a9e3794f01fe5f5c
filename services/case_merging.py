"""Merging cases about the same matter (重复), and splitting one that holds two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services import audit, cases, followers, outbox
from services.access import Permission, require
from services.calendar import USUAL, OfficeHours, say_moment
from services.case_events import record
from services.case_states import CLOSED, OPEN, Actor, State
from services.case_words import BadInput, words_of
from storage.case_ties import CaseFollower, CaseLink
from storage.cases import Case, CaseEvent
from storage.residents import Resident
from storage.staff import Staff

MERGED, SPLIT = "merged", "split"
LONGEST = 500


def merge(
    session: Session,
    staff: Staff,
    case: Case,
    primary: Case,
    reason: str,
    now: datetime,
    *,
    hours: OfficeHours = USUAL,
) -> None:
    """Makes `case` a duplicate of `primary`: its reporter and all who follow it hear from there.

    Raises Forbidden, BadInput, and what `cases.move` raises.
    """
    for one in (case, primary):
        require(staff, Permission.HANDLE, one.place_path)
    _check_pair(case, primary)
    number = format_ticket(primary.number)
    why = reason.strip() or f"与〔{number}〕是同一件事"
    wish = cases.Move(State.DUPLICATE, why)
    event = cases.move(session, case, wish, Actor.STAFF, staff.id, now, hours=hours)
    _link(session, case, primary, now)
    joined = record(session, primary, now, "merged", Actor.STAFF, staff.id)
    joined.reason = f"〔{format_ticket(case.number)}〕并入：{why}"
    session.flush()
    _tell_merged(session, case, event, number, now)
    audit.record(session, now, staff, "case.merge", case, after={"primary": primary.id})


def _check_pair(case: Case, primary: Case) -> None:
    if case.id == primary.id or case.community_id != primary.community_id:
        raise BadInput("请选同一社区的另一件事")
    if State(primary.state) not in OPEN or State(primary.state) in CLOSED:
        raise BadInput("只能并入还在办的事项")
    other_person = case.resident_id != primary.resident_id
    if case.confidential != primary.confidential or (primary.private and other_person):
        raise BadInput("保密的事项不能和别人的事项合并")


def _link(session: Session, case: Case, primary: Case, now: datetime) -> None:
    """Ties the case, and whatever was merged into it before, to the primary."""
    session.execute(
        update(CaseLink)
        .where(CaseLink.other_id == case.id, CaseLink.kind == MERGED)
        .values(other_id=primary.id)
    )
    session.add(
        CaseLink(
            community_id=case.community_id,
            case_id=case.id,
            kind=MERGED,
            other_id=primary.id,
            at=now,
        )
    )
    mine = select(CaseFollower.resident_id).where(CaseFollower.case_id == case.id)
    for resident_id in (case.resident_id, *session.scalars(mine)):
        if resident_id is not None and resident_id != primary.resident_id:
            followers.tie(session, primary, resident_id, now)


def _tell_merged(
    session: Session, case: Case, event: CaseEvent, number: str, now: datetime
) -> None:
    if case.resident_id is None:
        return
    outbox.post(
        session,
        session.get_one(Resident, case.resident_id),
        f"您反映的〔{format_ticket(case.number)}〕和〔{number}〕是同一件事，合在一起办。\n"
        f"有进展都会告诉您，回复“{number}”随时查看。",
        source=f"case-event:{event.id}",
        now=now,
        policy="decision",
    )


def part(session: Session, case: Case) -> None:
    """Takes a merged case out again: it goes on by itself, its reporter no longer follows."""
    primary = primary_of(session, case)
    if primary is None:
        return
    session.execute(delete(CaseLink).where(CaseLink.case_id == case.id, CaseLink.kind == MERGED))
    if case.resident_id is not None:
        followers.leave(session, primary, session.get_one(Resident, case.resident_id))


def primary_of(session: Session, case: Case) -> Case | None:
    """The case that this one was merged into."""
    query = select(Case).join(CaseLink, CaseLink.other_id == Case.id)
    return session.scalar(query.where(CaseLink.case_id == case.id, CaseLink.kind == MERGED))


def linked(session: Session, case: Case) -> list[tuple[str, Case]]:
    """The cases tied to this one, by `merged_into`, `merged`, `split_from`, `split_off`."""
    away = select(CaseLink.kind, Case).join(Case, Case.id == CaseLink.other_id)
    here = select(CaseLink.kind, Case).join(Case, Case.id == CaseLink.case_id)
    names = {MERGED: ("merged_into", "merged"), SPLIT: ("split_from", "split_off")}
    found = [
        (names[kind][0], other)
        for kind, other in session.execute(away.where(CaseLink.case_id == case.id))
    ]
    return found + [
        (names[kind][1], other)
        for kind, other in session.execute(
            here.where(CaseLink.other_id == case.id).order_by(CaseLink.id)
        )
    ]


@dataclass(frozen=True, slots=True)
class SplitOff:
    """The matter that becomes a case of its own: its words, its category with its class."""

    text: str
    category: str
    sla: str = "normal"


def split(
    session: Session, staff: Staff, case: Case, new: SplitOff, hours: OfficeHours, now: datetime
) -> Case:
    """Opens a case of its own for the second matter of a case; raises Forbidden, BadInput."""
    require(staff, Permission.HANDLE, case.place_path)
    words = words_of(new.text, "另一件事", LONGEST)
    resident = session.get(Resident, case.resident_id) if case.resident_id else None
    other = cases.submit(session, _half(case, new, words), resident, hours, now)
    session.add(
        CaseLink(
            community_id=case.community_id,
            case_id=other.id,
            kind=SPLIT,
            other_id=case.id,
            at=now,
        )
    )
    event = record(session, case, now, "split", Actor.STAFF, staff.id, text=words)
    event.reason = f"拆出〔{format_ticket(other.number)}〕"
    session.flush()
    if resident is not None:
        _tell_split(session, resident, event, (case, other), now)
    audit.record(session, now, staff, "case.split", case, after={"other": other.id})
    return other


def _half(case: Case, new: SplitOff, words: str) -> cases.NewCase:
    return cases.NewCase(
        community_id=case.community_id,
        category=new.category,
        title=words[:40],
        description=words,
        place_path=case.place_path,
        sla=new.sla,
        place_id=case.place_id,
        place_text=case.place_text,
        contact_phone=case.contact_phone,
        anonymous=case.anonymous,
        confidential=case.confidential,
        origin=case.origin,
    )


def _tell_split(
    session: Session,
    resident: Resident,
    event: CaseEvent,
    pair: tuple[Case, Case],
    now: datetime,
) -> None:
    case, other = pair
    outbox.post(
        session,
        resident,
        f"您说的〔{format_ticket(case.number)}〕里有两件事，另一件单独记为"
        f"〔{format_ticket(other.number)}〕，{say_moment(other.response_due, now)}前答复您。",
        source=f"case-event:{event.id}",
        now=now,
        policy="decision",
    )
