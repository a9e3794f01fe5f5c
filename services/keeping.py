"""Which communities a member of staff keeps: those whose node of the tree lies in their scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.access import visible_to
from storage.communities import Community, Place
from storage.staff import Staff


def kept_by(staff: Staff, community_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that a row belongs to a community in the scope of `staff`."""
    inside = select(Place.community_id).where(
        Place.kind == "community", visible_to(staff, Place.path)
    )
    return community_id.in_(inside)


def communities_of(session: Session, staff: Staff) -> list[Community]:
    """The communities in the scope of `staff`, in the order in which they were opened."""
    query = select(Community).where(kept_by(staff, Community.id)).order_by(Community.id)
    return list(session.scalars(query))
