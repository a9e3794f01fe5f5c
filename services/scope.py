"""The communities that lie wholly in the scope of a member of staff: whose lists they keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.access import visible_to
from storage.communities import Community, Place
from storage.staff import Staff


def inside(staff: Staff) -> ColumnElement[bool]:
    """The condition that a place is the node of a community in the scope of `staff`."""
    return (Place.kind == "community") & visible_to(staff, Place.path)


def communities(staff: Staff) -> Select[int | None]:
    """The numbers of the communities, as a condition for queries: `row.community_id.in_(…)`."""
    return select(Place.community_id).where(Place.community_id.is_not(None), inside(staff))


def kept(
    session: Session, staff: Staff, order: InstrumentedAttribute[Any] = Community.id
) -> list[Community]:
    """The communities themselves, in the order in which they were opened; or by another column
    of theirs or of their node: `Community.name`, `Place.path` (the order of the tree).
    """
    query = select(Community).join(Place, Place.community_id == Community.id).where(inside(staff))
    return list(session.scalars(query.order_by(order)))


def nodes(session: Session, staff: Staff) -> list[Place]:
    """The communities as places, in the order of the tree."""
    return list(session.scalars(select(Place).where(inside(staff)).order_by(Place.path)))


def chosen(session: Session, staff: Staff, community_id: int | None) -> Community | None:
    """The community that a form names; where it names none, the only one there is to name."""
    found = kept(session, staff)
    if community_id is None:
        return found[0] if len(found) == 1 else None
    return next((one for one in found if one.id == community_id), None)


def named_or_first(session: Session, staff: Staff, community_id: int | None) -> Community | None:
    """The community of that number if it is in scope; without a number the first by name; None
    where there is none.
    """
    found = kept(session, staff, Community.name)
    if community_id is None:
        return found[0] if found else None
    return next((one for one in found if one.id == community_id), None)
