"""What the pages of the hall share: finding within the scope, and fields of its forms."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from sqlalchemy.orm import Session

from console.visits import Visit, or_404
from services import hall, hall_reading, scope
from services.calendar import CHINA
from storage.ballots import Ballot
from storage.communities import Place
from storage.hall import Topic
from storage.opinions import Proposal

ADDRESS = "/console/hall"


def topic_address(number: int) -> str:
    return f"{ADDRESS}/{number}"


def ballot_address(number: int) -> str:
    return f"{ADDRESS}/ballots/{number}"


def find_topic(session: Session, visit: Visit, number: int) -> Topic:
    """The topic in sight; 404 else."""
    return or_404(hall.topic_for(session, visit.staff, number))


def find_ballot(session: Session, visit: Visit, number: int) -> tuple[Ballot, Topic]:
    """The ballot in sight with its topic; 404 else."""
    return or_404(hall_reading.ballot_for(session, visit.staff, number))


def find_proposal(session: Session, visit: Visit, number: int) -> Proposal:
    """The proposal in sight; 404 else."""
    return or_404(hall_reading.proposal_for(session, visit.staff, number))


def find_community(session: Session, visit: Visit, code: str) -> Place:
    """The community named, else the first one in the scope; 404 where there is none."""
    places = scope.nodes(session, visit.staff)
    wanted = [place for place in places if place.code == code] if code else places
    if not wanted:
        raise web.HTTPNotFound
    return wanted[0]


def community_id_of(place: Place) -> int:
    """The number of the community that a place belongs to; 404 for a street."""
    return or_404(place.community_id)


def find_community_id(session: Session, visit: Visit, code: str) -> int:
    """The number of the community named, else of the first one in the scope; 404 else."""
    return community_id_of(find_community(session, visit, code))


def moment_or_none(value: str | None) -> datetime | None:
    """A moment as a `datetime-local` field sends it, in China; None where it is none."""
    try:
        return datetime.fromisoformat(value or "").replace(tzinfo=CHINA)
    except ValueError:
        return None


def local_field(moment: datetime) -> str:
    """A moment as a `datetime-local` field shows it, in China."""
    return f"{moment.astimezone(CHINA):%Y-%m-%dT%H:%M}"
