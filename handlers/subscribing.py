"""订阅: which notices a resident wants to be told of, and an end to it at any time."""

from __future__ import annotations

import re

from handlers.kit import Choice, Request, Say, Service, Turn
from services import subscriptions
from services.subscriptions import TOPICS, topic_meant

NAME = "subscribing"
ALL = "all"
_WISH = re.compile(r"(?:请|帮|给|我|要|想|都|把|一下)*(退订|取消订阅|不再接收|订阅)(.{0,12})")
_FILLER = "了吧的一下都通知消息提醒所有全部这些！。!~ "


def rule(text: str) -> str | None:
    """订阅停水通知 gives `+outage`, 退订 gives `-all`, 订阅通知 `?`: which ones."""
    found = _WISH.fullmatch(text.strip())
    if found is None:
        return None
    topic = topic_meant(found[2])
    if not topic and found[2].strip(_FILLER):
        return None
    if found[1] != "订阅":
        return f"-{topic or ALL}"
    return f"+{topic}" if topic else ""


def subscribing(turn: Turn, request: Request) -> Say:
    """Does what the argument says (`+topic`, `-topic`), or offers the topics."""
    sign, topic = request.argument[:1], request.argument[1:]
    chosen = list(TOPICS) if topic == ALL else [topic]
    if sign == "+":
        subscriptions.subscribe(turn.session, turn.resident, chosen, turn.now)
        what = "有新通知" if topic == ALL else f"“{TOPICS[topic]}”有新的"
        return Say(f"订好了，{what}就告诉您，晚上不打扰。不想收了，回复“退订”。")
    if sign == "-":
        subscriptions.unsubscribe(turn.session, turn.resident, chosen)
        what = "通知" if topic == ALL else f"“{TOPICS[topic]}”"
        return Say(f"好，{what}不再发给您了。想再听，回复“订阅通知”。")
    return _offer(turn)


def _offer(turn: Turn) -> Say:
    mine = subscriptions.topics_of(turn.session, turn.resident)
    left = [code for code in TOPICS if code not in mine and code != "other"]
    choices = [Choice(TOPICS[code], NAME, f"+{code}") for code in left]
    choices.append(Choice("全都要", NAME, f"+{ALL}"))
    if mine:
        choices.append(Choice("全部退订", NAME, f"-{ALL}"))
    known = f"您订了：{'、'.join(TOPICS[code] for code in mine)}。\n" if mine else ""
    return Say(f"{known}想听哪一类通知？", tuple(choices), way_out="不订了")


SERVICE = Service(
    name=NAME,
    actions={NAME: subscribing},
    commands={"订阅": NAME, "订阅通知": NAME, "我的订阅": NAME},
    rule=rule,
)
