"""积分: awards by rule, the second person's word, appeals, the terms."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.forms import Entered, number_or_none, read_form
from console.pages.communities import with_code
from console.paging import offset, paging
from console.rendering import render
from console.visits import Visit, number_in_path, visit_of
from services import award_appeals, awards, point_rules, points_people, points_terms, scope
from services import staff as people
from services.awards import AwardRefusal
from services.ledger import LedgerRefusal
from services.points_terms import BadTerms, Terms
from storage.communities import Community
from storage.points import PointAward, PointRuleVersion

ADDRESS = "/console/points"
TABS = (
    ("", "发放"),
    ("/rules", "规则"),
    ("/goods", "商品"),
    ("/pickup", "核销"),
    ("/households", "家庭"),
)


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


def frame(session: Session, visit: Visit, community: Community) -> dict[str, Any]:
    """What every page about points shows around its own: the tabs, the communities."""
    return {
        "tabs": TABS,
        "base": ADDRESS,
        "community": community,
        "kept": scope.kept(session, visit.staff),
    }


async def show(request: web.Request) -> web.Response:
    """Awards: the form, and what was given and taken lately."""
    return await _home(request, Entered(), 200)


async def _home(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    code = entered.values.get("community") or request.query.get("community", "")

    def work(session: Session) -> dict[str, Any]:
        community = community_kept(session, visit, code)
        rows, total = awards.recent(session, community.id, offset=offset(request))
        return {
            **frame(session, visit, community),
            "rules": point_rules.listed(session, community.id),
            "people": points_people.of_community(session, community.id),
            "rows": _named(session, rows),
            "paging": paging(request, total),
            "states": awards.STATE_NAMES,
            "terms": points_terms.terms_of(session, community.id),
            "entered": entered,
            "once": secrets.token_hex(8),
        }

    return render(request, "points/awards.html", await visit.read(work), status=status)


def _named(session: Session, rows: list[PointAward]) -> list[dict[str, Any]]:
    names = points_people.names(session, {row.resident_id for row in rows})
    staff = people.names(session, sorted({row.proposed_by or 0 for row in rows}))
    return [
        {
            "award": row,
            "rule": session.get_one(PointRuleVersion, row.rule_version_id),
            "who": names[row.resident_id],
            "by": staff.get(row.proposed_by or 0, "系统"),
        }
        for row in rows
    ]


async def add(request: web.Request) -> web.Response:
    """Gives or takes points by a rule."""
    visit, form = visit_of(request), await read_form(request)
    number = number_or_none(form.get("resident", "").split(" ")[0].removeprefix("#"))

    def work(session: Session) -> int:
        community = community_kept(session, visit, form.get("community", ""))
        rule = point_rules.find(session, visit.staff, whole(form.get("rule")))
        resident = points_people.one_of(session, community.id, number)
        if rule is None or rule.community_id != community.id:
            raise AwardRefusal("请选一条规则")
        if resident is None:
            raise AwardRefusal("没有这个编号的居民，请从列表里选")
        wish = awards.Wish(
            rule,
            resident,
            source=f"staff:{visit.staff.id}:{form.get('once', '')[:40]}",
            occasion=form.get("occasion", "").strip(),
            note=form.get("note", ""),
            times=whole(form.get("times"), 1),
        )
        return awards.award(session, visit.staff, wish, visit.deps.hours, visit.now).id

    try:
        made = await visit.write(work)
    except (AwardRefusal, LedgerRefusal) as refusal:
        return await _home(request, Entered("award", form, {"rule": str(refusal)}), 422)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/awards/{made}", "saved")


async def set_terms(request: web.Request) -> web.Response:
    """Changes how long points live, who approves, how long goods wait."""
    visit, form = visit_of(request), await read_form(request)
    terms = Terms(*(whole(form.get(name), -1) for name in Terms.__slots__))

    def work(session: Session) -> str:
        community = community_kept(session, visit, form.get("community", ""))
        points_terms.set_terms(session, visit.staff, community.id, terms, visit.now)
        return community.code

    try:
        code = await visit.write(work)
    except BadTerms as error:
        return await _home(request, Entered("terms", form, {"life_months": str(error)}), 422)
    return see(f"{ADDRESS}?community={code}", "saved")


async def show_one(request: web.Request) -> web.Response:
    """One award with what was decided about it."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> dict[str, Any]:
        made = _find(session, visit, request)
        community = session.get_one(Community, made.community_id)
        deciders = [made.proposed_by or 0, made.decided_by or 0]
        return {
            **frame(session, visit, community),
            "row": _named(session, [made])[0],
            "names": people.names(session, deciders),
            "states": awards.STATE_NAMES,
            "entered": entered,
        }

    return render(request, "points/award.html", await visit.read(work), status=status)


def _find(session: Session, visit: Visit, request: web.Request) -> PointAward:
    made = awards.find(session, visit.staff, number_in_path(request))
    if made is None:
        raise web.HTTPNotFound
    return made


Deed = Callable[[Session, Visit, PointAward, dict[str, str]], None]


async def _deed(request: web.Request, form_name: str, deed: Deed) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    try:
        await visit.write(lambda s: deed(s, visit, _find(s, visit, request), form))
    except (AwardRefusal, LedgerRefusal) as refusal:
        return await _one(request, Entered(form_name, form, {"note": str(refusal)}), 422)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/awards/{number_in_path(request)}", "saved")


async def decide(request: web.Request) -> web.Response:
    """The second person grants or refuses."""

    def deed(session: Session, visit: Visit, made: PointAward, form: dict[str, str]) -> None:
        grant, note = form.get("grant") == "1", form.get("note", "")
        awards.decide(session, visit.staff, made, grant, note, visit.now)

    return await _deed(request, "decide", deed)


async def settle_appeal(request: web.Request) -> web.Response:
    """An appeal is decided."""

    def deed(session: Session, visit: Visit, made: PointAward, form: dict[str, str]) -> None:
        keep, note = form.get("keep") == "1", form.get("note", "")
        award_appeals.settle_appeal(session, visit.staff, made, keep, note, visit.now)

    return await _deed(request, "appeal", deed)


async def take_back(request: web.Request) -> web.Response:
    """What was granted by mistake is taken back."""

    def deed(session: Session, visit: Visit, made: PointAward, form: dict[str, str]) -> None:
        award_appeals.take_back(session, visit.staff, made, form.get("note", ""), visit.now)

    return await _deed(request, "back", deed)
