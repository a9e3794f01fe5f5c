"""The second look at what staff make public: what notices, lists and policies have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused, stale
from console.forms import number_or_none, read_form
from console.visits import Find, number_in_path, one_in_path, visit_of
from services import publishing
from services.policy_content import BadDocument
from services.policy_review import StaleDraft
from services.publishing import BadPublication, Publication, StalePublication

Row = TypeVar("Row")
Public = TypeVar("Public", bound=Publication)
Decide: TypeAlias = Callable[[Session, Row, Mapping[str, str]], object]


def seen_in(form: Mapping[str, str]) -> int:
    """The version that a form was filled in with; -1, which never was, where it names none."""
    seen = number_or_none(form.get("seen"))
    return -1 if seen is None else seen


async def decide(
    request: web.Request, address: str, done: str, find: Find[Row], work: Decide[Row]
) -> web.Response:
    """Does `work` with the thing in the address and goes back to it; 409 where it has changed
    meanwhile, 422 where the decision cannot be taken.
    """
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)
    back = f"{address}/{number}"
    try:
        await visit.write(lambda session: work(session, one_in_path(session, request, find), form))
    except (StalePublication, StaleDraft) as error:
        return stale(request, str(error), back)
    except (BadPublication, BadDocument) as error:
        return refused(request, str(error), back)
    visit.deps.notify_outbox()
    return see(back, done)


async def submit(
    request: web.Request, address: str, find: Find[Public], name: Callable[[Public], str]
) -> web.Response:
    """Asks for the second look at a publication; `name` is what the queue calls it."""
    visit = visit_of(request)

    def work(session: Session, row: Public, form: Mapping[str, str]) -> None:
        hours, seen = visit.deps.hours, seen_in(form)
        publishing.submit(session, visit.staff, row, seen, name(row), hours, visit.now)

    return await decide(request, address, "submitted", find, work)


async def send_back(request: web.Request, address: str, find: Find[Public]) -> web.Response:
    """Gives a publication back with the reason."""
    visit = visit_of(request)

    def work(session: Session, row: Public, form: Mapping[str, str]) -> None:
        note = form.get("note", "")
        publishing.send_back(session, visit.staff, row, seen_in(form), note, visit.now)

    return await decide(request, address, "returned", find, work)


async def withdraw(request: web.Request, address: str, find: Find[Public]) -> web.Response:
    """Takes a publication off the public pages."""
    visit = visit_of(request)

    def work(session: Session, row: Public, form: Mapping[str, str]) -> None:
        note = form.get("note", "")
        publishing.withdraw(session, visit.staff, row, seen_in(form), note, visit.now)

    return await decide(request, address, "retired", find, work)
