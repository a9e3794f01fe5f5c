"""Households, one person's statement, and the files to hand over."""

from __future__ import annotations

import json

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.downloads import XLSX, attachment
from console.pages.points_pages import (
    ADDRESS,
    CommunityForm,
    Context,
    ListPage,
    OnePage,
    community_kept,
    frame,
    resident_in,
)
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import (
    audit,
    finding,
    households,
    ledger,
    ledger_proof,
    points_book,
    points_people,
)
from services.households import HouseholdRefusal
from services.ledger import Unit
from services.ledger_accounts import UNIT_NAMES, amount_words
from services.residents import display_name
from storage.communities import Community
from storage.households import Household
from storage.residents import Resident

HERE = f"{ADDRESS}/households"
LINES = 50


def _row(session: Session, home: Household) -> Context:
    people = households.members(session, home)
    return {
        "home": home,
        "people": [display_name(one) for one in people],
        "members": people,
        "points": ledger.balance(session, people[0], Unit.POINTS) if people else 0,
    }


def _listed(session: Session, _: web.Request, community: Community) -> Context:
    return {
        "rows": [_row(session, one) for one in households.listed(session, community.id)],
        "people": points_people.of_community(session, community.id),
    }


def _with_statement(session: Session, home: Household) -> Context:
    row = _row(session, home)
    first = row["members"][0] if row["members"] else None
    lines = ledger.statement(session, first, Unit.POINTS, LINES) if first else []
    return {
        "row": row,
        "lines": lines,
        "names": points_people.names(session, {line.entry.resident_id or 0 for line in lines}),
        "people": points_people.of_community(session, home.community_id),
    }


LIST = ListPage("points/households.html", _listed)
ADD = CommunityForm(LIST, "add", (HouseholdRefusal,), "resident")
ONE = OnePage("points/household.html", households.find_kept, _with_statement)
DEEDS = Deeds(HERE, households.find_kept, ONE.show, (HouseholdRefusal,), "resident")


def _resident(session: Session, form: Form, community_id: int) -> Resident:
    found = resident_in(session, form, community_id)
    if found is None:
        raise HouseholdRefusal("没有这个编号的居民，请从列表里选")
    if form.get("agreed") != "1":
        raise HouseholdRefusal("本人在纸上签字同意后，请勾选")
    return found


async def show(request: web.Request) -> web.Response:
    """The households of a community."""
    return await LIST.show(request)


async def add(request: web.Request) -> web.Response:
    """A household for somebody who agreed on paper."""

    def work(session: Session, visit: Visit, community: Community, form: Form) -> str:
        head, label = _resident(session, form, community.id), form.get("label", "")
        made = households.create(session, head, label, visit.now, staff=visit.staff)
        return f"{HERE}/{made.id}"

    return await ADD.take(request, work)


async def show_one(request: web.Request) -> web.Response:
    """One household with its statement."""
    return await ONE.show(request)


async def add_member(request: web.Request) -> web.Response:
    """A member who agreed on paper."""

    def act(session: Session, visit: Visit, home: Household, form: Form) -> None:
        member = _resident(session, form, home.community_id)
        households.join(session, member, home, visit.now, staff=visit.staff)

    return await DEEDS.do(request, "add", act, "added")


async def show_person(request: web.Request) -> web.Response:
    """What one resident has and how it came about."""
    visit = visit_of(request)

    def work(session: Session) -> Context:
        person = one_in_path(session, request, finding.resident)
        community = session.get_one(Community, person.community_id)
        books = [
            (unit, ledger.balance(session, person, unit), lines)
            for unit in Unit
            if (lines := ledger.statement(session, person, unit, LINES)) or unit is Unit.POINTS
        ]
        return {
            **frame(session, visit, community),
            "person": person,
            "name": display_name(person),
            "home": households.household_of(session, person),
            "books": books,
            "units": UNIT_NAMES,
            "words": amount_words,
            "minutes": lambda amount: amount_words(Unit.HOURS, amount),
        }

    return render(request, "points/person.html", await visit.read(work))


async def proof(request: web.Request) -> web.Response:
    """The signed statement of a resident, to hand over to them."""
    visit = visit_of(request)

    def work(session: Session) -> Context:
        person = one_in_path(session, request, finding.resident)
        audit.record(session, visit.now, visit.staff, "points.proof", person)
        return ledger_proof.document(session, person)

    document = await visit.write(work)
    body = json.dumps(document, ensure_ascii=False, indent=1).encode()
    name = f"points-{number_in_path(request)}.json"
    return attachment(body, "application/json", name)


async def export(request: web.Request) -> web.Response:
    """The points of a community as a workbook, which is itself an entry of the audit."""
    visit = visit_of(request)

    def work(session: Session) -> bytes:
        community = community_kept(session, visit, request.query.get("community", ""))
        audit.record(session, visit.now, visit.staff, "points.export", community)
        return points_book.workbook(session, community.id)

    return attachment(await visit.write(work), XLSX, "points.xlsx")
