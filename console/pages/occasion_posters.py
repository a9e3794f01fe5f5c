"""The posters of an occasion: to sign up by, to check in by; as a page, as SVG, as PNG."""

from __future__ import annotations

import segno
from aiohttp import web
from markupsafe import Markup
from sqlalchemy.orm import Session

from console.done import see
from console.pages.occasions import ADDRESS
from console.pages.posters import as_png
from console.rendering import render
from console.visits import number_in_path, one_in_path, visit_of
from services import activities, occasion_codes
from services.occasion_codes import CodeKind, Poster
from services.posters import poster_svg
from storage.activities import Activity, Occasion


async def show(request: web.Request) -> web.Response:
    """Both posters with name, time and place; each to be printed once WeChat has made its code."""
    visit = visit_of(request)

    def work(session: Session) -> tuple[Activity, Occasion, list[Poster]]:
        about = (session, *one_in_path(session, request, activities.find_occasion))
        posters = [occasion_codes.poster(*about, kind, visit.now) for kind in CodeKind]
        return about[1], about[2], posters

    activity, occasion, posters = await visit.read(work)
    context = {
        "activity": activity,
        "base": f"{ADDRESS}/{occasion.id}",
        "when": activities.when(occasion, visit.now),
        "posters": [(one, _drawn(one.url or one.scene)) for one in posters],
        "missing": any(not one.url for one in posters),
    }
    return render(request, "occasion_poster.html", context)


def _drawn(content: str) -> Markup:
    drawn = segno.make_qr(content, error="m").svg_inline(
        scale=6, border=2, dark="#000", light="#fff"
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno as paths, no text of anybody in it


async def ask(request: web.Request) -> web.Response:
    """Asks WeChat for the codes that are not there yet."""
    visit = visit_of(request)

    def work(session: Session) -> int:
        activity, occasion = one_in_path(session, request, activities.find_occasion)
        occasion_codes.ask_for(session, visit.staff, activity, occasion, visit.now)
        return occasion.id

    number = await visit.write(work)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/{number}/poster", "asked")


async def svg(request: web.Request) -> web.Response:
    """A poster as SVG."""
    one = await _made(request)
    return web.Response(
        text=poster_svg(one.url, one.title, one.lines), content_type="image/svg+xml"
    )


async def png(request: web.Request) -> web.Response:
    """A poster as PNG; 404 with the reason where the machine has no Chinese font."""
    one = await _made(request)
    return as_png(one.url, one.title, one.lines, f"{one.kind.value}.png")


async def _made(request: web.Request) -> Poster:
    visit, kind = visit_of(request), CodeKind(request.match_info["poster"])

    def work(session: Session) -> Poster:
        activity, occasion = one_in_path(session, request, activities.find_occasion)
        return occasion_codes.poster(session, activity, occasion, kind, visit.now)

    one = await visit.read(work)
    if not one.url:
        raise web.HTTPSeeOther(f"{ADDRESS}/{number_in_path(request)}/poster")
    return one
