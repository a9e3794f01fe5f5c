"""What the pages about points share: the frame around them, a list of a community, one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from console.forms import Entered
from console.pages.communities import with_code
from console.rendering import render
from console.visits import Find, Visit, one_in_path, visit_of
from services import scope
from storage.communities import Community
from storage.households import Household
from storage.points import Goods, PointAward, PointRule, Redemption

ADDRESS = "/console/points"
TABS = (
    ("", "发放"),
    ("/rules", "规则"),
    ("/goods", "商品"),
    ("/pickup", "核销"),
    ("/households", "家庭"),
    ("/ledger", "账本"),
)
Row = TypeVar("Row", Goods, Household, PointAward, PointRule, Redemption)
Context: TypeAlias = dict[str, Any]


def whole(value: str | None, otherwise: int = 0) -> int:
    """A whole number as entered, a minus sign allowed; -1 000 000 where it is none."""
    text = (value or "").strip().replace("−", "-")
    if not text:
        return otherwise
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < 8 else -1_000_000


def community_kept(session: Session, visit: Visit, code: str) -> Community:
    """The community of that code, the first one without a code; 404 outside the scope."""
    return with_code(scope.kept(session, visit.staff), code)


def frame(session: Session, visit: Visit, community: Community) -> Context:
    """What every page about points shows around its own: the tabs, the communities."""
    return {
        "tabs": TABS,
        "base": ADDRESS,
        "community": community,
        "kept": scope.kept(session, visit.staff),
    }


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page about a community; `parts` says what stands on it inside the frame."""

    template: str
    parts: Callable[[Session, web.Request, Community], Context]

    async def show(
        self, request: web.Request, entered: Entered | None = None, status: int = 200
    ) -> web.Response:
        """The page of the community that was entered or asked for, else of the first one."""
        visit, shown = visit_of(request), entered or Entered()
        code = shown.values.get("community") or request.query.get("community", "")

        def work(session: Session) -> Context:
            community = community_kept(session, visit, code)
            parts = self.parts(session, request, community)
            return {**frame(session, visit, community), **parts, "entered": shown}

        return render(request, self.template, await visit.read(work), status=status)


@dataclass(frozen=True, slots=True)
class OnePage(Generic[Row]):
    """A page about one thing; `parts` says what stands on it inside the frame."""

    template: str
    find: Find[Row]
    parts: Callable[[Session, Row], Context]

    async def show(
        self, request: web.Request, entered: Entered | None = None, status: int = 200
    ) -> web.Response:
        """The page of the thing in the address."""
        visit = visit_of(request)

        def work(session: Session) -> Context:
            row = one_in_path(session, request, self.find)
            community = session.get_one(Community, row.community_id)
            parts = self.parts(session, row)
            return {**frame(session, visit, community), **parts, "entered": entered or Entered()}

        return render(request, self.template, await visit.read(work), status=status)
