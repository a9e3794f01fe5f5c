"""Someone was there before: like cases are offered in the middle of a report, one tap joins."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from dialogue.forms import Heard, Misheard, Redo, Slot, Values
from dialogue.words import numbered, shorten, tapped
from handlers.kit import Say, Turn
from handlers.report_summary import described
from handlers.words import has_words
from intents.tickets import format_ticket
from services import case_similar, cases, followers
from services.case_states import STATE_WORDS, State
from services.places import place_by_code

_SAME = re.compile(r"我也(?:是|要|一样)|一样|就是(?:这件|它|这个)?|是的?|对的?|同一件.*|\+1|加一")
_OTHER = re.compile(r"(?:是|不是)?(?:另|别的|其他).*|不是.*|不一样|不同|都不是|否|新的")
JOINED = "joined"
CLOSED_MEANWHILE = "这件事刚刚办结了。还没好就再说一遍，我记成新的。"


def find(turn: Turn, values: Values, told: Values) -> list[dict[str, Any]] | None:
    """Like cases for a report, once its words and a known place are told; None before that."""
    both = {**told, **values}
    words, place = both.get("description"), both.get("place")
    if not words or not has_words(words) or not place or values.get("confidential"):
        return None
    known = place_by_code(turn.session, turn.community.id, place["code"]) if place["code"] else None
    if known is None:
        return None
    category = (both.get("category") or {"code": ""})["code"]
    report = case_similar.Report(words, known, category)
    found = case_similar.similar(turn.session, turn.resident, report)
    return [asdict(one) for one in found]


def _line(one: Values) -> str:
    also = f"，已有{one['households']}户关注" if one["households"] > 1 else ""
    number, title = format_ticket(one["number"]), shorten(one["title"], 24)
    mine = "（您反映的）" if one["own"] else ""
    return f"〔{number}〕{title}{mine}，{STATE_WORDS[State(one['state'])]}{also}"


def _ask(values: Values) -> str:
    found = values["similar"]
    if len(found) > 1:
        labels = [_line(one) for one in found]
        return "差不多的事已经有人反映过，是哪一件？\n" + numbered([*labels, "是另一件事"])
    mine = found[0]["own"]
    lead = "您反映过这件事：" if mine else "这件事邻居已经反映过："
    join = "就是这件，加上刚才说的" if mine else "我也是（有进展告诉我）"
    return f"{lead}\n{_line(found[0])}\n{numbered((join, '是另一件事'))}"


def _read(heard: Heard, values: Values) -> Any:
    found = values["similar"]
    picked = tapped(heard.word)
    if picked == len(found) + 1 or _OTHER.fullmatch(heard.word):
        return "other"
    if picked is None and len(found) == 1 and _SAME.fullmatch(heard.word):
        picked = 1
    if not picked or picked > len(found):
        raise Misheard(f"请回复 1 到 {len(found) + 1} 中的一个数字。")
    return Redo((), {"same": found[picked - 1]["number"], "confirm": JOINED})


SLOT = Slot("same", _ask, _read, opened_by="similar", leaves=True)


def join(turn: Turn, values: Values) -> Say:
    """Joins the case that was chosen: a neighbour's follows it, one's own takes the words."""
    case = case_similar.may_join(turn.session, turn.resident, values["same"])
    if case is None:
        return Say(CLOSED_MEANWHILE)
    number, photos = format_ticket(case.number), tuple(values.get("photo", ()))
    if case.resident_id == turn.resident.id:
        hours, words = turn.world.hours, described(values)
        cases.add(turn.session, case, turn.resident, words, photos, turn.now, hours=hours)
        return Say(f"已加到〔{number}〕，工作人员会看到。\n随时回复“进度”查看。")
    followers.join(turn.session, case, turn.resident, turn.now, described(values), photos)
    households = 1 + followers.counts(turn.session, [case.id]).get(case.id, 0)
    return Say(
        f"好，您也算一户。〔{number}〕已有{households}户关注，有进展告诉您。\n随时回复“进度”查看。"
    )
