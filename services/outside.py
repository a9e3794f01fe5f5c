"""What of a case may leave the house: for Open311 and for the system of the city.

Never a private or anonymous one, never one of a private category; of the others the number, the
category, the building or place as the tree names it, the states and their dates. No words of a
resident, but those that a reviewer has published; no exact position, no name, no phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services.case_states import OUTCOME_NAMES, STATE_NAMES, STATE_WORDS, Outcome, State
from services.categories import Catalogue
from services.place_names import names_of
from storage.cases import Case, CaseEvent
from storage.city import OpenRequest
from storage.communities import Place
from storage.moderation import Submission

CLOSED = (State.ARCHIVED, State.REJECTED, State.DUPLICATE, State.WITHDRAWN)
"""All others count as open, 办结 and 回访 too: the resident may still say 没解决."""

PUBLISHED_TEXT = "case_text"
"""The kind of submission whose text is the public description of a case."""


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case as outsiders may know it; the position is that of the place in the tree.

    `department` answers for it; `description` is empty unless published.
    """

    id: int
    ticket: str
    category: str
    category_name: str
    national: str
    national_minor: str
    department: str
    state: State
    outcome: str
    address: str
    address_id: str
    latitude: float | None
    longitude: float | None
    description: str
    created_at: datetime
    updated_at: datetime
    expected_at: datetime

    @property
    def is_closed(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state in CLOSED

    @property
    def status_notes(self) -> str:
        """The state in words, with the real outcome once there is one: 归档（已解决）."""
        name = STATE_NAMES[self.state]
        return f"{name}（{OUTCOME_NAMES[Outcome(self.outcome)]}）" if self.outcome else name


@dataclass(frozen=True, slots=True)
class PublicMove:
    """One step of a public case; `words` are standing words, never those of a person."""

    id: int
    ticket: str
    is_closed: bool
    words: str
    at: datetime


def visible(community_id: int, catalogue: Catalogue) -> ColumnElement[bool]:
    """The condition that a case of this community may be known outside.

    What came in by Open311 waits for its approval first: until somebody has taken it up.
    """
    received = select(OpenRequest.case_id).where(OpenRequest.community_id == community_id)
    return and_(
        Case.community_id == community_id,
        Case.private.is_(False),
        Case.anonymous.is_(False),
        Case.category.not_in(catalogue.private_codes()),
        or_(Case.state != State.SUBMITTED, Case.id.not_in(received)),
    )


def redacted(session: Session, cases: Sequence[Case], catalogue: Catalogue) -> list[PublicCase]:
    """The cases as outsiders may know them, in the same order, in three queries."""
    places = _places(session, {case.place_path for case in cases})
    addresses = names_of(session, {place.path for place in places.values()})
    texts = published_texts(session, [case.id for case in cases])
    return [
        _redacted(case, places.get(case.place_path), addresses, texts, catalogue) for case in cases
    ]


def _redacted(
    case: Case,
    place: Place | None,
    addresses: dict[str, str],
    texts: dict[int, str],
    catalogue: Catalogue,
) -> PublicCase:
    category = catalogue.get(case.category)
    return PublicCase(
        id=case.id,
        ticket=format_ticket(case.number),
        category=case.category,
        category_name=catalogue.name(case.category),
        national=category.national if category else "",
        national_minor=category.national_minor if category else "",
        department=category.department if category else "",
        state=State(case.state),
        outcome=case.outcome,
        address=addresses[place.path] if place else "",
        address_id=place.code if place else "",
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        description=texts.get(case.id, ""),
        created_at=case.created_at,
        updated_at=case.updated_at,
        expected_at=case.resolve_due,
    )


def _places(session: Session, paths: Iterable[str]) -> dict[str, Place]:
    """The place to be named for each path: of a unit, where a dozen families live, its building."""
    above = {path: f"{path.rstrip('/').rpartition('/')[0]}/" for path in paths}
    query = select(Place).where(Place.path.in_({*above, *above.values()}))
    known = {place.path: place for place in session.scalars(query)}
    return {
        path: known.get(above[path], known[path]) if known[path].kind == "unit" else known[path]
        for path in above
        if path in known
    }


def published_texts(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """The newest published text of each case that has one."""
    rows = session.execute(
        select(Submission.subject_id, Submission.text)
        .where(
            Submission.kind == PUBLISHED_TEXT,
            Submission.subject_id.in_(case_ids),
            Submission.state == "published",
        )
        .order_by(Submission.id)
    )
    return {case_id: text for case_id, text in rows}


def moves_of(session: Session, cases: Sequence[Case]) -> list[PublicMove]:
    """The public steps of these cases, oldest first."""
    tickets = {case.id: format_ticket(case.number) for case in cases}
    events = session.scalars(
        select(CaseEvent)
        .where(
            CaseEvent.case_id.in_(tickets),
            CaseEvent.public.is_(True),
            CaseEvent.kind.in_(("submitted", "moved")),
        )
        .order_by(CaseEvent.id)
    )
    return [
        PublicMove(
            event.id,
            tickets[event.case_id],
            State(event.to_state) in CLOSED,
            STATE_WORDS[State(event.to_state)],
            event.at,
        )
        for event in events
    ]
