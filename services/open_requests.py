"""Cases that other systems hand in by Open311: taken in, held by a token until approved."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from intents.entities import Gazetteer
from services import cases, moderation
from services.calendar import OfficeHours
from services.case_states import State
from services.categories import Catalogue
from services.outside import PUBLISHED_TEXT
from services.places import community_place, nearest_place, place_by_code
from services.questions import answer_line
from storage.cases import Case
from storage.city import ApiKey, OpenRequest
from storage.communities import Place

ORIGIN = "open311"

GazetteerOf = Callable[[Session, int], Gazetteer]


@dataclass(frozen=True, slots=True)
class Handed:
    """What a system hands in, checked. One way at least tells where: a position in degrees
    (WGS 84), the code of a place of the tree, or an address in words. Of the reporter only the
    phone is kept, encrypted.
    """

    category: str
    description: str = ""
    position: tuple[float, float] | None = None
    address_id: str = ""
    address: str = ""
    phone: str | None = None
    answers: tuple[tuple[str, str], ...] = ()
    media_url: str = ""


class UnknownPlace(Exception):
    """There is no place with this code in the community."""


def take_in(
    session: Session,
    key: ApiKey,
    handed: Handed,
    catalogue: Catalogue,
    gazetteer: GazetteerOf,
    hours: OfficeHours,
    now: datetime,
) -> OpenRequest:
    """Opens the case, puts its description before the reviewers, and gives the token.

    Raises UnknownPlace.
    """
    place = _place(session, key.community_id, handed, gazetteer)
    name = catalogue.name(handed.category)
    new = cases.NewCase(
        community_id=key.community_id,
        category=handed.category,
        title=shorten(handed.description or name, 40),
        description=_words(handed, name),
        place_path=place.path,
        place_id=place.id,
        place_text=handed.address,
        latitude=handed.position[0] if handed.position else None,
        longitude=handed.position[1] if handed.position else None,
        sla=catalogue.sla(handed.category),
        contact_phone=handed.phone,
        private=catalogue.is_private(handed.category),
        origin=ORIGIN,
    )
    case = cases.submit(session, new, None, hours, now)
    if handed.description and not case.private:
        wanted = moderation.Wanted(PUBLISHED_TEXT, case.id, case.title, handed.description)
        moderation.submit(session, wanted, key.community_id, hours, now)
    return _token(session, key, case, now)


def _token(session: Session, key: ApiKey, case: Case, now: datetime) -> OpenRequest:
    row = OpenRequest(
        community_id=key.community_id,
        case_id=case.id,
        key_id=key.id,
        token=secrets.token_urlsafe(24),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _words(handed: Handed, name: str) -> str:
    """What staff read: the description, the answers, where a picture lies (it is not fetched)."""
    lines = [handed.description or name]
    lines += [answer_line(question, answer) for question, answer in handed.answers]
    lines += [f"照片链接：{handed.media_url}"] if handed.media_url else []
    return "\n".join(lines)


def _place(session: Session, community_id: int, handed: Handed, gazetteer: GazetteerOf) -> Place:
    if handed.address_id:
        place = place_by_code(session, community_id, handed.address_id)
        if place is None:
            raise UnknownPlace
        return place
    found = None
    if handed.position is not None:
        found = nearest_place(session, community_id, *handed.position)
    elif handed.address:
        matches = gazetteer(session, community_id).find(handed.address)
        found = place_by_code(session, community_id, matches[0].code) if matches else None
    return found or community_place(session, community_id)


def by_token(session: Session, community_id: int, token: str) -> tuple[OpenRequest, Case] | None:
    """What was handed in under this token, with its case."""
    row = session.execute(
        select(OpenRequest, Case)
        .join(Case, Case.id == OpenRequest.case_id)
        .where(OpenRequest.community_id == community_id, OpenRequest.token == token)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def is_approved(case: Case) -> bool:
    """Whether somebody has taken up a case that was handed in."""
    return case.state != State.SUBMITTED
