"""Words that the hall's talks share."""

from __future__ import annotations

import re

from dialogue.forms import Heard
from handlers.kit import Choice, Say, Turn
from handlers.words import has_words
from services import hall
from services.residents import mask_name
from storage.ballots import Elector
from storage.hall import Topic
from storage.residents import Resident

NOT_LISTED = "正在表决，但名单里没有您。可能是账号还没和名册对上。"
NO_BALLOT = Say(
    "现在没有正在进行的表决。",
    (Choice("看议题", "hall.topics"), Choice("我来提议", "hall.propose")),
    way_out="不看了",
)
GONE = "这个已经没有了。回复“议题”看现在的。"


_ASIDE = re.compile(r"[?？]|[吗呢]$|怎么|什么时候|在哪|叫.{0,2}人|人工|工作人员|着火|煤气")


def told(heard: Heard) -> bool:
    """Whether words are surely meant for a form that asks for free words: no question, no call."""
    return has_words(heard.text) and not heard.text.isdecimal() and not _ASIDE.search(heard.text)


def voice_name(turn: Turn, elector: Elector, voter: Resident) -> str:
    """Whose vote it is: the home or place in the register, and whom one acts for."""
    if voter.id == turn.resident.id:
        return elector.label
    name = mask_name(voter.name) if voter.name else "委托人"
    return f"{elector.label}（替{name}）"


def topic_of(turn: Turn, argument: str) -> Topic | None:
    """The topic whose number an argument is."""
    if not argument.isdecimal():
        return None
    return hall.topic_of(turn.session, turn.community.id, int(argument))
