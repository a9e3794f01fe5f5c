"""The WeChat simulator at /demo: a phone in the browser, on the same signed webhook as WeChat.

The page posts what the resident does; everything that happens, there or through the WeChat API,
comes back on one stream of server-sent events. Conversations live in memory, for the page alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import aiohttp
from aiohttp import web
from yarl import URL

from demo.chat_cards import AccountLook
from demo.chat_guard import HEADERS, guarded
from demo.chat_log import ChatLog, Listener
from demo.chat_menu import menu_buttons
from demo.chat_phone import Deed, Deliver, Phone, PhoneError
from demo.fake_wechat import FakeWeChat
from demo.personas import Persona
from demo.sample_photos import SamplePhoto, sample_photos
from demo.surroundings import DEMO, Surroundings
from demo.wechat_side import Poster, SignedPush, WeChatSide

PAGES = Path(__file__).parent / "pages"
FILES = {path.name: path for path in PAGES.iterdir() if path.suffix in {".css", ".js", ".svg"}}
PHOTO_LIMIT = 10 * 1024 * 1024  # WeChat's own limit for an image, in bytes
HEARTBEAT_SECONDS = 15.0
LOOK = AccountLook()
WEBHOOK = "/wechat"
SESSION = web.AppKey("chat_page_session", aiohttp.ClientSession)
LINKS = (
    {"label": "工作人员后台", "href": "/console"},
    {"label": "公开页面", "href": "/public"},
)


class ChatPage:
    """The routes under /demo, over one log and one phone."""

    def __init__(
        self,
        phone: Phone,
        log: ChatLog,
        side: WeChatSide,
        menu: Mapping[str, Any],
        surroundings: Surroundings,
        account_name: str,
    ) -> None:
        self._phone, self._log, self._side = phone, log, side
        spot = surroundings.places[0]
        self._photos = {photo.id: photo for photo in sample_photos(spot.latitude, spot.longitude)}
        self._fixed = {
            "boot": log.boot,
            "account": account_name,
            "menu": menu_buttons(menu),
            "photos": [_photo_json(photo) for photo in self._photos.values()],
            **surroundings.as_json(),
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/demo", guarded(self.page)),
            web.get("/demo/pages/{name}", guarded(self.file)),
            web.get("/demo/state", guarded(self.state)),
            web.get("/demo/live", guarded(self.live)),
            web.get("/demo/photo/{name}", guarded(self.picture)),
            web.post("/demo/push", guarded(self.push)),
            web.post("/demo/photo", guarded(self.photo)),
        ]

    async def page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGES / "chat.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        path = FILES.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def state(self, request: web.Request) -> web.StreamResponse:
        """All that the page needs to begin, as one JSON object."""
        return web.json_response(
            self._fixed
            | {
                "last": self._log.last,
                "links": _links(request.app),
                "personas": [
                    asdict(persona)
                    | {"tone": tone, "following": self._phone.follows(persona.openid)}
                    for tone, persona in enumerate(self._phone.personas.values())
                ],
                "messages": self._log.bodies("message"),
                "traces": self._log.bodies("trace"),
            }
        )

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The stream of entries from where the page left off, until either side goes."""
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after", "0"))
        response = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with self._log.listening(after) as queue, suppress(ConnectionResetError):  # they left
            hello = json.dumps({"boot": self._log.boot})
            await response.write(f"retry: 1000\nevent: hello\ndata: {hello}\n\n".encode())
            while (chunk := await _next(queue)) is not None:
                await response.write(chunk)
        return response

    async def picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        sample = self._photos.get(name)
        found = (sample.jpeg, "image/jpeg") if sample else self._phone.picture(name)
        if found is None:
            raise web.HTTPNotFound
        content, content_type = found
        return web.Response(body=content, content_type=content_type)

    async def push(self, request: web.Request) -> web.StreamResponse:
        """What the resident did, as JSON with `as` (openid) and `kind`."""
        try:
            deed = json.loads(await request.text())
            openid = str(deed["as"])
        except (ValueError, KeyError, TypeError) as error:
            raise web.HTTPBadRequest(text="要一个 JSON 对象，有 as 和 kind") from error
        if deed.get("kind") == "photo":
            sample = self._photos.get(str(deed.get("sample")))
            deed["content"] = sample.jpeg if sample else b""
        return await self._act(request, openid, deed)

    async def photo(self, request: web.Request) -> web.StreamResponse:
        """A picture of the visitor's own, as the body."""
        deed = {"kind": "photo", "content": await _read(request)}
        return await self._act(request, request.query.get("as", ""), deed)

    async def _act(self, request: web.Request, openid: str, deed: Deed) -> web.StreamResponse:
        """204 once the webhook has answered; what came of it goes down the stream."""
        try:
            await self._phone.act(openid, deed, self._deliver_to(_own_webhook(request), request))
        except PhoneError as error:
            raise web.HTTPConflict(text=str(error)) from error
        return web.Response(status=204)

    def _deliver_to(self, url: str, request: web.Request) -> Deliver:
        session = cast("Poster", request.app[SESSION])

        async def deliver(push: SignedPush) -> str | None:
            return await self._side.deliver(session, url, push)

        return deliver


def add_chat_page(
    app: web.Application,
    side: WeChatSide,
    fake: FakeWeChat,
    personas: Sequence[Persona],
    menu: Mapping[str, Any],
    *,
    look: AccountLook = LOOK,
    surroundings: Surroundings = DEMO,
) -> None:
    """Adds the simulator's routes to `app`.

    `menu` is the object that menu/create takes. Messages that the bot sends through `fake` reach
    the page as they are sent. Raises ValueError where there is nobody to talk as.
    """
    if not personas:
        raise ValueError("the simulator needs at least one persona")
    log = ChatLog()
    phone = Phone(side, fake, personas, log, look.cards)
    page = ChatPage(phone, log, side, menu, surroundings, look.name)
    app.router.add_routes(page.routes())

    async def close(_: web.Application) -> None:
        log.close()

    app.on_shutdown.append(close)
    app.cleanup_ctx.append(_session)


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        app[SESSION] = session
        yield


def _own_webhook(request: web.Request) -> str:
    """The webhook of the very server that was asked, by its socket, not by its Host header."""
    host, port = request.get_extra_info("sockname")[:2]
    return str(URL.build(scheme="http", host=host, port=port, path=WEBHOOK))


def _links(app: web.Application) -> list[dict[str, str]]:
    """The other pages that this server really has."""
    paths = [resource.canonical for resource in app.router.resources()]
    return [link for link in LINKS if any(path.startswith(link["href"]) for path in paths)]


def _photo_json(photo: SamplePhoto) -> dict[str, str]:
    return {"id": photo.id, "label": photo.label, "url": f"/demo/photo/{photo.id}"}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


async def _next(queue: Listener) -> bytes | None:
    """The next event, a comment where none came for a while, None at the end."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            entry = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return entry.as_sse() if entry else None


async def _read(request: web.Request) -> bytes:
    """The body, whatever the application's own limit; 413 above `PHOTO_LIMIT`."""
    content = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        content += chunk
        if len(content) > PHOTO_LIMIT:
            raise web.HTTPRequestEntityTooLarge(PHOTO_LIMIT, len(content))
    return bytes(content)
