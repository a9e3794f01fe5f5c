"""The visit: who asks, since when signed in, and at which moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from console.deps import DEPS, ConsoleDeps
from services.categories import Catalogue
from services.sign_in import SignedIn
from storage.staff import Staff

T = TypeVar("T")
Find: TypeAlias = Callable[[Session, Staff, int], T | None]
"""How services find one thing by its number: None outside the scope of who asks."""

COOKIE = "shuoshi_staff"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by a member of staff; `catalogue` names the categories of their scope."""

    signed_in: SignedIn
    deps: ConsoleDeps
    now: datetime
    catalogue: Catalogue

    @property
    def staff(self) -> Staff:
        return self.signed_in.staff

    @property
    def csrf(self) -> str:
        return self.signed_in.session.csrf

    async def read(self, work: Callable[[Session], T]) -> T:
        """Runs `work` on a snapshot."""
        return await self.deps.database.read(work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Runs `work` in one transaction."""
        return await self.deps.database.write(work)


VISIT: web.RequestKey[Visit] = web.RequestKey("console_visit", Visit)


def visit_of(request: web.Request) -> Visit:
    """The visit of a request that the guard has let in; KeyError on a public page."""
    return request[VISIT]


def visitor(request: web.Request) -> Visit | None:
    """The visit, or None for somebody who is not signed in."""
    return request.get(VISIT)


def deps_of(request: web.Request) -> ConsoleDeps:
    """The parts that the console was given."""
    return request.app[DEPS]


def number_in_path(request: web.Request, name: str = "id") -> int:
    """The number in the address; the pattern of the route lets nothing else in."""
    return int(request.match_info[name])


def or_404(thing: T | None) -> T:
    """The thing that was looked for; 404 where there is none, or none in sight."""
    if thing is None:
        raise web.HTTPNotFound
    return thing


def one_in_path(session: Session, request: web.Request, find: Find[T]) -> T:
    """The thing whose number is in the address, as a service finds it; 404 outside the scope."""
    return or_404(find(session, visit_of(request).staff, number_in_path(request)))
