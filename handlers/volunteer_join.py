"""报名: for oneself or for somebody who gave leave; waiting, confirming, giving back."""

from __future__ import annotations

from handlers.kit import Choice, Request, Say, Turn
from handlers.volunteer_find import GONE, MINE, choose, interests, shown
from handlers.volunteer_wish import deed_of, for_whom, wish_of
from handlers.volunteer_words import label, name
from handlers.words import called_by
from services import activity_search, consents, signup_line, signups, volunteers
from services.activities import ALIVE
from services.activity_search import Found, Mine, Wish, by_id, upcoming
from services.calendar import say_moment
from services.consents import Scope
from storage.activities import SignUp
from storage.residents import Resident

NOTHING_HELD = "现在没有为您留着的名额。回复“我的报名”看报了哪些。"
OTHERS = Choice("看看别的活动", "volunteer.find")
NO_LEAVE = (
    "替别人报名要先得到对方同意：请对方在自己微信里给我发“授权”，"
    "拿到6个数字念给您，您在这里回复就行。"
)
WELCOME = "欢迎成为志愿者！"


def wanted(turn: Turn, request: Request) -> Say:
    """Signing up in words: what was named is looked up, and one tap is left."""
    wish = wish_of(turn, request.text)
    found = upcoming(turn.session, turn.community.id, wish, turn.now)
    if not found and wish.says_what and wish.says_when:
        found = upcoming(turn.session, turn.community.id, _without_day(wish), turn.now)
        if found:
            return choose(turn, found, "那个时间没有，这些时间有：")
    if not found:
        every = upcoming(turn.session, turn.community.id, Wish(kinds=interests(turn)), turn.now)
        every = every or upcoming(turn.session, turn.community.id, Wish(), turn.now)
        if not every:
            return Say("现在没有在报名的活动。回复“志愿活动”随时看新的。")
        return choose(turn, every, "没有找到您说的活动。可以报名的有：")
    if len(found) == 1:
        return shown(turn, found[0])
    return choose(turn, found, "报哪一个？")


def _without_day(wish: Wish) -> Wish:
    return Wish(kinds=wish.kinds, words=wish.words)


def wanted_for_others(turn: Turn, request: Request) -> Say:
    """帮我妈报名周六的义诊: first for whom, then as for oneself."""
    people = consents.principals_of(turn.session, turn.resident, Scope.VOLUNTEERING)
    if not people:
        return Say(NO_LEAVE + "\n不代办了，回复“菜单”。")
    found = upcoming(turn.session, turn.community.id, wish_of(turn, request.text), turn.now)
    if not found:
        return wanted(turn, request)
    if len(found) > 1:
        choices = tuple(
            Choice(label(turn, one), "volunteer.for_whom", f"{one.occasion.id}", request.text)
            for one in found[:6]
        )
        return Say("替对方报哪一个？", choices)
    return _ask_whom(turn, found[0], people, request.text)


def ask_whom(turn: Turn, request: Request) -> Say:
    """For whom the chosen activity is."""
    found = by_id(turn.session, turn.community.id, int(request.argument))
    if found is None:
        return Say(GONE)
    people = consents.principals_of(turn.session, turn.resident, Scope.VOLUNTEERING)
    return _ask_whom(turn, found, people, request.text) if people else Say(NO_LEAVE)


def _ask_whom(turn: Turn, found: Found, people: list[Resident], text: str) -> Say:
    called = {one.id: called_by(turn, one.id) for one in people}
    meant = for_whom(text).removeprefix("我")
    named = [one for one in people if meant and meant[0] in called[one.id]]
    choices = tuple(
        Choice(called[one.id], "volunteer.join", f"{found.occasion.id}:{one.id}")
        for one in (named or people)[:7]
    )
    return Say(f"{name(turn, found.activity, found.occasion)}，替谁报名？", choices)


def join(turn: Turn, request: Request) -> Say:
    """Signs up; a clash is told first. The argument is an occasion, or `occasion:resident`."""
    return _join(turn, request.argument, asked=False)


def join_anyway(turn: Turn, request: Request) -> Say:
    """Signs up although something else is at the same time."""
    return _join(turn, request.argument, asked=True)


def _join(turn: Turn, argument: str, *, asked: bool) -> Say:
    number, _, whom = argument.partition(":")
    found = by_id(turn.session, turn.community.id, int(number))
    person = _person(turn, whom)
    if found is None or person is None:
        return Say(GONE)
    clash = signups.clashes(turn.session, person, found.occasion)
    if clash and not asked:
        return Say(
            f"时间撞上了：{name(turn, *clash[0])}已经报过。",
            (Choice("照样报名", "volunteer.join_anyway", argument), MINE),
            way_out="不报了",
        )
    return _signed_up(turn, found, person)


def _person(turn: Turn, whom: str) -> Resident | None:
    """The resident themselves, or the principal of that number who gave leave."""
    if not whom:
        return turn.resident
    people = consents.principals_of(turn.session, turn.resident, Scope.VOLUNTEERING)
    return next((one for one in people if str(one.id) == whom), None)


def _signed_up(turn: Turn, found: Found, person: Resident) -> Say:
    known = volunteers.volunteer_of(turn.session, person)
    try:
        row = signups.sign_up(
            turn.session, found.occasion.id, person, turn.now, agent=turn.resident
        )
    except signups.CannotJoin as reason:
        return Say(str(reason), (OTHERS,), way_out="好了")
    if known is None:
        volunteers.register(turn.session, person, turn.now)
    who = "" if person.id == turn.resident.id else f"替{called_by(turn, person.id)}"
    said = (
        _confirmed(turn, found, who) if row.state == "confirmed" else _waits(turn, row, found, who)
    )
    first = f"{WELCOME}\n" if known is None and not who else ""
    return Say(first + said.text, said.choices, way_out=said.way_out)


