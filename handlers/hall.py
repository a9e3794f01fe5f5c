"""议事投票: topics, votes, opinions, proposals, questionnaires; told in `hall_*.py`, wired here."""

from __future__ import annotations

import re

from deliberation.receipts import parse
from handlers import hall_opinions, hall_propose, hall_sheets, hall_topics, hall_vote
from handlers.kit import Action, Request, Say, Service, Turn
from intents.normalise import normalise

NAME = "hall"
CONFIRM = "confirm"
_RECEIPT = re.compile(
    r"(?:核对|查|回执)?\s*[:：]?\s*([0-9a-z]{4}\s*-?\s*[0-9a-z]{3})", re.IGNORECASE
)
_MEANT: tuple[tuple[re.Pattern[str], Action], ...] = (
    (re.compile(r"问卷|调查"), hall_sheets.sheets),
    (re.compile(r"结果|通过了?[吗没]|选上"), hall_topics.results),
    (re.compile(r"我的?(?:意见|提议|建议).*(?:怎么样|咋样|采纳|下文)"), hall_topics.mine),
    (re.compile(r"附议|谁的提议"), hall_propose.listed),
    (re.compile(r"提议|提案|提个|建议"), hall_propose.propose),
    (re.compile(r"投票|表决|投一票|怎么投|改票"), hall_vote.vote),
    (re.compile(r"表态|意见|看法"), hall_opinions.opinions),
)


def rule(text: str) -> str | None:
    """A receipt, right to its check character and with a letter in it; or 核对 before a code."""
    found = _RECEIPT.fullmatch(normalise(text).strip())
    if found is None:
        return None
    told = "核对" in text or "回执" in text
    letters = any(char.isalpha() for char in found[1])
    return found[1] if told or (letters and "-" in found[1] and parse(found[1])) else None


def follow(_turn: Turn, text: str) -> str | None:
    """确认 once more, after the vote was cast."""
    return CONFIRM if normalise(text).strip(" .!。！") in ("确认", "确认投出", "投出") else None


def hall(turn: Turn, request: Request) -> Say:
    """A receipt is checked; else what the words are about, or the topics."""
    if request.argument == CONFIRM:
        return Say("没有等您确认的票；投出过的都算数。回复“表决”可以看、可以改。")
    if request.argument:
        return hall_topics.check(turn, request.argument)
    turn.inbound.intent = "deliberate"
    for pattern, action in _MEANT:
        if pattern.search(request.text):
            return action(turn, request)
    return hall_topics.topics(turn, request)


SERVICE = Service(
    name=NAME,
    actions={
        NAME: hall,
        **hall_topics.ACTIONS,
        **hall_vote.ACTIONS,
        **hall_opinions.ACTIONS,
        **hall_propose.ACTIONS,
        **hall_sheets.ACTIONS,
    },
    intents={"deliberate": NAME},
    titles={"deliberate": "议事投票"},
    commands={
        "议题": "hall.topics",
        "议事": "hall.topics",
        "议事厅": "hall.topics",
        "表决": "hall.vote",
        "投票": "hall.vote",
        "表态": "hall.opinions",
        "提议": "hall.propose",
        "附议": "hall.proposals",
        "我的提议": "hall.my_proposals",
        "我的意见": "hall.mine",
        "问卷": "hall.sheets",
        "表决结果": "hall.results",
        "投票结果": "hall.results",
        "议事邀请": "hall.invitations",
    },
    scenes={"topic": "hall.topic"},
    forms=(
        *hall_vote.FORMS,
        *hall_opinions.FORMS,
        *hall_propose.FORMS,
        *hall_sheets.FORMS,
    ),
    rule=rule,
    follow=follow,
    answers_in_between=frozenset({NAME, "hall.topics", "hall.results", "hall.mine"}),
)
