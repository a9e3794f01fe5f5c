"""The calls to the WeChat API that the service needs, one method each.

Errors are those of `errors`. Orders that must not arrive twice raise `Ambiguous` where no answer
came; all others raise `Temporary` there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from bot.wechat import codec
from bot.wechat.account import CUSTOMER_SERVICE, SUBSCRIBE, TEMPLATE, Account
from bot.wechat.errors import NoPermission, Temporary
from bot.wechat.gateway import Fields, Gateway, utc_now
from bot.wechat.tokens import TokenStore
from bot.wechat.transport import TIMEOUT

MEDIA_LIMIT = 20 * 1024 * 1024
TAG_BATCH = 50
QR_SECONDS = 30 * 24 * 3600
PAGES = frozenset({"application/json", "text/plain", "text/html"})


@dataclass(frozen=True, slots=True)
class DownloadedMedia:
    """A file a resident sent; `content_type` is what WeChat says it is."""

    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: `url` is its content, `ticket` fetches WeChat's own picture of it."""

    ticket: str
    url: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Follower:
    """What WeChat tells of a resident; `scene` is the QR code through which they came."""

    openid: str
    follows: bool
    unionid: str
    scene: str


class WeChatClient:
    """One account's calls over a shared session; `clock` gives aware UTC."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account: Account,
        tokens: TokenStore,
        clock: Callable[[], datetime] = utc_now,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._account = account
        self._gateway = Gateway(session, account, tokens, clock, timeout)

    async def send_text(self, openid: str, text: str) -> None:
        """A customer-service message: at most 2048 bytes, only inside the resident's window."""
        await self._send_service(openid, "text", {"content": codec.clean(text)})

    async def send_image(self, openid: str, media_id: str) -> None:
        """A picture uploaded before, as a customer-service message."""
        await self._send_service(openid, "image", {"media_id": media_id})

    async def send_template(
        self, openid: str, template_id: str, data: Mapping[str, str], url: str = ""
    ) -> str:
        """A template message; returns its number, which the finishing event carries as MsgID."""
        self._require(TEMPLATE)
        body = {"touser": openid, "template_id": template_id, "url": url, "data": _values(data)}
        told = await self._gateway.post("message/template/send", body)
        return str(told.get("msgid", ""))

    async def send_subscribe(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str = ""
    ) -> None:
        """A notice the resident agreed to; each consent is good for one."""
        self._require(SUBSCRIBE)
        body = {"touser": openid, "template_id": template_id, "page": page, "data": _values(data)}
        await self._gateway.post("message/subscribe/bizsend", body)

    async def upload_media(self, kind: str, data: bytes, filename: str, content_type: str) -> str:
        """Keeps a file at WeChat for 3 days; `kind` is image, voice, video or thumb. Its id."""

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData()
            made.add_field("media", data, filename=filename, content_type=content_type)
            return made

        return _string(await self._gateway.upload("media/upload", {"type": kind}, form), "media_id")

    async def get_media(self, media_id: str) -> DownloadedMedia:
        """A file a resident sent, at most `MEDIA_LIMIT` bytes.

        For a video WeChat tells an address, which is followed.
        """
        answer = await self._gateway.download("media/get", {"media_id": media_id}, MEDIA_LIMIT)
        if answer.content_type in PAGES:
            address = _string(answer.fields(), "video_url")
            answer = await self._gateway.fetch(address, MEDIA_LIMIT)
        if answer.status != 200 or answer.content_type in PAGES:
            raise Temporary(0, f"no file was given: HTTP {answer.status}")
        return DownloadedMedia(answer.data, answer.content_type)

    async def create_menu(self, menu: Fields) -> None:
        """Replaces the menu; `menu` as `menu.build_menu` makes it."""
        await self._gateway.post("menu/create", menu, repeatable=True)

    async def create_qr(self, scene: str, *, seconds: int | None = None) -> QrCode:
        """A QR code for `scene`, permanent, or good for `seconds` (at most 30 days)."""
        if not 1 <= len(scene) <= 64 or (seconds is not None and not 0 < seconds <= QR_SECONDS):
            raise ValueError("a scene has 1 to 64 characters, a passing one up to 30 days")
        expires = None if seconds is None else self._gateway.clock() + timedelta(seconds=seconds)
        passing = {} if seconds is None else {"expire_seconds": seconds}
        body = {
            "action_name": "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
            **passing,
        }
        told = await self._gateway.post("qrcode/create", body, repeatable=True)
        return QrCode(_string(told, "ticket"), _string(told, "url"), expires)

    async def tags(self) -> dict[str, int]:
        """The account's tags: name to number."""
        rows = (await self._gateway.get("tags/get")).get("tags")
        return {
            str(row["name"]): int(row["id"])
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and "name" in row and str(row.get("id")).isdecimal()
        }

    async def create_tag(self, name: str) -> int:
        """The number of the tag `name`, which is made if it is not there."""
        if (number := (await self.tags()).get(name)) is not None:
            return number
        made = (await self._gateway.post("tags/create", {"tag": {"name": name}})).get("tag")
        if not isinstance(made, dict) or not isinstance(made.get("id"), int):
            raise Temporary(0, "the answer has no tag")
        return int(made["id"])

    async def tag_members(self, tag: int, openids: Sequence[str]) -> None:
        """Puts the tag on residents, 50 a call."""
        for start in range(0, len(openids), TAG_BATCH):
            body = {"openid_list": list(openids[start : start + TAG_BATCH]), "tagid": tag}
            await self._gateway.post("tags/members/batchtagging", body, repeatable=True)

    async def user_info(self, openid: str) -> Follower:
        """What WeChat tells of a resident; of one who does not follow, only that."""
        told = await self._gateway.get("user/info", {"openid": openid, "lang": "zh_CN"})
        return Follower(
            openid=openid,
            follows=told.get("subscribe") == 1,
            unionid=str(told.get("unionid", "")),
            scene=str(told.get("qr_scene_str", "")),
        )

    async def _send_service(self, openid: str, kind: str, content: Fields) -> None:
        self._require(CUSTOMER_SERVICE)
        body = {"touser": openid, "msgtype": kind, kind: content}
        await self._gateway.post("message/custom/send", body)

    def _require(self, capability: str) -> None:
        """Spares WeChat a call that the account is known not to have."""
        if not self._account.can(capability):
            raise NoPermission(48001, f"the account is not configured for {capability}")


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": codec.clean(value)} for name, value in data.items()}


def _string(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Temporary(0, f"the answer has no {name}")
    return value
