"""The address that WeChat calls: `GET /wechat` proves whose it is, `POST /wechat` brings pushes.

Bad signatures get 403, oversized bodies 413, the signed but unreadable an acknowledgement; input
never causes a 5xx.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.receive import NotReady, Receiver
from bot.wechat.account import Account
from bot.wechat.body import read_body
from bot.wechat.push import Push, Refused, read_push, verify_server
from bot.wechat.replay import ReplayGuard
from bot.wechat.replies import SUCCESS, render_text

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """The webhook of one account."""

    account: Account
    guard: ReplayGuard = field(default_factory=ReplayGuard)


class Webhook:
    """The handlers of `/wechat` and `/wechat/{account}`."""

    def __init__(
        self, doors: Mapping[str, Door], receiver: Receiver, clock: Callable[[], datetime]
    ) -> None:
        self._doors = doors
        self._receiver = receiver
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The routes to be added to the application."""
        return [
            web.get("/wechat", self.verify),
            web.post("/wechat", self.push),
            web.get("/wechat/{account}", self.verify),
            web.post("/wechat/{account}", self.push),
        ]

    async def verify(self, request: web.Request) -> web.Response:
        """Answers WeChat's test of the address."""
        door = self._door(request)
        try:
            return web.Response(text=verify_server(door.account, request.query))
        except Refused as refusal:
            return web.Response(status=refusal.status)

    async def push(self, request: web.Request) -> web.Response:
        """Takes a push in and answers with the stored reply."""
        door = self._door(request)
        try:
            push = await self._read(request, door)
        except Refused as refusal:
            log.info("push refused", status=refusal.status, reason=str(refusal))
            return web.Response(status=refusal.status)
        if push.incoming is None:
            await self._receiver.keep_raw(door.account.code, push.raw)
            return web.Response(body=SUCCESS)
        try:
            outcome = await self._receiver.receive(push.incoming)
        except NotReady:
            return _hang_up(request)
        except SQLAlchemyError as error:
            # not stored, so not acknowledged: WeChat repeats what nobody answered
            log.exception("push not stored", error=type(error).__name__)
            return _hang_up(request)
        if outcome is None or outcome.late or not outcome.text:
            return web.Response(body=SUCCESS)
        body = render_text(door.account, push, outcome.text, created=outcome.at)
        return web.Response(body=body, content_type="application/xml", charset="utf-8")

    def _door(self, request: web.Request) -> Door:
        door = self._doors.get(request.match_info.get("account", ""))
        if door is None:
            raise web.HTTPNotFound
        return door

    async def _read(self, request: web.Request, door: Door) -> Push:
        body = await read_body(request)
        now = self._clock()
        push = read_push(door.account, request.query, body, now=now)
        door.guard.admit(request.query, push, now=now)
        return push


def _hang_up(request: web.Request) -> web.Response:
    """Ends the connection without an answer, so that WeChat repeats the push."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=204)
