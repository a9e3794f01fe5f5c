"""WeChat's side of the webhook: pushes composed, signed and encrypted, replies opened and checked.

Used by the terminal chat, the chat page and the tests, so that all of them come in by the same door
as WeChat.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
import xmltodict

from demo.fake.seal import seal, sign, unseal
from demo.fake.state import FakeWeChat

SUCCESS = frozenset({b"", b"success"})
REPLY_BYTES = 2048
TRIES, PATIENCE_SECONDS = 3, 5.0


class FaultNotice(Exception):
    """The resident would see 「该公众号暂时无法提供服务」; the message says what was wrong."""


class Poster(Protocol):
    """A client session, of a program or of a test."""

    @property
    def post(self) -> Callable[..., Any]: ...


@dataclass(frozen=True, slots=True)
class SignedPush:
    """A push ready to post; `contact` is what it opens: `message`, `touch` or nothing."""

    openid: str
    contact: str
    xml: str
    query: Mapping[str, str]
    body: bytes


class WeChatSide:
    """The platform as one account's webhook sees it; secure mode where `aes_key` is given.

    With `fake` every push also opens the windows there.
    """

    def __init__(
        self,
        *,
        appid: str,
        token: str,
        aes_key: str = "",
        original_id: str = "gh_demo",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        fake: FakeWeChat | None = None,
    ) -> None:
        self._appid, self._token, self._aes_key = appid, token, aes_key
        self._original_id, self._clock, self._fake = original_id, clock, fake

    def compose_text(
        self, openid: str, text: str, *, msgid: int | None = None, menu_item: str = ""
    ) -> SignedPush:
        """Words; `menu_item` is the id of the tapped item of a menu message."""
        tapped = {"bizmsgmenuid": menu_item} if menu_item else {}
        contact = "touch" if menu_item else "message"
        return self._message(openid, "text", {"Content": text, **tapped}, msgid, contact)

    def compose_image(self, openid: str, media_id: str, *, msgid: int | None = None) -> SignedPush:
        picture = f"http://mmbiz.qpic.cn/{media_id}"
        return self._message(openid, "image", {"PicUrl": picture, "MediaId": media_id}, msgid)

    def compose_voice(
        self, openid: str, media_id: str, recognition: str = "", *, msgid: int | None = None
    ) -> SignedPush:
        fields = {"MediaId": media_id, "Format": "amr", "Recognition": recognition}
        return self._message(openid, "voice", fields, msgid)

    def compose_video(self, openid: str, media_id: str, *, msgid: int | None = None) -> SignedPush:
        fields = {"MediaId": media_id, "ThumbMediaId": f"{media_id}-thumb"}
        return self._message(openid, "video", fields, msgid)

    def compose_location(
        self,
        openid: str,
        latitude: float,
        longitude: float,
        label: str,
        *,
        msgid: int | None = None,
    ) -> SignedPush:
        """A spot on the map, in degrees."""
        place = {"Location_X": str(latitude), "Location_Y": str(longitude)}
        fields = {**place, "Scale": "16", "Label": label}
        return self._message(openid, "location", fields, msgid)

    def compose_link(
        self, openid: str, title: str, url: str, *, msgid: int | None = None
    ) -> SignedPush:
        return self._message(openid, "link", {"Title": title, "Description": "", "Url": url}, msgid)

    def compose_click(self, openid: str, key: str) -> SignedPush:
        """A menu entry that sends its key."""
        return self.compose_event(openid, "CLICK", {"EventKey": key}, contact="touch")

    def compose_view(self, openid: str, url: str) -> SignedPush:
        """A menu entry that opens a page."""
        return self.compose_event(openid, "VIEW", {"EventKey": url})

    def compose_scan(self, openid: str, scene: str) -> SignedPush:
        """A QR code scanned by a follower."""
        fields = {"EventKey": scene, "Ticket": "ticket"}
        return self.compose_event(openid, "SCAN", fields, contact="touch")

    def compose_subscribe(self, openid: str, scene: str = "") -> SignedPush:
        """A resident follows, by the QR code of `scene` where one is given."""
        fields = {"EventKey": f"qrscene_{scene}", "Ticket": "ticket"} if scene else {"EventKey": ""}
        return self.compose_event(openid, "subscribe", fields, contact="touch")

    def compose_unsubscribe(self, openid: str) -> SignedPush:
        return self.compose_event(openid, "unsubscribe", {"EventKey": ""})

    def compose_event(
        self, openid: str, event: str, fields: Mapping[str, str], *, contact: str = ""
    ) -> SignedPush:
        """Any event; values of `fields` may not nest: see `compose_xml` for those that do."""
        head = self._head(openid, "event")
        return self._sign(openid, contact, render_xml({**head, "Event": event, **fields}))

    def compose_xml(self, xml: str, *, openid: str = "", contact: str = "") -> SignedPush:
        """A push with exactly this content."""
        return self._sign(openid, contact, xml)

    def again(self, push: SignedPush) -> SignedPush:
        """The same message as WeChat repeats it: signed and encrypted anew."""
        return self._sign(push.openid, push.contact, push.xml)

    async def post(self, session: Poster, url: str, push: SignedPush) -> str | None:
        """Posts once; the reply's text, or None for `success`. Raises `FaultNotice`."""
        self._open_window(push)
        async with session.post(url, params=push.query, data=push.body) as response:
            body = await response.read()
            if response.status != 200:
                raise FaultNotice(f"HTTP {response.status}")
        return self.read_reply(body, push.openid)

    async def deliver(
        self, session: Poster, url: str, push: SignedPush, patience: float = PATIENCE_SECONDS
    ) -> str | None:
        """Posts as WeChat does: `patience` seconds for an answer, 3 tries in all."""
        timeout = aiohttp.ClientTimeout(total=patience)
        self._open_window(push)
        for attempt in range(TRIES):
            sent = self.again(push) if attempt else push
            try:
                async with session.post(
                    url, params=sent.query, data=sent.body, timeout=timeout
                ) as response:
                    body, status = await response.read(), response.status
            except (TimeoutError, aiohttp.ClientError):
                continue
            if status == 200:
                return self.read_reply(body, push.openid)
        raise FaultNotice(f"no answer in {TRIES} tries")

    def read_reply(self, body: bytes, openid: str) -> str | None:
        """The text of a passive reply to `openid`, checked as WeChat checks it."""
        if body in SUCCESS:
            return None
        try:
            fields = xmltodict.parse(self._open(body) if self._aes_key else body.decode())["xml"]
        except Exception as error:
            raise FaultNotice(f"the reply cannot be read: {error}") from error
        text = fields.get("Content") or ""
        if fields.get("MsgType") != "text" or not text or len(text.encode()) > REPLY_BYTES:
            raise FaultNotice("the reply is no text of 1 to 2048 bytes")
        if (fields.get("ToUserName"), fields.get("FromUserName")) != (openid, self._original_id):
            raise FaultNotice("the reply is addressed to somebody else")
        return str(text)

    def verification(self, echo: str) -> dict[str, str]:
        """The query of the GET that tests the address."""
        return {**self._stamp(), "echostr": echo}

    def _message(
        self,
        openid: str,
        kind: str,
        fields: Mapping[str, str],
        msgid: int | None,
        contact: str = "message",
    ) -> SignedPush:
        number = msgid if msgid is not None else 10**16 + secrets.randbelow(9 * 10**16)
        told = {**self._head(openid, kind), **fields, "MsgId": str(number)}
        return self._sign(openid, contact, render_xml(told))

    def _head(self, openid: str, kind: str) -> dict[str, str]:
        seconds = str(int(self._clock().timestamp()))
        names = {"ToUserName": self._original_id, "FromUserName": openid}
        return {**names, "CreateTime": seconds, "MsgType": kind}

    def _stamp(self) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock().timestamp())), str(secrets.randbelow(10**10))
        signature = sign(self._token, timestamp, nonce)
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature}

    def _sign(self, openid: str, contact: str, xml: str) -> SignedPush:
        query = self._stamp()
        if not self._aes_key:
            return SignedPush(openid, contact, xml, query, xml.encode())
        cipher_text = seal(xml, self._aes_key, self._appid)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = sign(self._token, query["timestamp"], query["nonce"], cipher_text)
        sealed = render_xml({"ToUserName": self._original_id, "Encrypt": cipher_text})
        return SignedPush(openid, contact, xml, query, sealed.encode())

    def _open(self, body: bytes) -> str:
        fields = xmltodict.parse(body.decode())["xml"]
        cipher_text = fields["Encrypt"]
        signature = sign(self._token, fields["TimeStamp"], fields["Nonce"], cipher_text)
        if signature != fields["MsgSignature"]:
            raise ValueError("the reply's signature is wrong")
        return unseal(cipher_text, self._aes_key, self._appid)

    def _open_window(self, push: SignedPush) -> None:
        if self._fake is not None and push.contact:
            self._fake.contact(push.openid, push.contact)


def render_xml(fields: Mapping[str, str]) -> str:
    """A flat message; every value in CDATA."""
    nodes = (
        f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{''.join(nodes)}</xml>"
