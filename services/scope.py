"""The communities that lie wholly in the scope of a member of staff: whose lists they keep."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.access import visible_to
from storage.communities import Community, Place
from storage.staff import Staff


def communities(staff: Staff) -> Select[int | None]:
    """The numbers of the communities, as a condition for queries: `row.community_id.in_(…)`."""
    return select(Place.community_id).where(
        Place.kind == "community", visible_to(staff, Place.path)
    )


def kept(session: Session, staff: Staff) -> list[Community]:
    """The communities themselves, in the order in which they were opened."""
    query = select(Community).where(Community.id.in_(communities(staff))).order_by(Community.id)
    return list(session.scalars(query))


def chosen(session: Session, staff: Staff, community_id: int | None) -> Community | None:
    """The community that a form names; where it names none, the only one there is to name."""
    found = kept(session, staff)
    if community_id is None:
        return found[0] if len(found) == 1 else None
    return next((one for one in found if one.id == community_id), None)
