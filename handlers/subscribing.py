"""订阅: which notices a resident wants to be told of, and an end to it at any time."""

from __future__ import annotations

import re

from handlers.kit import Choice, Request, Say, Service, Turn
from services import subscriptions
from services.subscriptions import TOPICS, topics_meant

NAME = "subscribing"
ALL = "all"
_WISH = re.compile(r"(?:请|帮|给|我|要|想|都|把|一下)*(退订|取消订阅|不再接收|订阅)(.{0,12})")
_END = re.compile(
    r"(?:请|以后|你们|就)*(?:别|不要|不用|不想|甭)(?:再|老|总)?(?:给我)?(?:发|推|收|接收|看到?)(?:这些|那些|这种)?"
    r"(.{0,8}?(?:通知|公告|提醒|消息))(?:给我)?(?:了|啦)?"
    r"|(?:把)?(.{0,8}?(?:通知|公告|提醒|消息))(?:以后)?(?:别|不要|不用|甭)(?:再)?(?:给我)?(?:发|推)(?:给我)?(?:了|啦)?"
)
_MINE = re.compile(
    r"我?(?:都|是)?(?:订|订阅)(?:阅)?(?:了|的是?|过)(?:些)?(?:什么|啥|哪些|哪几[类个])(?:通知)?|我的订阅"
)
_FILLER = "了吧的和跟还有一下都通知公告消息提醒所有全部这些那些、，,！。!~ "


def rule(text: str) -> str | None:
    """订阅停水和活动 gives `+outage,activity`, 退订 or 别再发通知了 `-all`, 我订了什么 the empty
    words: which topics there are.
    """
    plain = text.strip(" 。.!！?？~")
    if _MINE.fullmatch(plain):
        return ""
    end = _END.fullmatch(plain)
    wish = None if end else _WISH.fullmatch(plain)
    if not end and not wish:
        return None
    about = (end[1] or end[2]) if end else wish[2] if wish else ""
    meant = topics_meant(about)
    if not meant and about.strip(_FILLER):
        return None
    if end or (wish and wish[1] != "订阅"):
        return f"-{','.join(meant) or ALL}"
    return f"+{','.join(meant)}" if meant else ""


def subscribing(turn: Turn, request: Request) -> Say:
    """Does what the argument says (`+topics`, `-topics`), or offers the topics."""
    sign, topic = request.argument[:1], request.argument[1:]
    chosen = list(TOPICS) if topic == ALL else topic.split(",")
    names = "" if topic in ("", ALL) else f"“{'、'.join(TOPICS[one] for one in chosen)}”"
    if sign == "+":
        subscriptions.subscribe(turn.session, turn.resident, chosen, turn.now)
        what = f"{names}有新的" if names else "有新通知"
        return Say(f"订好了，{what}就告诉您，晚上不打扰。不想收了，回复“退订”。")
    if sign == "-":
        subscriptions.unsubscribe(turn.session, turn.resident, chosen)
        return Say(f"好，{names or '通知'}不再发给您了。想再听，回复“订阅通知”。")
    return _offer(turn)


def _offer(turn: Turn) -> Say:
    mine = subscriptions.topics_of(turn.session, turn.resident)
    left = [code for code in TOPICS if code not in mine and code != "other"]
    more = [Choice(TOPICS[code], NAME, f"+{code}") for code in left]
    more += [Choice("全都要", NAME, f"+{ALL}")] if left else []
    if not mine:
        return Say("想听哪一类通知？", tuple(more), way_out="不订了")
    known = f"您订了：{'、'.join(TOPICS[code] for code in mine)}。"
    known += f"\n少收一类，回复“退订{TOPICS[mine[0]]}”。" if len(mine) > 1 else ""
    asked = "\n还想听哪一类？" if left else ""
    return Say(known + asked, (*more, Choice("全部退订", NAME, f"-{ALL}")), way_out="不改了")


SERVICE = Service(
    name=NAME,
    actions={NAME: subscribing},
    commands={"订阅": NAME, "订阅通知": NAME, "我的订阅": NAME},
    rule=rule,
)
