"""Cases that staff open: what they come upon (党员问事、干部问事), or what a resident tells them.

For a resident only with their consent, which is stored where the account knows them; they are
told at once, and the case is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from intents.tickets import format_ticket
from services import audit, cases, consents, outbox, uploads
from services.access import Permission, require, visible_to
from services.bad_field import BadField
from services.calendar import OfficeHours
from services.case_states import MATTERS, Actor, State
from services.categories import Catalogue
from services.uploads import Upload
from storage.cases import Case, CaseEvent
from storage.communities import Place
from storage.residents import Resident
from storage.staff import Staff

LONGEST = 2000
LONGEST_SPOT = 60


class Origin(StrEnum):
    """How a case came to the desk; the value is stored with the case."""

    PARTY = "party"
    CADRE = "cadre"
    PATROL = "patrol"
    PHONE = "phone"
    VISIT = "visit"


ORIGIN_NAMES = {
    Origin.PARTY: "党员问事",
    Origin.CADRE: "干部问事",
    Origin.PATROL: "巡查发现",
    Origin.PHONE: "居民来电",
    Origin.VISIT: "居民来访或上门",
}
FOR_RESIDENTS = (Origin.PHONE, Origin.VISIT)


class BadCase(BadField):
    """What was entered cannot be; `field` names the value at fault, the message says why."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A case as staff enter it. `spot` says more about the place; `agreed` that the resident
    wants it handed in on their behalf.
    """

    origin: str
    category: str
    description: str
    place_id: int | None
    spot: str = ""
    phone: str = ""
    agreed: bool = False
    urgent: bool = False
    uploads: Sequence[Upload] = ()


def open_case(
    session: Session,
    staff: Staff,
    entered: Entered,
    resident: Resident | None,
    catalogue: Catalogue,
    hours: OfficeHours,
    now: datetime,
) -> Case:
    """Opens the case, with consent and word to the resident. Raises Forbidden, BadCase."""
    place = _place(session, staff, entered)
    require(staff, Permission.HANDLE, place.path)
    origin = _check(entered, resident, catalogue, place)
    case = cases.submit(
        session, _new_case(staff, entered, origin, place, catalogue), resident, hours, now
    )
    uploads.attach(session, case, entered.uploads, now)
    session.add(_asked(case, staff, origin, now))
    audit.record(session, now, staff, "case.open", case, after={"origin": origin.value})
    if resident is not None:
        consents.give(session, resident, staff, consents.Scope.CASES, now, origin=origin.value)
        _tell(session, resident, case, origin, now)
    return case


def _check(
    entered: Entered, resident: Resident | None, catalogue: Catalogue, place: Place
) -> Origin:
    if entered.origin not in set(Origin):
        raise BadCase("origin", "请选来源")
    if not 4 <= len(entered.description.strip()) <= LONGEST:
        raise BadCase("description", f"写明是什么事，4 到 {LONGEST} 个字")
    if entered.category not in catalogue:
        raise BadCase("category", "请选类别")
    if len(entered.uploads) > uploads.MOST_PICTURES:
        raise BadCase("photos", f"最多 {uploads.MOST_PICTURES} 张照片")
    origin = Origin(entered.origin)
    if origin in FOR_RESIDENTS and not entered.agreed:
        raise BadCase("agreed", "代居民登记要先征得本人同意")
    if resident is not None and origin not in FOR_RESIDENTS:
        raise BadCase("origin", "代这位居民登记，来源请选来电或来访")
    if resident is not None and resident.community_id != place.community_id:
        raise BadCase("place", "这个地点不在居民所在的社区")
    return origin


def _place(session: Session, staff: Staff, entered: Entered) -> Place:
    place = session.scalar(
        select(Place).where(
            Place.id == entered.place_id,
            Place.community_id.is_not(None),
            visible_to(staff, Place.path),
        )
    )
    if place is None:
        raise BadCase("place", "请选地点")
    return place


def _new_case(
    staff: Staff, entered: Entered, origin: Origin, place: Place, catalogue: Catalogue
) -> cases.NewCase:
    words = entered.description.strip()
    return cases.NewCase(
        community_id=place.community_id or 0,
        category=entered.category,
        title=shorten(words, 40),
        description=words,
        place_path=place.path,
        place_id=place.id,
        place_text=" ".join((place.name, entered.spot.strip()[:LONGEST_SPOT])).strip(),
        sla=catalogue.sla(entered.category),
        contact_phone=entered.phone.strip()[:32] or None,
        private=catalogue.is_private(entered.category),
        urgent=entered.urgent,
        origin=origin.value,
        opened_by=staff.id,
    )


def _asked(case: Case, staff: Staff, origin: Origin, now: datetime) -> CaseEvent:
    """The event that names the member of staff: 问事, or 说事 on behalf of a resident."""
    behalf = origin in FOR_RESIDENTS
    return CaseEvent(
        community_id=case.community_id,
        case_id=case.id,
        at=now,
        kind="opened",
        matter=MATTERS[State.SUBMITTED] if behalf else "问事",
        actor_kind=Actor.STAFF.value,
        actor_id=staff.id,
        text=f"{ORIGIN_NAMES[origin]}，本人同意代为登记" if behalf else ORIGIN_NAMES[origin],
        public=True,
    )


def _tell(session: Session, resident: Resident, case: Case, origin: Origin, now: datetime) -> None:
    """Word to the resident where they follow the account."""
    if not resident.following:
        return
    how = "您来电" if origin is Origin.PHONE else "您当面"
    text = (
        f"{how}说的事已代您登记：〔{format_ticket(case.number)}〕{case.title}\n"
        "不是您说的？回复“人工”。\n回复“进度”随时查看。"
    )
    outbox.post(
        session, resident, text, source=f"case-opened:{case.id}", now=now, policy="decision"
    )
