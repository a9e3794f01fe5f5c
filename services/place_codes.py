"""The QR codes of places (扫码定责): asked for by staff, made by WeChat, printed as posters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require, visible_to
from services.place_names import names_of
from storage.city import PlaceCode
from storage.communities import Community, Place
from storage.staff import Staff

MOST_TRIES = 5
BATCH = 10
KINDS = ("grid", "building", "unit", "landmark")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A place with its code; None where none was asked for."""

    place: Place
    name: str
    code: PlaceCode | None


@dataclass(frozen=True, slots=True)
class WantedCode:
    """A code to be made, as plain values."""

    id: int
    community: str
    scene: str


def listed(session: Session, staff: Staff) -> list[CodeRow]:
    """The grids and places in the scope of `staff`, in the order of the tree."""
    query = (
        select(Place, PlaceCode)
        .outerjoin(PlaceCode, PlaceCode.place_id == Place.id)
        .where(
            visible_to(staff, Place.path), Place.kind.in_(KINDS), Place.community_id.is_not(None)
        )
        .order_by(Place.path)
    )
    found = session.execute(query).all()
    names = names_of(session, [place.path for place, _ in found])
    return [CodeRow(place, names[place.path], code) for place, code in found]


def find(session: Session, staff: Staff, place_id: int) -> tuple[CodeRow, Community] | None:
    """One place in the scope of `staff`, with its community."""
    row = next((one for one in listed(session, staff) if one.place.id == place_id), None)
    if row is None or row.place.community_id is None:
        return None
    return row, session.get_one(Community, row.place.community_id)


def ask_for(session: Session, staff: Staff, now: datetime) -> int:
    """Asks for the codes that are not there yet, those that failed once more; returns how many."""
    require(staff, Permission.KEEP_DESK)
    wanted = [row for row in listed(session, staff) if row.code is None or not row.code.url]
    for row in wanted:
        code = row.code or PlaceCode(
            place_id=row.place.id, community_id=row.place.community_id, url="", created_at=now
        )
        code.attempts, code.error, code.next_at = 0, "", now
        session.add(code)
    if wanted:
        audit.record(session, now, staff, "place_codes.ask", after={"count": len(wanted)})
    return len(wanted)


def claim(session: Session, now: datetime) -> list[WantedCode]:
    """Codes that are due to be made; a claim holds for two minutes."""
    rows = session.execute(
        select(PlaceCode, Place.code, Community.code)
        .join(Place, Place.id == PlaceCode.place_id)
        .join(Community, Community.id == PlaceCode.community_id)
        .where(PlaceCode.url == "", PlaceCode.attempts < MOST_TRIES, PlaceCode.next_at <= now)
        .order_by(PlaceCode.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=PlaceCode)
    ).all()
    for row, _, _ in rows:
        row.attempts, row.next_at = row.attempts + 1, now + timedelta(minutes=2)
    return [WantedCode(row.id, community, f"place:{place}") for row, place, community in rows]


def made(session: Session, code_id: int, url: str) -> None:
    """Records what the code holds."""
    code = session.get_one(PlaceCode, code_id)
    code.url, code.error = url, ""


def failed(session: Session, code_id: int, error: str) -> None:
    """Records why it could not be made."""
    session.get_one(PlaceCode, code_id).error = error[:200]
