"""Writing an entry of the policy library: a new one, a new version, the answer to questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import stale
from console.forms import Entered, day_or_none, number_or_none, read_form
from console.pages.communities import community_of
from console.pages.policies import ADDRESS
from console.pages.second_look import seen_in
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import policy_answers, policy_review, policy_shelf, scope
from services.policies import State
from services.policy_content import BadDocument
from services.policy_review import StaleDraft, Wording
from storage.communities import Community
from storage.policies import PolicyDocument, PolicyQuestion

DAYS = ("issued", "effective", "valid_until")
_LIST = re.compile(r"[、，,;；\n]+")


async def show_new(request: web.Request) -> web.Response:
    """An empty entry, or one for the questions that the address names."""
    return await _new(request, Entered(values=dict(request.query)), 200)


async def _new(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit, values = visit_of(request), entered.values

    def load(session: Session) -> tuple[list[Community], list[PolicyQuestion]]:
        community = scope.named_or_first(
            session, visit.staff, number_or_none(values.get("community"))
        )
        asked = _questions(session, community, values) if community else []
        return scope.kept(session, visit.staff, Community.name), asked

    communities, asked = await visit.read(load)
    said = "\n".join(dict.fromkeys(one.text for one in asked))
    context = {
        "row": None,
        "values": _blank() | {"asked": said} | dict(values),
        "entered": entered,
        "communities": communities,
        "questions": asked,
        "action": ADDRESS,
    }
    return render(request, "policy_edit.html", context, status=status)


async def add(request: web.Request) -> web.Response:
    """Keeps a new entry as a draft; the questions that it answers go with it."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        community = community_of(session, visit, form)
        document = _wording(form).document()
        row = policy_review.write(session, visit.staff, community, document, visit.now)
        policy_answers.link(session, _questions(session, community, form), row)
        return row.id

    try:
        number = await visit.write(work)
    except BadDocument as error:
        return await _new(request, Entered("policy", form, {"body": str(error)}), 422)
    return see(f"{ADDRESS}/{number}", "gap-answered" if form.get("questions") else "saved")


async def show_edit(request: web.Request) -> web.Response:
    """A version to write the next one from, or a draft to go on with."""
    return await _edit(request, Entered(), 200)


async def _edit(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)
    row = await visit.read(lambda session: one_in_path(session, request, policy_shelf.find))
    context = {
        "row": row,
        "values": _blank() | _values_of(row) | dict(entered.values),
        "entered": entered,
        "communities": [],
        "questions": [],
        "action": f"{ADDRESS}/{row.id}",
    }
    return render(request, "policy_edit.html", context, status=status)


async def save(request: web.Request) -> web.Response:
    """Keeps what was written: a draft is reworded, of anything else a new version begins."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def work(session: Session) -> int:
        row = one_in_path(session, request, policy_shelf.find)
        return _save(session, visit, row, form)

    try:
        kept = await visit.write(work)
    except StaleDraft as error:
        return stale(request, str(error), f"{ADDRESS}/{number}")
    except BadDocument as error:
        return await _edit(request, Entered("policy", form, {"body": str(error)}), 422)
    return see(f"{ADDRESS}/{kept}", "saved")


def _save(session: Session, visit: Visit, row: PolicyDocument, form: Mapping[str, str]) -> int:
    document = _wording({**form, "title": row.title, "number": row.number}).document()
    if row.state == State.DRAFT:
        policy_review.rewrite(session, visit.staff, row, seen_in(form), document, visit.now)
        return row.id
    community = session.get_one(Community, row.community_id)
    return policy_review.write(session, visit.staff, community, document, visit.now).id


def _questions(
    session: Session, community: Community, form: Mapping[str, str]
) -> list[PolicyQuestion]:
    numbers = [int(part) for part in form.get("questions", "").split(",") if part.isdecimal()]
    return policy_answers.open_questions(session, community.id, numbers)


def _wording(form: Mapping[str, str]) -> Wording:
    days: dict[str, date | None] = {}
    for name in DAYS:
        days[name] = day_or_none(form.get(name))
        if form.get(name) and days[name] is None:
            raise BadDocument("日期看不懂，请写成 2026-03-05")
    return Wording(
        title=form.get("title", "").strip(),
        body=form.get("body", ""),
        number=form.get("number", "").strip(),
        issuer=form.get("issuer", "").strip(),
        source=form.get("source", "").strip(),
        aliases=_names(form.get("aliases", "")),
        asked=_lines(form.get("asked", "")),
        supersedes=_names(form.get("supersedes", "")),
        **days,
    )


def _names(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in _LIST.split(written) if name.strip())


def _lines(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in written.splitlines() if line.strip()))


def _blank() -> dict[str, str]:
    fields = ("title", "number", "issuer", "source", "body", "aliases", "asked", "supersedes")
    return dict.fromkeys((*fields, *DAYS, "questions", "community"), "")


def _values_of(row: PolicyDocument) -> dict[str, str]:
    return {
        "title": row.title,
        "number": row.number,
        "issuer": row.issuer,
        "source": row.source,
        "body": policy_review.body_of(row),
        "aliases": "、".join(row.aliases),
        "asked": "\n".join(row.asked),
        "supersedes": "、".join(row.supersedes),
        **{name: value.isoformat() for name in DAYS if (value := getattr(row, name))},
    }
