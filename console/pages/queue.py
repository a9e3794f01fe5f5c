"""The queue: everything that waits, what is due first on top."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from console import addresses
from console.done import own_path, see
from console.errors import stale
from console.forms import number_or_none, read_form
from console.paging import SIZE, offset, paging, toggled
from console.rendering import render
from console.visits import Visit, one_in_path, visit_of
from services import audit, desk, desk_rows, finding, marks, open_talks
from services.access import Permission, require
from storage.desk import QueueItem

CLOSED_BY_HAND = (desk.ItemKind.REQUEST, desk.ItemKind.PERSON, desk.ItemKind.FAILURE)
"""Kinds that a person declares done; the others end with what they are about."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue with the counts of all of it."""

    rows: list[desk_rows.QueueRow]
    total: int
    counts: dict[str, int]
    talks: int
    mark: str


async def home(request: web.Request) -> web.Response:
    """`/console` without its slash."""
    return see(addresses.QUEUE)


async def show(request: web.Request) -> web.Response:
    """The queue, filtered as asked."""
    visit, wanted = visit_of(request), _wanted(request)
    page = await visit.read(lambda session: _load(session, visit, wanted, offset(request)))
    context = {
        "page": page,
        "wanted": wanted,
        "kinds": list(desk.KIND_NAMES),
        "paging": paging(request, page.total),
        "address": addresses.item,
        "toggled": lambda name, value="1": toggled(request, name, value),
    }
    return render(request, "queue.html", context)


def _wanted(request: web.Request) -> desk.QueueFilter:
    query = request.query
    kind = query.get("kind", "")
    return desk.QueueFilter(
        kind=kind if kind in set(desk.ItemKind) else "",
        mine=query.get("mine") == "1",
        overdue=query.get("overdue") == "1",
        words=query.get("words", "").strip()[:80],
    )


def _load(session: Session, visit: Visit, wanted: desk.QueueFilter, skip: int) -> QueuePage:
    staff, now = visit.staff, visit.now
    items, total = desk.waiting(session, staff, wanted, now, offset=skip, limit=SIZE)
    return QueuePage(
        rows=desk_rows.rows(session, items, now),
        total=total,
        counts=desk.counts(session, staff, now),
        talks=open_talks.count(session, staff),
        mark=marks.queue(session, staff, now),
    )


async def show_item(request: web.Request) -> web.Response:
    """The page of one item; those that belong to another page lead there."""
    visit = visit_of(request)
    item = await visit.read(lambda session: one_in_path(session, request, finding.item))
    where = addresses.item(item)
    if where != request.path:
        return see(where)
    rows = await visit.read(lambda session: desk_rows.rows(session, [item], visit.now))
    return render(request, "item.html", {"row": rows[0]})


async def claim(request: web.Request) -> web.Response:
    """Takes an item, and goes to where it is dealt with."""
    visit, form = visit_of(request), await read_form(request)
    version = number_or_none(form.get("version"))

    def work(session: Session) -> QueueItem:
        item = one_in_path(session, request, finding.item)
        require(visit.staff, Permission.HANDLE, item.place_path)
        desk.claim(session, visit.staff, item.id, -1 if version is None else version, visit.now)
        return item

    try:
        item = await visit.write(work)
    except desk.ClaimLost as lost:
        return stale(request, str(lost), own_path(form.get("back", ""), addresses.QUEUE))
    return see(addresses.item(item), "claimed")


async def release(request: web.Request) -> web.Response:
    """Gives a claimed item back."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        item = one_in_path(session, request, finding.item)
        desk.release(session, visit.staff, item.id)

    await visit.write(work)
    return see(own_path(form.get("back", ""), addresses.QUEUE), "released")


async def finish(request: web.Request) -> web.Response:
    """Declares a request, a conversation or a failure dealt with."""
    visit = visit_of(request)

    def work(session: Session) -> None:
        item = one_in_path(session, request, finding.item)
        require(visit.staff, Permission.HANDLE, item.place_path)
        if item.kind not in CLOSED_BY_HAND:
            raise web.HTTPBadRequest(text="这件事要在它自己的页面上了结")
        desk.finish(session, item.source, visit.now, visit.staff)
        audit.record(session, visit.now, visit.staff, "item.done", item)

    await visit.write(work)
    return see(addresses.QUEUE, "settled")
