"""What a message about activities wants: the deed, the day, the kind, the words of a title."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers.kit import Turn
from intents.normalise import normalise
from intents.times import find_times
from services import residents
from services.activity_kinds import kinds_in
from services.activity_search import Wish
from services.calendar import CHINA
from services.places import place_by_code

_DEEDS = (
    (
        "certificate",
        re.compile(r"证书|证明|开个?证"),
    ),
    (
        "cancel",
        re.compile(r"取消|不去|去不了|来不了|不参加|参加不了|退出|退了|有事去|没空去|别给我报"),
    ),
    (
        "check",
        re.compile(r"签到|签退|打卡|扫码"),
    ),
    (
        "rate",
        re.compile(r"评价|打分|评一评"),
    ),
    (
        "mine",
        re.compile(
            r"我报(?:了|的|过)|我的报名|报了(?:哪|什么|几)|候补(?:到|第几|排)|排到第?几|报上了?(?:吗|没)"
        ),
    ),
    (
        "hours",
        re.compile(r"时长|时数|几个?小时|多少(?:个)?(?:小时|钟头)|服务了多"),
    ),
    (
        "register",
        re.compile(r"注册|登记|成为志愿者|当(?:个)?志愿者|做(?:个)?志愿者|加入志愿"),
    ),
    (
        "others",
        re.compile(r"[帮替给](?:我)?(?!忙)[^，,。]{1,8}?(?:报名|报个名|报一?下|报上)"),
    ),
    (
        "join",
        re.compile(r"报名|报个名|报一?个|参加|算我一个|我要去|我想去|我也去|加我一个"),
    ),
)
_WEEK = re.compile(
    r"这(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])|本周(?![一二三四五六日天末])|最近一周"
)
_NEXT_WEEK = re.compile(r"下(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天末])")
_WEEKEND = re.compile(r"周末|双休")
_NEAR = re.compile(r"附近|近的|旁边|家门口|楼下|离我(?:家)?|我家这")
_WHO = re.compile(r"[帮替给](我?[^，,。的]{1,8}?)(?:报名|报个名|报一?下|报上|也报)")
_FILLER = re.compile(
    r"报个?名|参加|活动|志愿者?|服务|我们?|想|要|去|的|了|吗|呢|吧|啊|有没有|有什么|哪些|什么|还有|"
    r"可以|能|怎么|在|这|那|个|场|帮|替|给|请|一下|取消|附近|近的?|周末?|星期|礼拜|最近|社区|今天|明天|"
    r"上午|下午|晚上|早上|看看|查|有|没|[一二三四五六日天]$|[ ,.?!:;\d]"
)


def deed_of(text: str) -> str:
    """What is to be done: one of the deeds above, or `find`."""
    plain = normalise(text)
    return next((deed for deed, pattern in _DEEDS if pattern.search(plain)), "find")


def for_whom(text: str) -> str:
    """How the one is called for whom somebody signs up (我妈); empty where it is nobody."""
    found = _WHO.search(normalise(text))
    return found[1] if found else ""


def wish_of(turn: Turn, text: str) -> Wish:
    """Days, part of the day, kinds, words and place that a message names."""
    plain = normalise(text)
    wish = _when(plain, turn.now)
    rest = plain
    for match in reversed(find_times(plain, turn.now)):
        rest = rest[: match.start] + " " + rest[match.end :]
    rest = _WHO.sub(" ", rest) if for_whom(text) else rest
    words = tuple(sorted(_pieces(_FILLER.sub(" ", rest))))
    near = _near(turn, plain)
    return replace(wish, kinds=kinds_in(rest), words=words, near=near)


def _pieces(rest: str) -> set[str]:
    """Every two neighbouring characters: a title that holds one is likely meant."""
    return {word[at : at + 2] for word in rest.split() for at in range(len(word) - 1)}


def _when(plain: str, now: datetime) -> Wish:
    today = now.astimezone(CHINA).date()
    monday = today - timedelta(days=today.weekday())
    if _WEEKEND.search(plain):
        week = 7 if "下" in plain else 0
        return Wish(monday + timedelta(days=5 + week), monday + timedelta(days=6 + week))
    if _NEXT_WEEK.search(plain):
        return Wish(monday + timedelta(days=7), monday + timedelta(days=13))
    times = find_times(plain, now)
    if times:
        return _day(times[0].at)
    if _WEEK.search(plain):
        return Wish(today, monday + timedelta(days=6))
    return Wish()


def _day(at: datetime) -> Wish:
    local = at.astimezone(CHINA)
    day: date = local.date()
    if local.hour == 0:
        return Wish(day, day)
    part = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    return Wish(day, day, part)


def _near(turn: Turn, plain: str) -> str:
    """The path of the place that was named, or of the resident's home where 附近 was said."""
    if not _NEAR.search(plain):
        return ""
    gazetteer = turn.world.gazetteer(turn.session, turn.community.id)
    for match in gazetteer.find(plain):
        place = place_by_code(turn.session, turn.community.id, match.code)
        if place is not None:
            return place.path
    return residents.home_path(turn.session, turn.resident) or ""


def asks_near(text: str) -> bool:
    """Whether what is close by is wanted."""
    return _NEAR.search(normalise(text)) is not None