def _confirmed(turn: Turn, found: Found, who: str) -> Say:
    end = "本人会收到消息，可随时取消。" if who else "前一天会提醒您。去不了请回复“取消报名”。"
    text = (
        f"{who}报上了：{name(turn, found.activity, found.occasion)}，{found.activity.place_text}。"
    )
    return Say(f"{text}\n{end}")


def _waits(turn: Turn, row: SignUp, found: Found, who: str) -> Say:
    if row.state == "offered" and row.offered_until is not None:
        until = say_moment(row.offered_until, turn.now)
        return Say(f"正给{'对方' if who else '您'}留着名额，到{until}。要来请回复“确认参加”。")
    place = signup_line.position(turn.session, row)
    text = (
        f"谢谢{'对方' if who else '您'}的热心！〔{found.activity.title}〕"
        f"{found.occasion.capacity}个名额刚好满了，{who or '已为您'}排在候补第{place}位。\n"
        "有人去不了，就按顺序通知下一位。"
    )
    return Say(text, (OTHERS,), way_out="好了")


def confirm(turn: Turn, _request: Request) -> Say:
    """确认参加: takes the places that are held."""
    held = _held(turn)
    if not held:
        return Say(NOTHING_HELD)
    taken = [
        one
        for one in held
        if signup_line.confirm(turn.session, one.row, turn.world.hours, turn.now)
    ]
    if not taken:
        return Say("名额刚过了时间，已经让给下一位了，对不住。回复“志愿活动”看别的。")
    lines = [f"{name(turn, m.activity, m.occasion)}，{m.activity.place_text}" for m in taken]
    return Say("好，给您定下了：\n" + "\n".join(lines) + "\n去不了请回复“取消报名”。")


def give_on(turn: Turn, _request: Request) -> Say:
    """让给下一位: gives back what is held."""
    given = [one for one in _held(turn) if _cancelled(turn, one)]
    if not given:
        return Say(NOTHING_HELD)
    return Say("好，让给下一位了，谢谢您告诉我们。下次再来！")


def _held(turn: Turn) -> list[Mine]:
    own = activity_search.own(turn.session, turn.resident, turn.now, ("offered",))
    return [*own, *_for_others(turn, ("offered",))]


def cancel(turn: Turn, request: Request) -> Say:
    """取消报名: which, then one tap."""
    mine = [m for m in mine_of(turn) if m.occasion.starts_at > turn.now]
    if request.argument:
        mine = [m for m in mine if str(m.occasion.id) == request.argument]
    elif deed_of(request.text) == "cancel" and len(mine) > 1:
        mine = _meant(turn, mine, request.text)
    if not mine:
        return Say("您没有能取消的报名。回复“我的报名”看报了哪些。")
    if len(mine) == 1:
        one = mine[0]
        return Say(
            f"要取消吗：{_whose(turn, one)}{name(turn, one.activity, one.occasion)}",
            (Choice("取消报名", "volunteer.cancel_now", str(one.row.id)),),
            way_out="还去",
        )
    choices = tuple(
        Choice(
            f"{_whose(turn, m)}{label(turn, Found(m.activity, m.occasion))}",
            "volunteer.cancel_now",
            str(m.row.id),
        )
        for m in mine[:8]
    )
    return Say("取消哪一个？", choices, way_out="都还去")


def _meant(turn: Turn, mine: list[Mine], text: str) -> list[Mine]:
    """Those of one's own that the words name; all where they name none."""
    wish = wish_of(turn, text)
    fitting = {
        found.occasion.id for found in upcoming(turn.session, turn.community.id, wish, turn.now)
    }
    return [m for m in mine if m.occasion.id in fitting] or mine


def mine_of(turn: Turn) -> list[Mine]:
    own = activity_search.own(turn.session, turn.resident, turn.now, ALIVE)
    return [*own, *_for_others(turn, ALIVE)]


def _for_others(turn: Turn, states: tuple[str, ...]) -> list[Mine]:
    """What was done for others, while their leave lasts."""
    people = consents.principals_of(turn.session, turn.resident, Scope.VOLUNTEERING)
    allowed = {one.id for one in people}
    found = activity_search.for_others(turn.session, turn.resident, turn.now, states)
    return [one for one in found if one.row.resident_id in allowed]


def _whose(turn: Turn, mine: Mine) -> str:
    if mine.row.resident_id == turn.resident.id:
        return ""
    return f"替{called_by(turn, mine.row.resident_id)}报的 "


def cancel_now(turn: Turn, request: Request) -> Say:
    """Gives a place back."""
    mine = next((m for m in mine_of(turn) if str(m.row.id) == request.argument), None)
    if mine is None or not _cancelled(turn, mine):
        return Say("这个报名现在不能取消了。回复“我的报名”看报了哪些。")
    return Say(
        f"取消了：{name(turn, mine.activity, mine.occasion)}。谢谢您提前告诉我们。",
        (OTHERS,),
        way_out="好了",
    )


def _cancelled(turn: Turn, mine: Mine) -> bool:
    return signups.cancel(turn.session, mine.row, turn.world.hours, turn.now, agent=turn.resident)
