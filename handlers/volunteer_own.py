"""我的志愿: what one signed up for, one's hours, the certificate, the rating."""

from __future__ import annotations

from handlers.kit import Choice, Request, Say, Turn
from handlers.volunteer_find import MINE
from handlers.volunteer_join import OTHERS, mine_of
from handlers.volunteer_words import name, standing
from handlers.words import called_by
from services import activity_ratings, certificates, volunteer_hours
from services.activity_ratings import AGAIN, VERDICTS
from services.certificates import NoHours, ShownName
from services.volunteer_hours import HOUR_NAMES, HourEntry, say_minutes

MOST_ENTRIES = 5


def mine(turn: Turn, _request: Request) -> Say:
    """What one signed up for, with the place in line."""
    found = mine_of(turn)
    if not found:
        return Say("您现在没有报名的活动。", (OTHERS,), way_out="好了")
    lines = []
    for one in found[:8]:
        own = one.row.resident_id == turn.resident.id
        whose = "" if own else f"（替{called_by(turn, one.row.resident_id)}）"
        lines.append(f"{name(turn, one.activity, one.occasion)}：{standing(turn, one)}{whose}")
    choices = (Choice("取消报名", "volunteer.cancel"), OTHERS)
    return Say("您报的活动：\n" + "\n".join(lines), choices, way_out="好了")


def hours(turn: Turn, _request: Request) -> Say:
    """The two totals, never one, and the newest entries."""
    found = volunteer_hours.totals(turn.session, turn.resident)
    entries = volunteer_hours.entries_of(turn.session, turn.resident, MOST_ENTRIES)
    if not entries:
        return Say(
            "您还没有记下的志愿时长。参加活动，签到签退后由工作人员确认。",
            (OTHERS, MINE),
            way_out="好了",
        )
    lines = [
        f"信用时长（签到签退）：{say_minutes(found.credit)}",
        f"荣誉时长（工作人员补记）：{say_minutes(found.honour)}",
        "最近：",
        *(_entry(turn, entry) for entry in entries),
    ]
    return Say("\n".join(lines), (Choice("开证明", "volunteer.certificate"), MINE), way_out="好了")


def _entry(turn: Turn, entry: HourEntry) -> str:
    what = volunteer_hours.activity_title(turn.session, entry) or entry.reason[:14]
    kind = HOUR_NAMES[entry.kind][:2]
    fixed = "（更正）" if entry.corrects_id else ""
    day = entry.served_on
    return f"{day.month}月{day.day}日 {kind} {say_minutes(entry.minutes)} {what}{fixed}"


def certificate(turn: Turn, _request: Request) -> Say:
    """Which name may be printed."""
    found = volunteer_hours.totals(turn.session, turn.resident)
    if found.credit <= 0 and found.honour <= 0:
        return Say("还没有可以证明的时长。参加活动后再来开。", (OTHERS,), way_out="好了")
    if not turn.resident.name:
        nameless = (
            Choice("开一张不写名字的", "volunteer.issue", ShownName.NONE.value),
            Choice("先登记姓名", "person", "", "志愿服务证明要写姓名，请帮我登记"),
        )
        return Say("这里没有您的姓名。", nameless, way_out="先不开")
    choices = (
        Choice("写全名", "volunteer.issue", ShownName.FULL.value),
        Choice("只写姓", "volunteer.issue", ShownName.FAMILY.value),
        Choice("不写名字", "volunteer.issue", ShownName.NONE.value),
    )
    return Say("证明上怎么写您的名字？", choices, way_out="先不开")


def issue(turn: Turn, request: Request) -> Say:
    """Makes the certificate and says where it is."""
    try:
        row = certificates.issue(turn.session, turn.resident, ShownName(request.argument), turn.now)
    except NoHours:
        return certificate(turn, request)
    where = f"/public/{turn.community.code}/certificates/{row.code}"
    return Say(
        f"开好了，查验码 {certificates.grouped(row.code)}。\n"
        f"打开可以打印：{turn.world.public_url}{where}\n"
        "谁有查验码，谁就能在这个页面核对真假。"
    )


def rate(turn: Turn, request: Request) -> Say:
    """The first tap: how it was. The argument is the occasion, or empty for the newest."""
    found = activity_ratings.to_rate(turn.session, turn.resident, turn.now)
    if request.argument:
        found = [one for one in found if str(one[1].id) == request.argument]
    if not found:
        return Say("现在没有要评价的活动。", (MINE, OTHERS), way_out="好了")
    return ask_verdict(found[0][1].id, f"〔{found[0][0].title}〕")


def ask_verdict(occasion_id: int, lead: str) -> Say:
    """Asks how an occasion was."""
    choices = tuple(
        Choice(words, "volunteer.verdict", f"{occasion_id}:{number}")
        for number, words in VERDICTS.items()
    )
    return Say(f"{lead}怎么样？", choices, way_out="先不说")


def verdict(turn: Turn, request: Request) -> Say:
    """Stores the first tap and asks for the second."""
    occasion, _, answer = request.argument.partition(":")
    if not activity_ratings.may_rate(turn.session, turn.resident, int(occasion)):
        return Say("参加过的活动才能评价。")
    activity_ratings.rate(turn.session, turn.resident, int(occasion), turn.now, verdict=int(answer))
    choices = tuple(
        Choice(words, "volunteer.again", f"{occasion}:{number}") for number, words in AGAIN.items()
    )
    return Say("记下了。这样的活动您还来吗？", choices, way_out="先不说")


def again(turn: Turn, request: Request) -> Say:
    """Stores the second tap."""
    occasion, _, answer = request.argument.partition(":")
    activity_ratings.come_again(turn.session, turn.resident, int(occasion), int(answer))
    return Say("谢谢您，办活动的人会看到。想细说，直接写给我就行。")
