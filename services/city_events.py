"""Events of public cases for the system of the city: an outbox of its own.

A job follows the record of events, so nothing has to be hooked into the life of a case. Each is
sent at least once, with a key by which the receiver knows a repeat; after `MOST_TRIES` staff are
told. What may leave the house is for `services/outside.py` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services import desk, outside
from services.access import Permission
from services.case_states import State
from services.categories import Catalogue, Catalogues
from services.outside import CLOSED, PublicCase
from services.places import community_path
from storage.cases import Case, CaseEvent
from storage.city import CityEvent
from storage.communities import Community

MOST_TRIES = 8
LEASE = timedelta(minutes=2)
BATCH = 50
LOOK_BACK = 500
"""How many events before the newest stored one are looked at again: on PostgreSQL a transaction
that began earlier may commit later."""

KINDS = ("submitted", "moved")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to be sent, as plain values; `key` is the same for each repeat."""

    id: int
    key: str
    payload: dict[str, Any]


def gather(session: Session, catalogues: Catalogues, now: datetime) -> int:
    """Stores the events that are new; returns how many. The first time all that ever happened,
    so that the city begins with the whole picture.
    """
    communities = session.scalars(select(Community).order_by(Community.id)).all()
    return sum(_gather(session, one, catalogues(session, one.id), now) for one in communities)


def _gather(session: Session, community: Community, catalogue: Catalogue, now: datetime) -> int:
    stored = select(CityEvent.case_event_id).where(CityEvent.community_id == community.id)
    newest = session.scalar(
        select(func.max(CityEvent.case_event_id)).where(CityEvent.community_id == community.id)
    )
    events = session.execute(
        select(CaseEvent, Case)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(
            CaseEvent.community_id == community.id,
            CaseEvent.kind.in_(KINDS),
            CaseEvent.id > (newest or 0) - LOOK_BACK,
            CaseEvent.id.not_in(stored),
            outside.visible(community.id, catalogue),
        )
        .order_by(CaseEvent.id)
        .limit(BATCH)
    ).all()
    cases = {case.id: case for _, case in events}
    public = {one.id: one for one in outside.redacted(session, list(cases.values()), catalogue)}
    for event, case in events:
        payload = _payload(community, event, public[case.id])
        session.add(_row(community, event, payload, now))
    return len(events)


def _row(
    community: Community, event: CaseEvent, payload: dict[str, Any], now: datetime
) -> CityEvent:
    return CityEvent(
        community_id=community.id,
        case_id=event.case_id,
        case_event_id=event.id,
        payload=payload,
        state="ready",
        next_at=now,
        created_at=now,
    )


def _payload(community: Community, event: CaseEvent, case: PublicCase) -> dict[str, Any]:
    """What is sent: nobody's name, phone or words."""
    to_state = State(event.to_state)
    return {
        "event": _event_name(event, to_state),
        "community": community.code,
        "case": case.ticket,
        "state": to_state.value,
        "outcome": case.outcome if to_state in (*CLOSED, State.RESOLVED, State.REVIEW) else "",
        "category": case.category,
        "category_name": case.category_name,
        "national_class": case.national,
        "national_subclass": case.national_minor,
        "place": case.address_id,
        "address": case.address,
        "at": event.at.isoformat(timespec="seconds"),
    }


def _event_name(event: CaseEvent, state: State) -> str:
    if event.kind == "submitted":
        return "case.created"
    return "case.closed" if state in CLOSED else "case.state_changed"


def claim(session: Session, catalogues: Catalogues, now: datetime) -> list[Outgoing]:
    """Events that are due, one of each case at a time so that they arrive in order; leased."""
    first = (
        select(func.min(CityEvent.id))
        .where(CityEvent.state.in_(("ready", "sending")))
        .group_by(CityEvent.case_id)
    )
    due = session.scalars(
        select(CityEvent)
        .where(
            CityEvent.id.in_(first),
            CityEvent.state.in_(("ready", "sending")),
            CityEvent.next_at <= now,
        )
        .order_by(CityEvent.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        if _still_public(session, row, catalogues):
            row.state, row.attempts, row.next_at = "sending", row.attempts + 1, now + LEASE
        else:
            row.state, row.payload = "void", {}
    return [
        Outgoing(row.id, f"case-event-{row.case_event_id}", row.payload)
        for row in due
        if row.state == "sending"
    ]


def _still_public(session: Session, row: CityEvent, catalogues: Catalogues) -> bool:
    """A case may have become private since the event was stored."""
    catalogue = catalogues(session, row.community_id)
    query = select(Case.id).where(
        Case.id == row.case_id, outside.visible(row.community_id, catalogue)
    )
    return session.scalar(query) is not None


def sent(session: Session, event_id: int, now: datetime) -> None:
    """Records that the receiver has taken an event."""
    row = session.get_one(CityEvent, event_id, with_for_update=True)
    if row.state == "sending":
        row.state, row.sent_at, row.error = "sent", now, ""


def failed(session: Session, event_id: int, error: str, now: datetime) -> None:
    """Records a failure: again in 10 s, 20 s, 40 s … up to an hour; then staff are told."""
    row = session.get_one(CityEvent, event_id, with_for_update=True)
    if row.state != "sending":
        return
    row.error = error[:200]
    if row.attempts < MOST_TRIES:
        row.state = "ready"
        row.next_at = now + timedelta(seconds=min(10 * 2 ** (row.attempts - 1), 3600))
        return
    row.state = "dead"
    _tell_staff(session, row, now)


def _tell_staff(session: Session, row: CityEvent, now: datetime) -> None:
    """One item for each community, however many events are stuck."""
    subject = desk.Subject(
        community_id=row.community_id,
        place_path=community_path(session, row.community_id),
        link="/console/city",
        needs=Permission.KEEP_DESK,
    )
    desk.put(
        session,
        desk.ItemKind.FAILED_SEND,
        source_of(row.community_id),
        "市级系统收不到事项动态",
        subject,
        due=now + timedelta(hours=4),
        now=now,
    )


def source_of(community_id: int) -> str:
    """The name under which the trouble waits in the queue."""
    return f"city:{community_id}"


def stuck(session: Session, community_ids: Sequence[int]) -> list[tuple[CityEvent, str]]:
    """Dead events with the number of their case, the newest first, 100 at most."""
    rows = session.execute(
        select(CityEvent, Case.number)
        .join(Case, Case.id == CityEvent.case_id)
        .where(CityEvent.community_id.in_(community_ids), CityEvent.state == "dead")
        .order_by(CityEvent.id.desc())
        .limit(100)
    )
    return [(row, format_ticket(number)) for row, number in rows]


def counts(session: Session, community_ids: Sequence[int]) -> dict[str, int]:
    """How many events stand in each state."""
    query = (
        select(CityEvent.state, func.count())
        .where(CityEvent.community_id.in_(community_ids))
        .group_by(CityEvent.state)
    )
    return dict(session.execute(query).all())


def try_again(session: Session, community_id: int, now: datetime) -> int:
    """Makes the dead events of a community ready once more; returns how many."""
    dead = session.scalars(
        select(CityEvent).where(CityEvent.community_id == community_id, CityEvent.state == "dead")
    ).all()
    for row in dead:
        row.state, row.attempts, row.next_at = "ready", 0, now
    desk.finish(session, source_of(community_id), now)
    return len(dead)
