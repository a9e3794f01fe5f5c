"""What the two pages around a conversation share, of a case and of a resident: how they are shown,
the reply, the unmasking.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, read_form
from console.live import LIVE
from console.pages import threads as shared
from console.rendering import render
from console.visits import Visit, visit_of
from services import replies
from storage.cases import Case
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page answers: with what was entered and was wrong, a notice, or what was hidden."""

    entered: Entered = field(default_factory=Entered)
    notice: str = ""
    unmasked: shared.Unmasked | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class About:
    """What a page is about; `key` is the name under which those who look at it are counted."""

    resident: Resident | None
    case: Case | None
    key: str
    address: str


Page: TypeAlias = Callable[[web.Request, Shown], Awaitable[web.Response]]
Find: TypeAlias = Callable[[Session, Visit], tuple[Resident | None, Case | None]]


def wrong(form: str, values: Mapping[str, str], errors: Mapping[str, str]) -> Shown:
    """The page again with what cannot be taken."""
    return Shown(Entered(form, values, errors), status=422)


def draw(
    request: web.Request, template: str, about: About, shown: Shown, own: Mapping[str, Any]
) -> web.Response:
    """The page; `own` is what only this one has."""
    visit = visit_of(request)
    canned = shared.canned_for(visit, about.resident, about.case) if about.resident else []
    context = {
        "entered": shown.entered,
        "notice": shown.notice,
        "unmasked": shown.unmasked,
        "others": request.app[LIVE].others(about.key, visit.staff.name),
        "canned": canned,
        "canned_text": shared.chosen(request, canned),
        "base": about.address,
    }
    return render(request, template, {**context, **own}, status=shown.status)


async def reply(request: web.Request, page: Page, address: str, find: Find) -> web.Response:
    """Hands in a reply; one written against an older state comes back with the newer shown."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        resident, case = find(session, visit)
        if resident is None:
            raise web.HTTPBadRequest(text="这件事没有居民可以回复")
        shared.submit_reply(session, visit, resident, case, form)

    try:
        await visit.write(work)
    except replies.StaleReply as error:
        return await page(request, Shown(Entered("reply", form), notice=str(error), status=409))
    except replies.BadReply as error:
        return await page(request, wrong("reply", form, {"text": str(error)}))
    visit.deps.notify_outbox()
    done = "sent" if visit.deps.approval == "never" else "proposed"
    return see(address, done, anchor="newest")


async def unmask(request: web.Request, page: Page, find: Find) -> web.Response:
    """Shows name and phone once, with the reason in the audit."""
    visit, form = visit_of(request), await read_form(request)
    reason = form.get("reason", "").strip()
    if not reason:
        return await page(request, wrong("unmask", form, {"reason": "请写明为什么要看"}))

    def work(session: Session) -> shared.Unmasked:
        resident, case = find(session, visit)
        return shared.unmask(session, visit, resident, case, reason)

    return await page(request, Shown(unmasked=await visit.write(work)))
