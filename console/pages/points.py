"""积分: awards by rule, the second person's word, appeals, the terms."""

from __future__ import annotations

import secrets

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.pages.points_pages import (
    ADDRESS,
    CommunityForm,
    Context,
    ListPage,
    OnePage,
    resident_in,
    whole,
)
from console.paging import offset, paging
from console.visits import Visit
from services import award_appeals, awards, point_rules, points_people, points_terms
from services import staff as people
from services.awards import AwardRefusal
from services.ledger import LedgerRefusal
from services.points_terms import BadTerms, Terms
from storage.communities import Community
from storage.points import PointAward, PointRuleVersion


def _home(session: Session, request: web.Request, community: Community) -> Context:
    rows, total = awards.recent(session, community.id, offset=offset(request))
    return {
        "rules": point_rules.listed(session, community.id),
        "people": points_people.of_community(session, community.id),
        "rows": _named(session, rows),
        "paging": paging(request, total),
        "states": awards.STATE_NAMES,
        "terms": points_terms.terms_of(session, community.id),
        "once": secrets.token_hex(8),
    }


def _decided(session: Session, made: PointAward) -> Context:
    deciders = [made.proposed_by or 0, made.decided_by or 0]
    return {
        "row": _named(session, [made])[0],
        "names": people.names(session, deciders),
        "states": awards.STATE_NAMES,
    }


def _named(session: Session, rows: list[PointAward]) -> list[Context]:
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


HOME = ListPage("points/awards.html", _home)
AWARD = CommunityForm(HOME, "award", (AwardRefusal, LedgerRefusal), "rule")
TERMS = CommunityForm(HOME, "terms", (BadTerms,), "life_months")
ONE = OnePage("points/award.html", awards.find, _decided)


async def show(request: web.Request) -> web.Response:
    """Awards: the form, and what was given and taken lately."""
    return await HOME.show(request)


async def add(request: web.Request) -> web.Response:
    """Gives or takes points by a rule."""

    def work(session: Session, visit: Visit, community: Community, form: Form) -> str:
        rule = point_rules.find(session, visit.staff, whole(form.get("rule")))
        resident = resident_in(session, form, community.id)
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
        made = awards.award(session, visit.staff, wish, visit.deps.hours, visit.now)
        return f"{ADDRESS}/awards/{made.id}"

    return await AWARD.take(request, work, "saved")


async def set_terms(request: web.Request) -> web.Response:
    """Changes how long points live, who approves, how long goods wait."""

    def work(session: Session, visit: Visit, community: Community, form: Form) -> str:
        terms = Terms(*(whole(form.get(name), -1) for name in Terms.__slots__))
        points_terms.set_terms(session, visit.staff, community.id, terms, visit.now)
        return f"{ADDRESS}?community={community.code}"

    return await TERMS.take(request, work, "saved")


async def show_one(request: web.Request) -> web.Response:
    """One award with what was decided about it."""
    return await ONE.show(request)


DEEDS = Deeds(f"{ADDRESS}/awards", awards.find, ONE.show, (AwardRefusal, LedgerRefusal), "note")


async def decide(request: web.Request) -> web.Response:
    """The second person grants or refuses."""

    def deed(session: Session, visit: Visit, made: PointAward, form: Form) -> None:
        grant, note = form.get("grant") == "1", form.get("note", "")
        awards.decide(session, visit.staff, made, grant, note, visit.now)

    return await DEEDS.do(request, "decide", deed)


async def settle_appeal(request: web.Request) -> web.Response:
    """An appeal is decided."""

    def deed(session: Session, visit: Visit, made: PointAward, form: Form) -> None:
        keep, note = form.get("keep") == "1", form.get("note", "")
        award_appeals.settle_appeal(session, visit.staff, made, keep, note, visit.now)

    return await DEEDS.do(request, "appeal", deed)


async def take_back(request: web.Request) -> web.Response:
    """What was granted by mistake is taken back."""

    def deed(session: Session, visit: Visit, made: PointAward, form: Form) -> None:
        award_appeals.take_back(session, visit.staff, made, form.get("note", ""), visit.now)

    return await DEEDS.do(request, "back", deed)
