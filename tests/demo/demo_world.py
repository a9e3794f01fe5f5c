"""A small world around the simulator: a signed webhook that answers by script, fake WeChat."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from bot.wechat.account import Account
from bot.wechat.push import Refused, read_push
from bot.wechat.replies import SUCCESS, render_text
from demo.chat_cards import AccountLook, CardLook
from demo.fake_wechat import FakeWeChat
from demo.personas import Persona
from demo.wechat_side import WeChatSide
from dialogue.messages import Incoming

NOW = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
ACCOUNT = Account(
    code="", appid="wx-demo", secret="s", token="demo-token", aes_key="a1B2" * 10 + "c3D"
)
PERSONAS = (
    Persona("wang", "王秀兰", 72, "3栋2单元"),
    Persona("li", "李建国", 45, "5栋1单元"),
    Persona("new", "新邻居", about="还没有关注", following=False),
)
MENU: dict[str, Any] = {
    "button": [
        {"name": "说事", "sub_button": [{"type": "click", "name": "查进度", "key": "track"}]},
        {"name": "公开", "type": "view", "url": "http://127.0.0.1/public"},
    ]
}
LOOK = AccountLook("和平里说事台", {"T1": CardLook("办件进度提醒", {"thing1": "事项名称"})})


@dataclass
class World:
    """The webhook's side: what it heard, and what it will answer (None: `success`)."""

    fake: FakeWeChat = field(default_factory=lambda: FakeWeChat(clock=lambda: NOW))
    heard: list[Incoming] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    failing: bool = False

    def side(self) -> WeChatSide:
        return WeChatSide(
            appid=ACCOUNT.appid,
            token=ACCOUNT.token,
            aes_key=ACCOUNT.aes_key,
            clock=lambda: NOW,
            fake=self.fake,
        )

    async def webhook(self, request: web.Request) -> web.Response:
        """Answers by script, in the end with the words it heard; 500 while `failing`."""
        if self.failing:
            return web.Response(status=500)
        try:
            push = read_push(ACCOUNT, request.query, await request.read(), now=NOW)
        except Refused as refused:
            return web.Response(status=refused.status)
        assert push.incoming is not None
        self.heard.append(push.incoming)
        text = self.answers.pop(0) if self.answers else f"听到：{push.incoming.text}"
        body = render_text(ACCOUNT, push, text, created=NOW) if text else SUCCESS
        return web.Response(body=body)


class Page:
    """The simulator's page as its own script uses it."""

    def __init__(self, client: TestClient[web.Request, web.Application], world: World) -> None:
        self.client, self.world = client, world
        self.origin = f"http://{client.host}:{client.port}"

    async def push(self, openid: str, kind: str, **deed: Any) -> ClientResponse:
        return await self.client.post(
            "/demo/push", json={"as": openid, "kind": kind, **deed}, headers={"Origin": self.origin}
        )

    async def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = await (await self.client.get("/demo/state")).json()
        return answer

    async def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.state())["messages"]
        return messages

    async def live_events(self, count: int, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
        """The first `count` events of the stream after the greeting."""
        events: list[tuple[str, dict[str, Any]]] = []
        async with self.client.get(f"/demo/live?after={after}") as stream:
            name = ""
            while len(events) < count + 1:
                line = (await stream.content.readline()).decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    events.append((name, json.loads(line.removeprefix("data: "))))
        return events[1:]
