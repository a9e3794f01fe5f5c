"""Which community a page of keeping is about, for those whose scope has several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from console.forms import number_or_none
from console.visits import Visit, or_404
from services import desk_terms, scope
from services.categories import Catalogue
from services.sla import Terms
from storage.communities import Community, Place


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
    communities = scope.kept(session, visit.staff, Place.path)
    found = with_code(communities, code)
    terms = desk_terms.newest(session, found.id, visit.deps.hours)
    return Kept(found, communities, visit.deps.catalogues(session, found.id), terms)


def with_code(communities: list[Community], code: str) -> Community:
    """The community with this code, the first one without a code; 404 where there is none."""
    return or_404(next((one for one in communities if code in ("", one.code)), None))


def community_of(session: Session, visit: Visit, form: Mapping[str, str]) -> Community:
    """The community whose number a form names, else the first by name; 404 outside the scope."""
    return or_404(scope.named_or_first(session, visit.staff, number_or_none(form.get("community"))))
