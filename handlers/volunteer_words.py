"""How activities and sign-ups are said."""

from __future__ import annotations

from dialogue.words import shorten
from handlers.kit import Turn
from services import signup_line
from services.activities import when
from services.activity_search import Found, Mine
from services.calendar import say_moment
from storage.activities import Activity, Occasion, SignUp

LINE_LENGTH = 60
MOST = 6
"""Activities that one list offers."""


def label(turn: Turn, found: Found) -> str:
    """One line of a list: time, title, and whether there is room."""
    room = "（满，可候补）" if found.full else ""
    return f"{when(found.occasion, turn.now)} {shorten(found.activity.title, 14)}{room}"


def name(turn: Turn, activity: Activity, occasion: Occasion) -> str:
    """An occasion in a sentence."""
    return f"〔{activity.title}〕{when(occasion, turn.now)}"


def details(turn: Turn, found: Found) -> str:
    """What one must know before signing up."""
    activity, occasion = found.activity, found.occasion
    lines = [
        f"〔{activity.title}〕",
        f"时间：{when(occasion, turn.now)}",
        f"地点：{shorten(activity.place_text, 40)}",
        f"内容：{shorten(activity.content, LINE_LENGTH)}",
        f"条件：{shorten(activity.conditions, LINE_LENGTH)}",
        f"注意：{shorten(activity.risk, LINE_LENGTH)}",
        f"保险：{shorten(activity.insurance, 40)}",
        room(turn, occasion),
    ]
    return "\n".join(lines)


def room(turn: Turn, occasion: Occasion) -> str:
    """How many places there are and how many are gone."""
    if occasion.taken < occasion.capacity:
        return f"名额{occasion.capacity}个，还剩{occasion.capacity - occasion.taken}个"
    waiting = signup_line.waiting_count(turn.session, occasion)
    line = f"，候补{waiting}人" if waiting else "，可以排候补"
    return f"名额{occasion.capacity}个，已满{line}"


def standing(turn: Turn, mine: Mine) -> str:
    """Where a sign-up stands."""
    return _standing(turn, mine.row)


def _standing(turn: Turn, row: SignUp) -> str:
    match row.state:
        case "waiting":
            return f"候补第{signup_line.position(turn.session, row)}位"
        case "offered" if row.offered_until is not None:
            return f"有名额，留到{say_moment(row.offered_until, turn.now)}"
        case "confirmed" if row.checked_out_at is not None:
            return "已签退"
        case "confirmed" if row.checked_in_at is not None:
            return "已签到"
        case "confirmed":
            return "报上了"
    return "已取消"
