"""What the pages about points share: the frame around them, a list of a community, one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Form, wrong
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.communities import with_code
from console.rendering import render
from console.visits import Find, Visit, one_in_path, visit_of
from services import points_people, scope
from services.bad_field import BadField
from storage.communities import Community
from storage.households import Household
from storage.points import Goods, PointAward, PointRule, Redemption
from storage.residents import Resident

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


def resident_in(session: Session, form: Form, community_id: int) -> Resident | None:
    """The resident of a community whom a form names as its list offers them: number, then name."""
    number = number_or_none(form.get("resident", "").split(" ")[0].removeprefix("#"))
    return points_people.one_of(session, community_id, number)


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
class CommunityForm:
    """A form on a page about a community; `refusals` and `field` as in `Deeds`."""

    page: ListPage
    name: str
    refusals: tuple[type[Exception], ...] = (BadField,)
    field: str = ""

    async def take(
        self,
        request: web.Request,
        work: Callable[[Session, Visit, Community, Form], str],
        done: str = "added",
    ) -> web.Response:
        """Does `work` for the community that the form names and goes to the address which `work`
        gives, with the word `done`; 422 where it is refused.
        """
        visit, form = visit_of(request), await read_form(request)

        def in_community(session: Session) -> str:
            community = community_kept(session, visit, form.get("community", ""))
            return work(session, visit, community, form)

        try:
            where = await visit.write(in_community)
        except self.refusals as error:
            return await self.page.show(request, wrong(self.name, form, error, self.field), 422)
        visit.deps.notify_outbox()
        return see(where, done)


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
