"""The issue desk: cases from 说事 to 归档, every move checked, recorded and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from services import desk, dispatch, outbox
from services.calendar import OfficeHours
from services.case_states import (
    MATTERS,
    NEEDS_REASON,
    OPEN,
    STATE_NAMES,
    STATE_WORDS,
    Actor,
    Outcome,
    State,
    check_move,
)
from services.sla import Deadlines, deadlines
from storage.cases import Case, CaseEvent
from storage.communities import Community, Place
from storage.messages import Media
from storage.residents import Resident
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody raises; `sla` is the class of the category, `opened_by` the member of staff
    who entered it, if one did.
    """

    community_id: int
    category: str
    title: str
    description: str
    place_path: str
    sla: str = "normal"
    place_id: int | None = None
    place_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    contact_phone: str | None = None
    anonymous: bool = False
    private: bool = False
    urgent: bool = False
    origin: str = "wechat"
    opened_by: int | None = None
    media: Sequence[int] = field(default_factory=tuple)


class ReasonMissing(Exception):
    """This move needs words that the resident will read."""


def submit(
    session: Session, new: NewCase, resident: Resident | None, hours: OfficeHours, now: datetime
) -> Case:
    """Opens a case: number, deadlines, person responsible, a place in the queue, its pictures."""
    due = deadlines("urgent" if new.urgent else new.sla, now, hours)
    responsible = (
        None
        if new.private
        else (dispatch.responsible(session, new.community_id, new.category, new.place_path))
    )
    case = Case(
        community_id=new.community_id,
        number=_next_number(session, new.community_id),
        origin=new.origin,
        resident_id=resident.id if resident else None,
        category=new.category,
        title=new.title[:120],
        description=new.description,
        place_id=new.place_id,
        place_path=new.place_path,
        place_text=new.place_text[:200],
        latitude=new.latitude,
        longitude=new.longitude,
        contact_phone=new.contact_phone,
        anonymous=new.anonymous,
        private=new.private,
        urgent=new.urgent,
        state=State.SUBMITTED.value,
        responsible_id=responsible.id if responsible else None,
        response_due=due.response,
        resolve_due=due.resolve,
        created_at=now,
        updated_at=now,
    )
    session.add(case)
    session.flush()
    actor = Actor.RESIDENT if resident else Actor.STAFF
    record(
        session,
        case,
        now,
        "submitted",
        actor,
        resident.id if resident else new.opened_by,
        public=True,
    )
    if new.media:
        session.execute(
            update(Media)
            .where(Media.id.in_(new.media), Media.community_id == new.community_id)
            .values(case_id=case.id)
        )
    enqueue(session, case, now)
    return case


_COMMUNITIES = cast("Table", Community.__table__)
_NEXT_NUMBER = (
    update(_COMMUNITIES)
    .where(_COMMUNITIES.c.id == bindparam("community"))
    .values(last_case_number=_COMMUNITIES.c.last_case_number + 1)
    .returning(_COMMUNITIES.c.last_case_number)
)


def _next_number(session: Session, community_id: int) -> int:
    """The next number of the community; the row lock keeps numbers unique and without gaps."""
    wanted = {"community": community_id}
    number: int = session.connection().execute(_NEXT_NUMBER, wanted).scalar_one()
    return number


def record(
    session: Session,
    case: Case,
    now: datetime,
    kind: str,
    actor: Actor,
    actor_id: int | None,
    *,
    text: str = "",
    public: bool = False,
) -> CaseEvent:
    """Adds an event that does not move the case."""
    event = CaseEvent(
        community_id=case.community_id,
        case_id=case.id,
        at=now,
        kind=kind,
        matter=MATTERS[State(case.state)],
        actor_kind=actor.value,
        actor_id=actor_id,
        to_state=case.state if kind == "submitted" else "",
        reason="居民反映" if kind == "submitted" else "",
        text=text,
        public=public,
    )
    session.add(event)
    case.updated_at = now
    return event


def source_of(case: Case) -> str:
    """The name under which a case waits in the queue."""
    return f"case:{case.id}"


def enqueue(session: Session, case: Case, now: datetime) -> None:
    """Puts an open case into the queue, due at its next deadline."""
    kind = desk.ItemKind.EMERGENCY if case.urgent else desk.ItemKind.CASE
    subject = desk.Subject(
        community_id=case.community_id,
        place_path=case.place_path,
        case_id=case.id,
        resident_id=case.resident_id,
    )
    desk.put(session, kind, source_of(case), case.title, subject, due=next_due(case), now=now)


def next_due(case: Case) -> datetime:
    """The deadline that is next: the first response, then the resolution."""
    return case.resolve_due if case.responded_at else case.response_due


@dataclass(frozen=True, slots=True)
class Move:
    """A wish to bring a case into another state, with the words for it."""

    to: State
    reason: str = ""
    outcome: Outcome | None = None
    responsible_id: int | None = None


