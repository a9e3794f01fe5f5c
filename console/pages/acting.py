"""Acting for a resident (代办): the leave they gave, and what staff do for them with it."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.addresses import resident as address
from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.threads import find_resident
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import acting, activities, activity_search, care, consents, goods, ledger
from services.acting import BadLeave
from services.activities import ALIVE
from services.activity_search import Wish
from services.care import BadCare, NewCare
from services.consents import SCOPE_NAMES, NoConsent, Scope
from services.ledger import LedgerRefusal, Unit
from services.residents import display_name
from services.signups import CannotJoin
from storage.activities import SignUp
from storage.residents import Resident
from storage.staff import Staff

OFFERED = (60, 90, 120, 180, 240)
"""Minutes of care to choose from."""
ABOUT = {Scope.VOLUNTEERING: "join", Scope.POINTS: "redeem", Scope.CARE: "care"}


def _found(session: Session, visit: Visit, request: web.Request) -> Resident:
    resident = find_resident(session, visit, number_in_path(request))
    acting.allow(session, visit.staff, resident)
    return resident


async def show(request: web.Request) -> web.Response:
    """What may be done for this resident, and by whose leave."""
    return await _page(request, Entered(), 200)


async def _page(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        resident = _found(session, visit, request)
        found = {
            "resident": resident,
            "name": display_name(resident),
            "leave": acting.given_by(session, resident),
            "may": {
                name: consents.allows(session, resident, visit.staff, scope)
                for scope, name in ABOUT.items()
            },
        }
        return found | _offers(session, visit, resident)

    context = {
        **await visit.read(work),
        "entered": entered,
        "base": f"{address(number_in_path(request))}/acting",
        "scopes": {scope.value: words for scope, words in SCOPE_NAMES.items()},
        "origins": acting.ORIGINS,
        "kinds": care.KIND_NAMES,
        "offered": [(minutes, care.say_minutes(minutes)) for minutes in OFFERED],
        "when": lambda occasion: activities.when(occasion, visit.now),
        "once": secrets.token_hex(8),
    }
    return render(request, "acting.html", context, status=status)


def _offers(session: Session, visit: Visit, resident: Resident) -> dict[str, Any]:
    community = resident.community_id
    return {
        "upcoming": activity_search.upcoming(session, community, Wish(), visit.now),
        "joined": activity_search.own(session, resident, visit.now, ALIVE),
        "shelf": [row for row in goods.shelf(session, community) if row.stock],
        "points": ledger.balance(session, resident, Unit.POINTS),
    }


async def record(request: web.Request) -> web.Response:
    """Records leave that the resident gave, to oneself or to another resident."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        agent = _agent(session, visit, form)
        scope = form.get("scope", "")
        if scope not in set(Scope):
            raise BadLeave("scope", "请选替办什么")
        given = (Scope(scope), form.get("origin", ""), form.get("words", ""))
        acting.record_leave(session, visit.staff, resident, agent, given, visit.now)

    return await _act(request, "leave", work, "leave-recorded")


def _agent(session: Session, visit: Visit, form: dict[str, str]) -> Resident | Staff:
    if not form.get("agent", "").strip():
        return visit.staff
    number = number_or_none(form["agent"].strip().lstrip("#"))
    try:
        return find_resident(session, visit, number or 0)
    except web.HTTPNotFound:
        raise BadLeave("agent", "没有这个编号的居民") from None


async def end(request: web.Request) -> web.Response:
    """Ends a leave because the resident says so."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        found = acting.find_leave(session, resident, number_or_none(form.get("leave")) or 0)
        if found is None:
            raise BadLeave("leave", "这个授权已经结束了")
        acting.end_leave(session, visit.staff, found, visit.now)

    return await _act(request, "end", work, "leave-ended")


async def join(request: web.Request) -> web.Response:
    """Signs the resident up."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        occasion = number_or_none(form.get("occasion")) or 0
        if activity_search.by_id(session, resident.community_id, occasion) is None:
            raise BadLeave("occasion", "请选一场活动")
        acting.sign_up(session, resident, visit.staff, occasion, visit.now)

    return await _act(request, "join", work, "acted")


async def leave(request: web.Request) -> web.Response:
    """Gives the resident's place back."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        row = session.get(SignUp, number_or_none(form.get("sign_up")) or 0)
        hours = visit.deps.hours
        if row is None or not acting.cancel_sign_up(
            session, resident, visit.staff, row, hours, visit.now
        ):
            raise BadLeave("sign_up", "这个报名现在不能取消")

    return await _act(request, "join", work, "acted")


async def redeem(request: web.Request) -> web.Response:
    """Reserves goods with the resident's points; the same form twice reserves once."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        number = number_or_none(form.get("goods")) or 0
        source = f"staff:{visit.staff.id}:{form.get('once', '')[:16]}"
        acting.redeem(session, resident, visit.staff, number, source, visit.now)

    return await _act(request, "redeem", work, "acted")


async def ask(request: web.Request) -> web.Response:
    """Asks for help of the time bank in the resident's name."""

    def work(session: Session, visit: Visit, resident: Resident, form: dict[str, str]) -> None:
        kind, words = form.get("kind", ""), form.get("time", "").strip()[:60]
        if kind not in care.KIND_NAMES:
            raise BadLeave("kind", "请选要帮什么")
        if not words:
            raise BadLeave("time", "请写什么时候，比如“周三上午9点”")
        minutes = number_or_none(form.get("minutes")) or 0
        new = NewCare(kind, words, minutes, form.get("notes", "").strip() or None)
        acting.ask_care(session, resident, visit.staff, new, visit.deps.hours, visit.now)

    return await _act(request, "care", work, "acted")


async def _act(request: web.Request, name: str, work: Any, done: str) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    try:
        await visit.write(lambda s: work(s, visit, _found(s, visit, request), form))
    except BadLeave as error:
        return await _page(request, Entered(name, form, {error.field: str(error)}), 422)
    except (NoConsent, CannotJoin, LedgerRefusal, BadCare) as error:
        return await _page(request, Entered(name, form, {"all": str(error)}), 422)
    visit.deps.notify_outbox()
    return see(f"{address(number_in_path(request))}/acting", done)
