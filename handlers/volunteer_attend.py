"""签到签退: by the code on the organiser's screen or the QR code on the spot."""

from __future__ import annotations

import re

from handlers.kit import Request, Say, Turn
from handlers.volunteer_find import MINE
from handlers.volunteer_own import ask_verdict
from intents.normalise import normalise
from services import attendance
from services.attendance import Checked, Step
from services.calendar import CHINA
from services.volunteer_hours import say_minutes
from storage.activities import Activity, Occasion, SignUp

_CODE = re.compile(r"(?:(?:我要)?(?:签到|签退|打卡)码?|码)?[ :是]*(\d{4})[ 。.!]*")
NOTHING = "现在没有您报名的活动在签到。活动开始前半小时起可以签到。"


def code_in(text: str) -> str | None:
    """The four digits of a message that is nothing else."""
    found = _CODE.fullmatch(normalise(text))
    return found[1] if found else None


def ask(turn: Turn, _request: Request) -> Say:
    """签到 without a code: where the code is to be found."""
    found = attendance.pending(turn.session, turn.resident, turn.now)
    if found.sign_up is None or found.activity is None:
        return Say(NOTHING, (MINE,), way_out="好了")
    what = "签退" if found.sign_up.checked_in_at else "签到"
    return Say(
        f"〔{found.activity.title}〕{what}：请回复组织者屏幕上的4位数字，一分钟换一次；"
        "也可以扫现场的二维码。\n不签了，回复“菜单”。"
    )


def typed(turn: Turn, code: str) -> Say:
    """A code was typed."""
    return _said(turn, attendance.by_code(turn.session, turn.resident, code, turn.now), code)


def scanned(turn: Turn, request: Request) -> Say:
    """The QR code on the spot was scanned."""
    return _said(turn, attendance.by_scene(turn.session, turn.resident, request.argument, turn.now))


def _said(turn: Turn, done: Checked, code: str = "") -> Say:
    if done.activity is None or done.occasion is None or done.sign_up is None:
        about = "查反映的事要带末尾那一位，比如 1042-7。" if code else ""
        return Say(f"{NOTHING}\n{about}".strip(), (MINE,), way_out="好了")
    if done.step is Step.OUT:
        return _out(turn, done.activity, done.occasion, done.sign_up)
    title = f"〔{done.activity.title}〕"
    words = {
        Step.IN: f"{_clock(turn)} 签到成功，{title}。\n"
        "结束时再回复屏幕上新的4位数字签退，时长才算数。",
        Step.ALREADY: f"{title}{_already(done.sign_up)}",
        Step.LOCKED: f"{title}数字错了太多次，请找现场组织者帮您登记。",
        Step.WRONG: f"数字不对，可能刚换过。请看{title}屏幕上最新的4位再回复。",
        Step.NOTHING: f"{title}已经结束，没有签到记录。请找组织者核实。",
    }
    return Say(words[done.step])


def _clock(turn: Turn) -> str:
    local = turn.now.astimezone(CHINA)
    return f"{local.hour}:{local.minute:02d}"


def _out(turn: Turn, activity: Activity, occasion: Occasion, row: SignUp) -> Say:
    """What was served, and the first of the two taps."""
    minutes = attendance.minutes_served(row, occasion)
    lead = (
        f"{_clock(turn)} 签退成功，〔{activity.title}〕辛苦了！\n"
        f"这次{say_minutes(minutes)}，工作人员确认后记入信用时长。\n"
    )
    return ask_verdict(occasion.id, f"{lead}这次活动")


def _already(row: SignUp) -> str:
    if row.checked_out_at is not None:
        return "您已经签退了，工作人员确认后记入时长。"
    return "您已经签到了。结束时再用新的数字签退。"
