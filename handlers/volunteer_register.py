"""志愿者登记: consent, interests, team; asked once, changed at any time."""

from __future__ import annotations

import re

from dialogue.forms import Form, Heard, Misheard, Slot, Values
from dialogue.words import numbered
from handlers.kit import Begin, Choice, Request, Say, Turn
from handlers.volunteer_find import MINE
from handlers.volunteer_join import OTHERS
from intents.normalise import normalise
from services import volunteers
from services.activity_kinds import KINDS, kinds_in
from services.volunteers import TEAM_LENGTH

_SKIP = re.compile(r"跳过|没有|无|都行|都可以|随便|不说")
_OFFERED = {code: words for code, words in KINDS.items() if code != "other"}


def register(turn: Turn, _request: Request) -> Say:
    """What is kept and for what, before anything is asked."""
    row = volunteers.volunteer_of(turn.session, turn.resident)
    if row is None:
        return Say(
            "登记为志愿者，我们会记下：您喜欢做什么、和谁一队、报了哪些活动、服务了多久。"
            "只有社区工作人员看得到，随时可以退出。",
            (Choice("同意登记", "volunteer.agree"),),
            way_out="先不登记",
        )
    likes = "、".join(KINDS[code] for code in row.interests) or "没有说"
    return Say(
        f"您已经是志愿者了。\n喜欢：{likes}\n队伍：{row.team or '没有说'}",
        (Choice("改一下", "volunteer.agree"), Choice("退出志愿者", "volunteer.leave"), MINE),
        way_out="好了",
    )


def agree(turn: Turn, _request: Request) -> Say:
    """Registers, and asks what the volunteer likes."""
    volunteers.register(turn.session, turn.resident, turn.now)
    return Say(begin=Begin(FORM.name, text=""))


def leave(turn: Turn, _request: Request) -> Say:
    """Leaves at once; the hours stay."""
    volunteers.leave(turn.session, turn.resident, turn.now)
    return Say("好，已经退出，谢谢您的付出。做过的时长都留着，想回来随时说“我要当志愿者”。")


def _ask_interests(_values: Values) -> str:
    listed = "　".join(f"{words}" for words in _OFFERED.values())
    return f"您喜欢做哪些？可以说几样，都行就说“都行”：\n{listed}\n{numbered(())}"


def _read_interests(heard: Heard, _values: Values) -> list[str]:
    plain = normalise(heard.text)
    named = [code for code, words in _OFFERED.items() if _named(words, plain)]
    named += [code for code in kinds_in(plain) if code not in named]
    if named:
        return named
    if _SKIP.search(plain):
        return []
    raise Misheard("请说其中几样，比如“清洁环保和助老陪伴”，或说“都行”。")


def _named(words: str, plain: str) -> bool:
    return words in plain or words[:2] in plain


def _ask_team(_values: Values) -> str:
    return f"您和哪个队伍或单位一起？没有就说“没有”。\n{numbered(())}"


def _read_team(heard: Heard, _values: Values) -> str:
    if _SKIP.fullmatch(heard.word):
        return ""
    raise Misheard("请说队伍的名字，没有就说“没有”。")


def _take_team(heard: Heard, values: Values) -> str:
    words = heard.text.strip()
    if not words or len(words) > TEAM_LENGTH:
        return _read_team(heard, values)
    return words


FORM = Form(
    name="volunteer",
    version=1,
    slots=(
        Slot("interests", _ask_interests, _read_interests),
        Slot("team", _ask_team, _read_team, _take_team),
    ),
)


def registered(turn: Turn, values: Values) -> Say:
    """Keeps what was told."""
    row = volunteers.register(
        turn.session,
        turn.resident,
        turn.now,
        interests=values["interests"],
        team=values["team"],
    )
    likes = "、".join(KINDS[code] for code in row.interests) or "都行"
    return Say(f"登记好了，喜欢：{likes}。", (OTHERS,), way_out="好了")
