"""找活动: the activities to come, and what one of them is about."""

from __future__ import annotations

from handlers import volunteer_wish
from handlers.kit import Choice, Request, Say, Turn
from handlers.volunteer_words import MOST, details, label
from services import consents, signups, volunteers
from services.activities import ALIVE
from services.activity_kinds import KINDS
from services.activity_search import Found, Wish, by_id, next_of, upcoming
from services.consents import Scope

NOTHING = "最近没有在报名的活动。有了新活动，回复“志愿活动”就能看到。"
GONE = "没有找到这场活动，可能已经取消了。回复“志愿活动”看别的。"
FIRST_TIME = "第一次报名会登记为志愿者，只记您报了什么、来了多久。"
MINE = Choice("我报的", "volunteer.mine")


def listed(turn: Turn, request: Request) -> Say:
    """What fits the words of the message; without any, all to come."""
    wish = volunteer_wish.wish_of(turn, request.text)
    if volunteer_wish.asks_near(request.text) and not wish.near:
        return _all(turn, "您说一下楼栋，比如“3栋附近的活动”，我按远近排。先看全部：")
    if request.argument == "interests":
        wish = Wish(kinds=interests(turn))
    found = upcoming(turn.session, turn.community.id, wish, turn.now)
    if not found:
        return _all(turn, _none(wish))
    return choose(turn, found, "这些活动可以报名：")


def interests(turn: Turn) -> tuple[str, ...]:
    """What a registered volunteer likes to do."""
    volunteer = volunteers.volunteer_of(turn.session, turn.resident)
    return tuple(volunteer.interests) if volunteer else ()


def _none(wish: Wish) -> str:
    what = "、".join(KINDS[kind] for kind in wish.kinds)
    return f"没有找到您说的{what}活动。" + ("别的时间有：" if wish.says_when else "别的活动有：")


def _all(turn: Turn, lead: str) -> Say:
    found = upcoming(turn.session, turn.community.id, Wish(), turn.now)
    return choose(turn, found, lead) if found else Say(NOTHING)


def choose(turn: Turn, found: list[Found], lead: str) -> Say:
    """A list to tap; each opens the details."""
    choices = [
        Choice(label(turn, one), "volunteer.show", str(one.occasion.id)) for one in found[:MOST]
    ]
    if len(found) > MOST:
        choices.append(Choice("只看合我兴趣的", "volunteer.by_interest"))
    return Say(lead, (*choices, MINE), way_out="不看了")


def by_interest(turn: Turn, _request: Request) -> Say:
    """What fits the interests that the volunteer named; who named none is asked for them."""
    kinds = interests(turn)
    if not kinds:
        return Say("您还没说过喜欢做什么。", (Choice("说一下", "volunteer.register"), MINE))
    found = upcoming(turn.session, turn.community.id, Wish(kinds=kinds), turn.now)
    if not found:
        return _all(turn, "合您兴趣的暂时没有。别的活动有：")
    return choose(turn, found, "合您兴趣的：")


def show(turn: Turn, request: Request) -> Say:
    """One activity in a few lines, with the tap that signs up."""
    found = by_id(turn.session, turn.community.id, _number(request.argument))
    return shown(turn, found) if found else Say(GONE)


def shown(turn: Turn, found: Found) -> Say:
    """The details with what can be done."""
    number = str(found.occasion.id)
    mine = signups.of(turn.session, found.occasion, turn.resident)
    if found.occasion.state != "open" or found.activity.state != "published":
        return Say(f"〔{found.activity.title}〕这场已经取消了。", (MINE,), way_out="好了")
    choices: tuple[Choice, ...]
    if mine is not None and mine.state in ALIVE:
        choices = (Choice("取消报名", "volunteer.cancel", number),)
    else:
        choices = (Choice(_join_label(turn, found), "volunteer.join", number),)
    if consents.principals_of(turn.session, turn.resident, Scope.VOLUNTEERING):
        choices = (*choices, Choice("替别人报名", "volunteer.for_whom", number))
    known = volunteers.volunteer_of(turn.session, turn.resident)
    first = "" if known else f"\n{FIRST_TIME}"
    return Say(details(turn, found) + first, choices, way_out="不了")


def _join_label(turn: Turn, found: Found) -> str:
    what = "排候补" if found.full else "报名"
    known = volunteers.volunteer_of(turn.session, turn.resident)
    return what if known else f"登记为志愿者并{what}"


def scanned(turn: Turn, request: Request) -> Say:
    """Somebody scanned the poster of an activity."""
    number = _number(request.argument)
    found = next_of(turn.session, turn.community.id, number, turn.now)
    return shown(turn, found) if found else _all(turn, "这个活动现在不能报名。别的活动有：")


def _number(argument: str) -> int:
    return int(argument) if argument.isdecimal() and len(argument) < 16 else 0
