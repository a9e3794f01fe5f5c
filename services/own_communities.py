"""The communities that a member of staff works for."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.access import visible_to
from storage.communities import Community, Place
from storage.staff import Staff


def ids(staff: Staff) -> Select[int | None]:
    """The numbers of the communities in the scope of `staff`, as a subquery."""
    return select(Place.community_id).where(
        Place.kind == "community", Place.community_id.is_not(None), visible_to(staff, Place.path)
    )


def of(session: Session, staff: Staff) -> list[Community]:
    """The communities in the scope of `staff`, by name."""
    query = select(Community).where(Community.id.in_(ids(staff)))
    return list(session.scalars(query.order_by(Community.name)))


def one(session: Session, staff: Staff, community_id: int | None) -> Community | None:
    """The community of that number if it is in scope; without a number the only one, or the first;
    None where there is none.
    """
    found = of(session, staff)
    if community_id is None:
        return found[0] if found else None
    return next((community for community in found if community.id == community_id), None)
