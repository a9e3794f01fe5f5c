"""Which community a page of keeping is about, for those whose scope has several."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console.visits import Visit
from services import desk_terms
from services.categories import Catalogue
from services.places import communities_in
from services.sla import Terms
from storage.communities import Community


@dataclass(frozen=True, slots=True)
class Kept:
    """The community chosen, all there are to choose from, its catalogue and terms."""

    community: Community
    communities: list[Community]
    catalogue: Catalogue
    terms: Terms

    @property
    def query(self) -> str:
        """What an address needs to stay with this community; empty where there is one only."""
        return f"?community={self.community.code}" if len(self.communities) > 1 else ""


def kept(session: Session, visit: Visit, code: str) -> Kept:
    """The community with this code, else the first in scope; 404 for one outside, or none."""
    communities = communities_in(session, visit.staff)
    found = [one for one in communities if not code or one.code == code]
    if not found:
        raise web.HTTPNotFound
    chosen = found[0]
    terms = desk_terms.newest(session, chosen.id, visit.deps.hours)
    return Kept(chosen, communities, visit.deps.catalogues(session, chosen.id), terms)
