"""What an activity can be tied to, for the forms of staff: places and partners."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.access import visible_to
from services.place_names import scopes_in
from storage.communities import Place
from storage.organisations import Organisation
from storage.staff import Staff


def places(session: Session, staff: Staff) -> list[Place]:
    """The communities and grids in which `staff` may hold activities, by the tree."""
    return [one for one in scopes_in(session, staff) if one.community_id is not None]


def community_at(session: Session, staff: Staff, path: str) -> int | None:
    """The community that a place belongs to; None for one outside the scope."""
    return session.scalar(
        select(Place.community_id).where(Place.path == path, visible_to(staff, Place.path))
    )


def partners(session: Session, staff: Staff) -> list[Organisation]:
    """The partners of the communities in scope."""
    communities = {one.community_id for one in places(session, staff)}
    query = select(Organisation).where(
        Organisation.community_id.in_(communities), Organisation.active.is_(True)
    )
    return list(session.scalars(query.order_by(Organisation.name)))
