"""The offer to apply for help, beside an answer about a family in need."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.kit import Choice, Say

APPLY = Choice("我要申请帮扶", "aid.begin")
_ABOUT = re.compile(
    r"低保|救助|救济|救急|帮扶|特困|五保|困难(?:补|家|户|群|职|老)|(?:生活|家里|家庭|临时)困难|"
    r"(?:看不起|治不起|交不起|付不起|揭不开锅|吃不上饭|过不下去)|"
    r"没钱(?:看病|治|吃|上学|读书|交|过)|欠(?:了)?(?:很多|一屁股|好多)?债|孤儿|断粮"
)
_MOST = 9  # choices that have a number


def is_about(words: str) -> bool:
    """Whether the words are about somebody in need."""
    return bool(_ABOUT.search(words))


def with_offer(said: Say) -> Say:
    """What is said, with the offer to apply as the last choice."""
    if APPLY in said.choices:
        return said
    way_out = said.way_out if said.choices and said.way_out else "不用了"
    return replace(said, choices=(*said.choices[: _MOST - 1], APPLY), way_out=way_out)