def move(
    session: Session,
    case: Case,
    wish: Move,
    actor: Actor,
    actor_id: int | None,
    now: datetime,
) -> CaseEvent:
    """Moves a case, records it, keeps the queue right.

    Raises IllegalMove for a move that does not exist and ReasonMissing where the resident must
    be told why, or a closing has no outcome. 结案不等于解决: only `Outcome.FIXED` is 已解决.
    """
    start = State(case.state)
    check_move(start, wish.to, actor)
    if wish.to in NEEDS_REASON and actor is Actor.STAFF and not wish.reason.strip():
        raise ReasonMissing(f"改为“{STATE_NAMES[wish.to]}”要写明给居民看的原因")
    if wish.to is State.RESOLVED:
        if wish.outcome is None:
            raise ReasonMissing("办结要选结果：已解决、已说明、列入计划或暂不能解决")
        case.outcome, case.outcome_reason = wish.outcome.value, wish.reason
        case.resolved_at = now
    case.state = wish.to.value
    if actor is Actor.STAFF and case.responded_at is None:
        case.responded_at = now
    event = record(session, case, now, "moved", actor, actor_id, public=True)
    event.from_state, event.to_state, event.reason = start.value, wish.to.value, wish.reason
    if wish.responsible_id is not None:
        event.detail = {"from": case.responsible_id, "to": wish.responsible_id}
        case.responsible_id = wish.responsible_id
    _follow_up(session, case, now)
    return event


def _follow_up(session: Session, case: Case, now: datetime) -> None:
    """After a move: what is settled or waits for the resident leaves the queue; else it stays
    with its next deadline.
    """
    state = State(case.state)
    if state not in OPEN or state in (State.RESOLVED, State.REVIEW, State.WAITING):
        desk.finish(session, source_of(case), now)
        return
    desk.finish(session, source_of(case), now)
    enqueue(session, case, now)


def tell_progress(
    session: Session, case: Case, event: CaseEvent, number: str, now: datetime
) -> None:
    """Tells the resident about a move of their case, through the outbox."""
    if case.resident_id is None:
        return
    resident = session.get_one(Resident, case.resident_id)
    lines = [f"您反映的事有了进展：〔{number}〕{case.title}", STATE_WORDS[State(case.state)]]
    if event.reason:
        lines.append(f"说明：{event.reason}")
    if case.state in (State.REVIEW, State.RESOLVED):
        lines.append("还没解决？回复“没解决”。")
    else:
        lines.append("回复“进度”随时查看。")
    outbox.post(
        session,
        resident,
        "\n".join(lines),
        source=f"case-event:{event.id}",
        now=now,
        policy="decision",
        template="case_progress",
        fields={"number": number, "state": STATE_NAMES[State(case.state)], "note": case.title},
    )


def add(
    session: Session, case: Case, resident: Resident, text: str, media: Sequence[int], now: datetime
) -> None:
    """Adds a resident's words and pictures; a case that waited for them goes on."""
    record(session, case, now, "added", Actor.RESIDENT, resident.id, text=text, public=True)
    if media:
        session.execute(
            update(Media)
            .where(Media.id.in_(media), Media.resident_id == resident.id)
            .values(case_id=case.id)
        )
    if case.state == State.WAITING:
        wish = Move(State.WORKING, "居民已补充情况")
        move(session, case, wish, Actor.RESIDENT, resident.id, now)
    elif State(case.state) in OPEN:
        enqueue(session, case, now)


def locate(session: Session, case: Case, place: Place, text: str, now: datetime) -> None:
    """Brings a case to the place that was told later; who answers for that place takes it."""
    case.place_id, case.place_path, case.place_text = place.id, place.path, text[:200]
    if case.responsible_id is None and not case.private:
        responsible = dispatch.responsible(session, case.community_id, case.category, place.path)
        case.responsible_id = responsible.id if responsible else None
    case.updated_at = now
    if State(case.state) in OPEN:
        enqueue(session, case, now)


def withdraw(session: Session, case: Case, resident: Resident, now: datetime) -> None:
    """Takes a case back on the resident's word."""
    wish = Move(State.WITHDRAWN, "居民主动撤回")
    move(session, case, wish, Actor.RESIDENT, resident.id, now)


def reopen(
    session: Session, case: Case, resident: Resident, renewed: Deadlines, now: datetime
) -> None:
    """Puts a closed case back to work because it is not solved (没解决), with a new deadline."""
    case.resolve_due = renewed.resolve
    move(session, case, Move(State.WORKING, "居民反映没有解决"), Actor.RESIDENT, resident.id, now)
    case.outcome, case.resolved_at = "", None


def case_ended() -> ColumnElement[bool]:
    """The expression that a case is over."""
    return Case.state.not_in([state.value for state in OPEN])


_CASES_OF = (
    select(Case)
    .where(Case.resident_id == bindparam("resident"), Case.community_id == bindparam("community"))
    .order_by(case_ended(), Case.created_at.desc(), Case.id.desc())
    .limit(bindparam("most"))
)


def cases_of(session: Session, resident: Resident, *, limit: int = 9) -> list[Case]:
    """The resident's own cases, open ones first, newest first."""
    wanted = {"resident": resident.id, "community": resident.community_id, "most": limit}
    return list(session.scalars(_CASES_OF, wanted))


def by_number(session: Session, community_id: int, number: int) -> Case | None:
    """The case of a community with this number."""
    return session.scalar(
        select(Case).where(Case.community_id == community_id, Case.number == number)
    )


def events_of(session: Session, case: Case, *, public_only: bool = False) -> list[CaseEvent]:
    """What happened to a case, oldest first."""
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    if public_only:
        query = query.where(CaseEvent.public.is_(True))
    return list(session.scalars(query))


def open_count(session: Session, resident: Resident) -> int:
    """How many cases of a resident are still open."""
    query = select(func.count()).where(Case.resident_id == resident.id, ~case_ended())
    return session.scalar(query) or 0


def responsible_of(session: Session, case: Case) -> Staff | None:
    """The person who answers for a case."""
    return session.get(Staff, case.responsible_id) if case.responsible_id else None
