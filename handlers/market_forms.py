"""The forms of the board as data: a post, the answer to one, its acceptance, words to carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered, shorten
from handlers.free_words import free
from handlers.kit import Choice
from handlers.phone_slot import KNOWN, phone_slot
from handlers.picking import one_of, sure
from services.board import KIND_NAMES
from storage.board import BoardPost

__all__ = [
    "AGREE",
    "ANSWER",
    "BARRED",
    "HOW",
    "KNOWN",
    "POST",
    "RELAY",
    "PostAct",
    "Values",
    "stars",
]

PostAct = Callable[[Session, BoardPost, datetime], None]
BARRED = re.compile(r"1\d{10}|\d{7,}")
"""Numbers that may be a phone: never on the board, where everybody reads."""
HOW = "这次互助怎么样？"


def stars(action: str, number: int) -> tuple[Choice, ...]:
    """The three answers to how it was."""
    return tuple(
        Choice(label, action, f"{number}/{value}")
        for label, value in (("很好", 3), ("还行", 2), ("不好", 1))
    )


def _ask_text(values: Values) -> str:
    like = {
        "ask": "想请邻居帮什么，什么时候。",
        "lend": "借什么，怎么拿。",
        "give": "送什么，几成新，怎么取。",
    }.get(values["kind"], "能帮什么，什么时候有空。")
    return f"请用一两句话说：{like}\n别写电话和门牌，有人应了我来牵线。\n{numbered(())}"


def _without_numbers(slot: Slot) -> Slot:
    """The slot of free words in which no phone may stand."""

    def guarded(heard: Heard, values: Values, *, sure: bool) -> str:
        if BARRED.search(heard.text):
            raise Misheard("这里谁都看得到，请别写电话。有人应了我来牵线。")
        read = slot.parse if sure else (slot.accept or slot.parse)
        words: str = read(heard, values)
        return words

    return Slot(
        slot.name,
        slot.question,
        lambda heard, values: guarded(heard, values, sure=True),
        lambda heard, values: guarded(heard, values, sure=False),
    )


def _summary(values: Values) -> str:
    return (
        f"【{KIND_NAMES[values['kind']]}】“{shorten(values['text'], 200)}”\n"
        "审核后登14天，不显示您的姓名和电话。"
    )


POST = Form(
    name="market.post",
    version=1,
    slots=(
        one_of("kind", "登哪一种？", KIND_NAMES),
        _without_numbers(free("text", _ask_text, "请用一两句话说。", longest=200)),
        sure(_summary, "登出去", {"改内容": "text", "改种类": "kind"}),
    ),
)


def _ask_words(_values: Values) -> str:
    return f"想跟对方说什么？比如什么时候方便。\n{numbered(())}"


_PHONE = phone_slot("要留电话吗？双方都留了才互相看到，也可以直接发号码。", "不留，在这里传话")

ANSWER = Form(
    name="market.answer",
    version=1,
    slots=(_without_numbers(free("words", _ask_words, "请用一句话说。", longest=100)), _PHONE),
    context=frozenset({"post", KNOWN}),
)
AGREE = Form(name="market.agree", version=1, slots=(_PHONE,), context=frozenset({"claim", KNOWN}))


def _ask_relay(_values: Values) -> str:
    return f"想让我传什么话？\n{numbered((), way_out='不传了')}"


RELAY = Form(
    name="market.relay",
    version=1,
    slots=(free("words", _ask_relay, "请用一两句话说。", longest=200),),
    context=frozenset({"claim"}),
)
