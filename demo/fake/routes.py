"""The fake platform's HTTP interface under /cgi-bin, faults included."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import web

from demo.fake.rules import take_notice, take_service_message, take_template
from demo.fake.state import ApiRefusal, FakeWeChat, Fault

Body = dict[str, Any]
Answer = Body | web.Response
Action = Callable[["FakeApi", web.Request, Body], Answer]

CODES = {
    Fault.BUSY: (-1, "system error"),
    Fault.BAD_CREDENTIAL: (40001, "invalid credential, access_token is invalid or not latest"),
    Fault.OUT_OF_WINDOW: (45015, "response out of time limit or subscription is canceled"),
    Fault.TOO_MANY: (45047, "out of response count limit"),
    Fault.QUOTA: (45009, "reach max api daily quota limit"),
    Fault.NO_PERMISSION: (48001, "api unauthorized"),
}
LOOK_SECONDS = 0.02


class FakeApi:
    """Answers calls for `state`."""

    def __init__(self, state: FakeWeChat) -> None:
        self.state = state

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call: its fault, if any is due, else the platform's answer."""
        path = request.match_info["path"]
        self.state.calls[path] += 1
        fault = self.state.next_fault(path)
        if fault in {Fault.HANG_BEFORE, Fault.RESET_BEFORE}:
            return await self._break(request, fault)
        if fault is Fault.HTTP_500:
            raise web.HTTPInternalServerError(text="<html>500</html>", content_type="text/html")
        if fault is Fault.HTML:
            return web.Response(text="<html><body>维护中</body></html>", content_type="text/html")
        if fault in CODES:
            return _refusal(*CODES[fault])
        response = await self._carry_out(path, request)
        if fault in {Fault.HANG_AFTER, Fault.RESET_AFTER}:
            return await self._break(request, fault)
        return response

    async def _carry_out(self, path: str, request: web.Request) -> web.StreamResponse:
        action = ACTIONS.get((request.method, path))
        if action is None:
            return _refusal(40066, "invalid url")
        try:
            if path not in {"stable_token", "token"}:
                self.state.check_token(request.query.get("access_token", ""))
            told = action(self, request, await _body(request))
        except ApiRefusal as refusal:
            return _refusal(refusal.code, refusal.message)
        return told if isinstance(told, web.Response) else _json({**told})

    async def _break(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """Ends the connection, at once or when the other side has given up waiting."""
        transport = request.transport
        await request.read()
        if fault in {Fault.HANG_BEFORE, Fault.HANG_AFTER}:
            while transport is not None and not transport.is_closing():
                await asyncio.sleep(LOOK_SECONDS)
        elif transport is not None:
            transport.abort()
        return web.Response()

    def stable_token(self, _: web.Request, body: Body) -> Answer:
        self.state.check_credentials(body.get("appid"), body.get("secret"))
        return self.state.stable_token(force=body.get("force_refresh") is True)

    def token(self, request: web.Request, _: Body) -> Answer:
        """The older interface: each call makes the last token invalid soon."""
        self.state.check_credentials(request.query.get("appid"), request.query.get("secret"))
        return self.state.stable_token(force=True)

    def custom_send(self, _: web.Request, body: Body) -> Answer:
        take_service_message(self.state, body)
        return _done()

    def template_send(self, _: web.Request, body: Body) -> Answer:
        return {**_done(), "msgid": take_template(self.state, body)}

    def notice_send(self, _: web.Request, body: Body) -> Answer:
        take_notice(self.state, body)
        return _done()

    def media_upload(self, request: web.Request, body: Body) -> Answer:
        kind = request.query.get("type", "")
        if kind not in {"image", "voice", "video", "thumb"} or "media" not in body:
            raise ApiRefusal(40004, "invalid media type")
        media_id = self.state.add_media(*body["media"])
        return {"type": kind, "media_id": media_id, "created_at": self._seconds()}

    def media_get(self, request: web.Request, _: Body) -> Answer:
        found = self.state.media.get(request.query.get("media_id", ""))
        if found is None:
            raise ApiRefusal(40007, "invalid media_id")
        data, content_type = found
        if content_type.startswith("video/"):
            address = request.url.origin() / "files" / request.query["media_id"]
            return {"video_url": str(address)}
        return web.Response(body=data, content_type=content_type)

    def menu_create(self, _: web.Request, body: Body) -> Answer:
        if not isinstance(body.get("button"), list) or len(body["button"]) > 3:
            raise ApiRefusal(40016, "invalid button size")
        self.state.menu = body
        return _done()

    def qr_create(self, _: web.Request, body: Body) -> Answer:
        scene = str(body.get("action_info", {}).get("scene", {}).get("scene_str", ""))
        if not 1 <= len(scene) <= 64:
            raise ApiRefusal(40053, "invalid action info")
        ticket = secrets.token_urlsafe(24)
        self.state.scenes[ticket] = scene
        told: Body = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket}"}
        if body.get("action_name") == "QR_STR_SCENE":
            told["expire_seconds"] = min(int(body.get("expire_seconds", 60)), 30 * 24 * 3600)
        return told

    def tags_get(self, _: web.Request, __: Body) -> Answer:
        return {"tags": [{"id": n, "name": name} for name, n in self.state.tags.items()]}

    def tags_create(self, _: web.Request, body: Body) -> Answer:
        name = str(body.get("tag", {}).get("name", ""))
        if name in self.state.tags:
            raise ApiRefusal(45157, "invalid tag name: it is there already")
        self.state.tags[name] = 100 + len(self.state.tags)
        return {"tag": {"id": self.state.tags[name], "name": name}}

    def tags_members(self, _: web.Request, body: Body) -> Answer:
        openids = body.get("openid_list") or []
        if len(openids) > 50:
            raise ApiRefusal(45159, "too many openids")
        for openid in openids:
            self.state.tagged.setdefault(openid, set()).add(int(body["tagid"]))
        return _done()

    def user_info(self, request: web.Request, _: Body) -> Answer:
        openid = request.query.get("openid", "")
        if openid not in self.state.followers:
            return {"subscribe": 0, "openid": openid}
        scene = self.state.followers[openid]
        return {"subscribe": 1, "openid": openid, "qr_scene_str": scene, "tagid_list": []}

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A video at the address that media/get tells."""
        data, content_type = self.state.media[request.match_info["media_id"]]
        return web.Response(body=data, content_type=content_type)

    def _seconds(self) -> int:
        return int(self.state.clock().timestamp())


ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "stable_token"): FakeApi.stable_token,
    ("GET", "token"): FakeApi.token,
    ("POST", "message/custom/send"): FakeApi.custom_send,
    ("POST", "message/template/send"): FakeApi.template_send,
    ("POST", "message/subscribe/bizsend"): FakeApi.notice_send,
    ("POST", "media/upload"): FakeApi.media_upload,
    ("GET", "media/get"): FakeApi.media_get,
    ("POST", "menu/create"): FakeApi.menu_create,
    ("POST", "qrcode/create"): FakeApi.qr_create,
    ("GET", "tags/get"): FakeApi.tags_get,
    ("POST", "tags/create"): FakeApi.tags_create,
    ("POST", "tags/members/batchtagging"): FakeApi.tags_members,
    ("GET", "user/info"): FakeApi.user_info,
}


async def _body(request: web.Request) -> Body:
    """The JSON of a request, or the file of a form as `media: (data, content type)`."""
    if request.content_type == "multipart/form-data":
        field = (await request.post())["media"]
        if not isinstance(field, web.FileField):
            raise ApiRefusal(41005, "media data missing")
        return {"media": (field.file.read(), field.content_type)}
    raw = await request.read()
    if b"\\u" in raw:
        raise ApiRefusal(40033, "invalid charset: escaped characters")
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ApiRefusal(47001, "data format error") from None
    return body if isinstance(body, dict) else {}


def _done() -> Body:
    return {"errcode": 0, "errmsg": "ok"}


def _refusal(code: int, message: str) -> web.Response:
    return _json({"errcode": code, "errmsg": message})


def _json(body: Body) -> web.Response:
    """JSON as the platform sends it: HTTP 200, called plain text, characters as they are."""
    return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="text/plain")
