"""The simulator's phone: what a resident does on it, and what then appears on its screen.

Every deed becomes a signed push to the webhook; its reply, and all that the account sends through
the WeChat API, are noted in a `ChatLog`. Deeds are mappings with a `kind`, as the page posts them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from demo.chat_cards import CardLook, shown
from demo.chat_log import ChatLog
from demo.fake_wechat import FakeWeChat, Sent
from demo.personas import Persona
from demo.wechat_side import FaultNotice, SignedPush, WeChatSide

Deed: TypeAlias = Mapping[str, Any]
Deliver: TypeAlias = Callable[[SignedPush], Awaitable[str | None]]

FAULT_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
PHOTO_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}
AMR_HEAD, AMR_SILENCE, AMR_FRAMES_PER_SECOND = b"#!AMR\n", b"\x04" + bytes(12), 50
CHARACTERS_PER_SECOND = 4
TEXT_LIMIT, SCENE_LIMIT = 2000, 64


class PhoneError(Exception):
    """The phone cannot do this; the message tells the resident why."""


class Phone:
    """The phones of all `personas`, on one account; times by the clock of `fake`.

    Raises `PhoneError` for what a real phone would not let one do.
    """

    def __init__(
        self,
        side: WeChatSide,
        fake: FakeWeChat,
        personas: Sequence[Persona],
        log: ChatLog,
        cards: Mapping[str, CardLook] | None = None,
    ) -> None:
        self.personas = {persona.openid: persona for persona in personas}
        self._side, self._fake, self._log, self._cards = side, fake, log, cards or {}
        self._awaited: Counter[str] = Counter()
        for persona in personas:
            if persona.following:
                fake.follow(persona.openid)
        fake.listeners.append(self._receive)

    def follows(self, openid: str) -> bool:
        return openid in self._fake.followers

    def picture(self, media_id: str) -> tuple[bytes, str] | None:
        """A picture that went either way: content and type."""
        found = self._fake.media.get(media_id)
        return found if found and found[1].startswith("image/") else None

    async def act(self, openid: str, deed: Deed, deliver: Deliver) -> None:
        """Does `deed` as `openid`; returns when the webhook has answered."""
        if openid not in self.personas:
            raise PhoneError("没有这位居民")
        kind = str(deed.get("kind"))
        if kind not in DEEDS:
            raise PhoneError("手机上没有这个操作")
        if kind not in {"follow", "scan"} and not self.follows(openid):
            raise PhoneError("您还没有关注这个公众号，先关注再说")
        what, push = DEEDS[kind](self, openid, deed)
        await self._deliver(what, push, deliver)

    # -- deeds: what it is called, and the push it makes -------------------------------------------

    def _text(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        text = _words(deed, "text", TEXT_LIMIT)
        self._show(openid, kind="text", text=text)
        item = str(deed.get("menu_id", ""))[:SCENE_LIMIT]
        return "文字", self._side.compose_text(openid, text, menu_item=item)

    def _photo(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        content = deed.get("content")
        if not isinstance(content, bytes) or not content:
            raise PhoneError("没有选照片")
        media_id = self._fake.add_media(content, _photo_type(content))
        self._show(openid, kind="image", text="照片", url=f"/demo/photo/{media_id}")
        return "照片", self._side.compose_image(openid, media_id)

    def _voice(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        words = _words(deed, "text", TEXT_LIMIT)
        heard = words if deed.get("transcript", True) else ""
        seconds = max(1, len(words) // CHARACTERS_PER_SECOND)
        sound = AMR_HEAD + AMR_SILENCE * (seconds * AMR_FRAMES_PER_SECOND)
        media_id = self._fake.add_media(sound, "audio/amr")
        self._show(openid, kind="voice", text=heard, seconds=seconds)
        what = "语音（带文字）" if heard else "语音（没有文字）"
        return what, self._side.compose_voice(openid, media_id, heard)

    def _location(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        latitude = _degrees(deed, "latitude", 90)
        longitude = _degrees(deed, "longitude", 180)
        name = str(deed.get("name", ""))[:SCENE_LIMIT]
        self._show(openid, kind="location", text=name, latitude=latitude, longitude=longitude)
        return "位置", self._side.compose_location(openid, latitude, longitude, name)

    def _menu(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        key = _words(deed, "key", 1024)
        if key.startswith(("http://", "https://")):
            return "菜单（打开网页）", self._side.compose_view(openid, key)
        return "菜单", self._side.compose_click(openid, key)

    def _scan(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        scene = _words(deed, "scene", SCENE_LIMIT)
        self._show(openid, kind="notice", text=f"扫了二维码 {scene}")
        if self.follows(openid):
            return "扫码", self._side.compose_scan(openid, scene)
        self._set_following(openid, True, scene)
        return "扫码关注", self._side.compose_subscribe(openid, scene)

    def _follow(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        self._set_following(openid, True)
        return "关注", self._side.compose_subscribe(openid)

    def _unfollow(self, openid: str, deed: Deed) -> tuple[str, SignedPush]:
        self._set_following(openid, False)
        return "取消关注", self._side.compose_unsubscribe(openid)

    def _set_following(self, openid: str, on: bool, scene: str = "") -> None:
        if on:
            self._fake.follow(openid, scene)
        else:
            self._fake.unfollow(openid)
        self._show(openid, kind="notice", text="您关注了公众号" if on else "您取消了关注")
        self._log.add("follow", openid=openid, on=on)

    # -- what happens then -------------------------------------------------------------------------

    async def _deliver(self, what: str, push: SignedPush, deliver: Deliver) -> None:
        begun = asyncio.get_running_loop().time()
        self._type(push.openid, 1)
        reply, how, failed = None, "已收到，回复随后到", False
        try:
            reply = await deliver(push)
        except FaultNotice as fault:
            how, failed = f"故障：{fault}", True
        finally:
            self._type(push.openid, -1)
        if reply is not None:
            how = "被动回复"
            self._log_message(push.openid, mine=False, kind="text", text=reply)
        if failed:
            self._log_message(push.openid, mine=False, kind="notice", text=FAULT_NOTICE)
        elapsed = asyncio.get_running_loop().time() - begun
        self._trace(push.openid, what, how, _facts(push, elapsed), failed=failed)

    def _type(self, openid: str, change: int) -> None:
        """Says whether the account owes `openid` an answer."""
        self._awaited[openid] += change
        self._log.pass_on("typing", openid=openid, on=self._awaited[openid] > 0)

    def _receive(self, sent: Sent) -> None:
        """What the account sends by itself arrives at once."""
        if sent.openid not in self.personas:
            return
        what, path, message = shown(sent, self._cards)
        self._log_message(sent.openid, mine=False, **message)
        self._trace(sent.openid, what, "微信接口推送", [["接口", path]])

    def _show(self, openid: str, **message: Any) -> None:
        self._log_message(openid, mine=True, **message)

    def _log_message(self, openid: str, **message: Any) -> None:
        self._log.add("message", openid=openid, at=self._fake.clock().isoformat(), **message)

    def _trace(
        self, openid: str, what: str, how: str, facts: list[list[str]], *, failed: bool = False
    ) -> None:
        at = self._fake.clock().isoformat()
        self._log.add("trace", openid=openid, at=at, what=what, how=how, facts=facts, failed=failed)


DEEDS: Mapping[str, Callable[[Phone, str, Deed], tuple[str, SignedPush]]] = {
    "text": Phone._text,
    "photo": Phone._photo,
    "voice": Phone._voice,
    "location": Phone._location,
    "menu": Phone._menu,
    "scan": Phone._scan,
    "follow": Phone._follow,
    "unfollow": Phone._unfollow,
}


def _facts(push: SignedPush, seconds: float) -> list[list[str]]:
    secure = push.query.get("encrypt_type") == "aes"
    return [
        ["明文", f"{len(push.xml.encode())} 字节"],
        ["发出", f"{len(push.body)} 字节"],
        ["模式", "安全模式（签名＋AES）" if secure else "明文模式（签名）"],
        ["用时", f"{seconds * 1000:.0f} 毫秒"],
    ]


def _words(deed: Deed, name: str, limit: int) -> str:
    value = deed.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PhoneError("还没有写内容")
    if len(value) > limit:
        raise PhoneError(f"太长了，最多 {limit} 个字")
    return value.strip()


def _degrees(deed: Deed, name: str, limit: int) -> float:
    value = deed.get(name)
    if not isinstance(value, int | float) or not -limit <= value <= limit:
        raise PhoneError("这个位置不在地图上")
    return float(value)


def _photo_type(content: bytes) -> str:
    for start, content_type in PHOTO_TYPES.items():
        if content.startswith(start):
            return content_type
    raise PhoneError("这个文件不是照片（JPEG、PNG、GIF、BMP）")
