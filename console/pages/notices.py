"""Notices in the console: the list, one notice, its pictures, its second look."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused, stale
from console.forms import Entered, day_or_none, read_form
from console.media_files import picture
from console.pages import second_look
from console.pages.communities import community_of
from console.pages.second_look import seen_in
from console.rendering import render
from console.uploads import Upload, uploads
from console.visits import number_in_path, one_in_path, visit_of
from services import notices, public_desk, scope
from services.access import Permission, may
from services.notices import Wording
from services.pictures import BadImage, clean_image
from services.publishing import BadPublication, StalePublication
from services.subscriptions import TOPICS
from storage.communities import Community
from storage.information import Notice
from storage.staff import Staff

ADDRESS = "/console/notices"


async def show(request: web.Request) -> web.Response:
    """All notices in scope."""
    visit = visit_of(request)
    found = await visit.read(lambda session: notices.kept(session, visit.staff))
    return render(request, "notices.html", {"notices": found, "section": "notices"})


async def show_new(request: web.Request) -> web.Response:
    """An empty notice."""
    return await _form(request, None, Entered(), 200)


async def add(request: web.Request) -> web.Response:
    """Keeps a new notice as a draft."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        community = community_of(session, visit, form)
        return notices.write(session, visit.staff, community, _wording(form), visit.now).id

    try:
        number = await visit.write(work)
    except BadPublication as error:
        return await _form(request, None, Entered("notice", form, {"text": str(error)}), 422)
    return see(f"{ADDRESS}/{number}", "saved")


async def show_one(request: web.Request) -> web.Response:
    """One notice: a draft to write on, or as it stands."""
    visit = visit_of(request)

    def load(session: Session) -> tuple[Notice, str, str]:
        row = one_in_path(session, request, notices.find)
        author = session.get_one(Staff, row.author_id)
        return row, author.name, session.get_one(Community, row.community_id).code

    row, author, code = await visit.read(load)
    if row.state == "draft":
        return await _form(request, row, Entered(), 200)
    waits = row.state == "waiting"
    own = row.author_id == visit.staff.id
    context = {
        "notice": row,
        "author": author,
        "own": own,
        "may_review": waits and not own and may(visit.staff, Permission.APPROVE),
        "address": f"/public/{code}/notices/{row.id}" if row.state == "published" else "",
        "base": f"{ADDRESS}/{row.id}",
    }
    return render(request, "notice.html", context)


async def save(request: web.Request) -> web.Response:
    """Rewords a draft."""
    visit, form = visit_of(request), await read_form(request)
    number = number_in_path(request)

    def work(session: Session) -> Notice:
        row = one_in_path(session, request, notices.find)
        notices.change(session, visit.staff, row, seen_in(form), _wording(form), visit.now)
        return row

    try:
        await visit.write(work)
    except StalePublication as error:
        return stale(request, str(error), f"{ADDRESS}/{number}")
    except BadPublication as error:
        row = await visit.read(lambda session: one_in_path(session, request, notices.find))
        return await _form(request, row, Entered("notice", form, {"text": str(error)}), 422)
    return see(f"{ADDRESS}/{number}", "saved")


async def add_pictures(request: web.Request) -> web.Response:
    """Adds pictures to a draft, made safe to show."""
    visit, form = visit_of(request), await read_form(request)
    number, sent = number_in_path(request), await uploads(request, "pictures")
    back = f"{ADDRESS}/{number}"
    await visit.read(lambda session: one_in_path(session, request, notices.find))
    try:
        kept = [
            [await asyncio.to_thread(_keep, visit.deps.media_dir, one), _alt(form, one)]
            for one in sent[: notices.MOST_PICTURES]
        ]
        await visit.write(lambda session: _attach(session, request, kept))
    except (BadImage, BadPublication, StalePublication) as error:
        return refused(request, str(error), back)
    return see(back, "saved")


def _attach(session: Session, request: web.Request, kept: list[list[str]]) -> None:
    visit, row = visit_of(request), one_in_path(session, request, notices.find)
    both = [*row.pictures, *kept]
    notices.set_pictures(session, visit.staff, row, both, visit.now)


async def drop_pictures(request: web.Request) -> web.Response:
    """Takes the pictures of a draft away."""
    visit, number = visit_of(request), number_in_path(request)

    def work(session: Session) -> None:
        row = one_in_path(session, request, notices.find)
        notices.set_pictures(session, visit.staff, row, [], visit.now)

    try:
        await visit.write(work)
    except StalePublication as error:
        return stale(request, str(error), f"{ADDRESS}/{number}")
    return see(f"{ADDRESS}/{number}", "saved")


async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture of a notice in scope."""
    visit, place = visit_of(request), number_in_path(request, "place")
    row = await visit.read(lambda session: one_in_path(session, request, notices.find))
    if place >= len(row.pictures):
        raise web.HTTPNotFound
    return picture(visit.deps.media_dir, row.pictures[place][0], public=False)


async def submit(request: web.Request) -> web.Response:
    """Asks for the second look."""
    return await second_look.submit(
        request, ADDRESS, notices.find, lambda row: f"通知：{row.title}"
    )


async def approve(request: web.Request) -> web.Response:
    """Publishes; who asked for the topic is told."""
    visit = visit_of(request)

    def work(session: Session, row: Notice, form: Mapping[str, str]) -> None:
        home = session.get_one(Community, row.community_id)
        url = public_desk.address(visit.deps.public_url, home, f"notices/{row.id}")
        notices.publish(session, visit.staff, row, seen_in(form), visit.now, url)

    return await second_look.decide(request, ADDRESS, "published", notices.find, work)


async def send_back(request: web.Request) -> web.Response:
    """Gives it back with the reason."""
    return await second_look.send_back(request, ADDRESS, notices.find)


async def withdraw(request: web.Request) -> web.Response:
    """Takes it off the public pages."""
    return await second_look.withdraw(request, ADDRESS, notices.find)


async def _form(
    request: web.Request, row: Notice | None, entered: Entered, status: int
) -> web.Response:
    visit = visit_of(request)

    def load(session: Session) -> Sequence[Community]:
        return scope.kept(session, visit.staff, Community.name)

    context = {
        "notice": row,
        "entered": entered,
        "communities": await visit.read(load),
        "topics": list(TOPICS.items()),
        "action": f"{ADDRESS}/{row.id}" if row else ADDRESS,
        "most": notices.MOST_PICTURES,
    }
    return render(request, "notice_edit.html", context, status=status)


def _wording(form: Mapping[str, str]) -> Wording:
    return Wording(
        topic=form.get("topic", ""),
        title=form.get("title", ""),
        text=form.get("text", ""),
        until=day_or_none(form.get("until")),
    )


def _alt(form: Mapping[str, str], sent: Upload) -> str:
    return form.get("alt", "").strip()[:80] or sent.name.rsplit(".", 1)[0][:80]


def _keep(folder: Path, sent: Upload) -> str:
    """The picture below the media folder, by its digest."""
    clean = clean_image(sent.data, max_side=1600)
    name = f"notices/{hashlib.sha256(clean.data).hexdigest()[:32]}.jpg"
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(clean.data)
    return name
