"""What residents write on a busy day, as signed and encrypted requests ready for a socket.

Every connection carries the residents of its own part of town: known ones who write again and
again, and now and then somebody new. The messages of one resident stay in order, twenty of them
talk at a time. About half of the messages belong to reports (told in one message, told in two,
given up), the rest is progress, chat, questions that go to the staff, menu clicks and words that
nobody understands.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urlencode

from demo.wechat_side import SignedPush, WeChatSide
from settings import AccountSettings

ISSUES = (
    "{place}楼道灯坏了好几天，晚上老人走路看不见",
    "{place}门口有人乱停电动车，轮椅过不去",
    "{place}垃圾桶满了两天没人清，味道很大",
    "{place}下水道堵了，污水往外冒",
    "{place}楼上半夜装修，吵得睡不着",
    "{place}单元门关不上，麻烦找人看看",
)
PLACES = ("1栋1单元", "2栋", "3栋2单元", "5栋1单元", "6栋2单元")
CHAT = ("您好", "在吗", "谢谢你们", "辛苦了", "再见")
QUESTIONS = (
    "老年证怎么办，要带什么材料",
    "这个月有什么志愿活动",
    "我的积分还有多少",
    "医保怎么续交",
)
UNCLEAR = ("那个事", "嗯嗯", "就是上回说的", "你看着办")
MENU = "click:track"
KNOWN, NEW, TALKING = 60, 0.05, 20
"""Residents a connection knows, share of conversations with somebody new, talking at a time."""
AHEAD = timedelta(minutes=2)
"""The pushes are made before they are sent; a time of sending that has passed would be late."""


def conversation(dice: random.Random) -> list[str]:
    """The messages of one resident; `click:KEY` is a tap on the menu."""
    place = dice.choice(PLACES)
    issue = dice.choice(ISSUES)
    told = issue.format(place=place)
    return dice.choice(
        (
            [told, "1", "进度"],
            [dice.choice(CHAT), told, "1", "谢谢"],
            [issue.format(place=""), place, "1"],
            [told, "0"],
            [told, "提交", MENU],
            [dice.choice(CHAT)],
            [dice.choice(CHAT), dice.choice(QUESTIONS)],
            [dice.choice(QUESTIONS)],
            [dice.choice(UNCLEAR), dice.choice(CHAT)],
            [MENU, "菜单"],
        )
    )


def _side(account: AccountSettings) -> WeChatSide:
    sent_at = datetime.now(UTC) + AHEAD
    return WeChatSide(
        appid=account.appid,
        token=account.token,
        aes_key=account.aes_key,
        clock=lambda: sent_at,
    )


def requests(account: AccountSettings, connections: int, each: int, seed: int) -> list[list[bytes]]:
    """For every connection a queue of `each` requests to `account`."""
    side, dice = _side(account), random.Random(seed)
    streams = (_pushes(side, dice, f"o{number}") for number in range(connections))
    return [[_request(push) for push in islice(stream, each)] for stream in streams]


def acquaintance(account: AccountSettings, connections: int) -> list[list[bytes]]:
    """For every connection a first word of everybody who is known."""
    side, dice = _side(account), random.Random(0)
    return [
        [_request(_compose(side, f"o{number}-{who}", dice.choice(CHAT))) for who in range(KNOWN)]
        for number in range(connections)
    ]


def _pushes(side: WeChatSide, dice: random.Random, name: str) -> Iterator[SignedPush]:
    """An endless stream of the messages of one part of town."""
    talks: dict[str, list[str]] = {}
    while True:
        while len(talks) < TALKING:
            who = dice.random() if dice.random() < NEW else dice.randrange(KNOWN)
            talks.setdefault(f"{name}-{who}", conversation(dice))
        openid = dice.choice(sorted(talks))
        words = talks[openid].pop(0)
        if not talks[openid]:
            del talks[openid]
        yield _compose(side, openid, words)


def _compose(side: WeChatSide, openid: str, words: str) -> SignedPush:
    if words.startswith("click:"):
        return side.compose_click(openid, words.removeprefix("click:"))
    return side.compose_text(openid, words)


def _request(push: SignedPush) -> bytes:
    head = (
        f"POST /wechat?{urlencode(push.query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(push.body)}\r\n\r\n"
    )
    return head.encode() + push.body
