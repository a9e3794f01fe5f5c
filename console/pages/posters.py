"""The QR posters of grids and places in scope (扫码定责): the list to print, SVG and PNG."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.downloads import attachment
from console.rendering import render
from console.visits import number_in_path, visit_of
from services import place_codes
from services.posters import LINE_LIMIT, TITLE_LIMIT, PosterError, poster_png, poster_svg

ADDRESS = "/console/posters"
INVITATION = "微信扫一扫，有事就说"


async def show(request: web.Request) -> web.Response:
    """All places in scope with their codes."""
    visit = visit_of(request)
    rows = await visit.read(lambda session: place_codes.listed(session, visit.staff))
    ready = [row for row in rows if row.code and row.code.url]
    context = {"rows": rows, "ready": ready, "address": ADDRESS}
    return render(request, "posters.html", context)


async def ask(request: web.Request) -> web.Response:
    """Asks WeChat for the codes that are not there yet."""
    visit = visit_of(request)
    await visit.write(lambda session: place_codes.ask_for(session, visit.staff, visit.now))
    visit.deps.notify_outbox()
    return see(ADDRESS, "asked")


async def svg(request: web.Request) -> web.Response:
    """A poster as SVG."""
    content, title, lines = await _poster(request)
    return web.Response(text=poster_svg(content, title, lines), content_type="image/svg+xml")


async def png(request: web.Request) -> web.Response:
    """A poster as PNG; 404 with the reason where the machine has no Chinese font."""
    content, title, lines = await _poster(request)
    return as_png(content, title, lines, f"qr-{number_in_path(request)}.png")


def as_png(content: str, title: str, lines: Sequence[str], name: str) -> web.Response:
    """A drawn poster to be saved under `name`; 404 with the reason where no font can draw it."""
    try:
        data = poster_png(content, title, lines)
    except PosterError:
        raise web.HTTPNotFound(text="这台服务器没有中文字体，请用 SVG 海报") from None
    return attachment(data, "image/png", name)


async def _poster(request: web.Request) -> tuple[str, str, list[str]]:
    visit = visit_of(request)

    def work(session: Session) -> tuple[str, str, list[str]]:
        found = place_codes.find(session, visit.staff, number_in_path(request))
        row, community = found or (None, None)
        if row is None or community is None or row.code is None or not row.code.url:
            raise web.HTTPNotFound(text="这个地点还没有二维码")
        title = f"{community.name}说事台"
        short = title if len(title) <= TITLE_LIMIT else "说事台"
        return row.code.url, short, [row.name[-LINE_LIMIT:], INVITATION]

    return await visit.read(work)
