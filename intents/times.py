"""Dates and clock times as residents say them, understood in Asia/Shanghai.

明天下午三点, 周六早上8:30, 下周三, 3月5号晚上七点半, 下个月5号, 月底, 两天后, 半小时后, 今晚. A
bare weekday is the coming one, today included. A bare clock time is the next one. Hours one to six
without a part of the day are taken as afternoon, since nobody makes an appointment before dawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from intents.normalise import normalise
from intents.numerals import number

SHANGHAI = ZoneInfo("Asia/Shanghai")
_N = r"[\d〇零一二两三四五六七八九十]"
_DAYS = {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3, "大前": -3}
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_PARTS = {
    "凌晨": 2,
    "清早": 7,
    "清晨": 7,
    "早上": 8,
    "早晨": 8,
    "早": 8,
    "上午": 9,
    "中午": 12,
    "下午": 15,
    "傍晚": 18,
    "晚上": 19,
    "夜里": 22,
    "半夜": 0,
    "晚": 19,
}
_TIME = re.compile(
    rf"""(?: (?P<iso>(?:\d{{4}}[-/年])\d{{1,2}}[-/月]\d{{1,2}}[日号]?)
      | (?P<month>{_N}{{1,3}})月(?P<day>{_N}{{1,3}})[日号]
      | (?P<only>(?<![\d月])\d{{1,2}})[日号](?![楼栋院门窗线桌单])
      | (?P<near>[下上]个?|这个?|本)月(?P<near_day>{_N}{{1,3}})[日号]
      | (?<![\d一二三四五六七八九十])(?P<end>(?:下个?|这个?|本)?)月底
      | (?P<word>大?[前后][天儿]|[昨今明](?:天|日|儿|(?=[早晚]|上午|下午|中午)))个?
      | (?P<week>下下个?|下个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末1-6])
      | (?P<ahead>半|{_N}{{1,3}})个?(?P<unit>分钟|小时|钟头|天|日|周|星期|礼拜|月)
          (?P<dir>之?后|以后|之?前|以前)
      )? [的,\s]*
      (?P<part>凌晨|清早|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜
          |早(?!日|点)|晚(?!点))? \s*
      (?: (?P<hour>\d{{1,2}}|{_N}{{1,3}})(?::(?P<minute>\d{{2}})|
          [点时](?!儿|心|名|赞|都|也|不|没|半?个)(?:(?P<half>半)|(?P<quarter>[一三])刻
          |(?P<spoken>{_N}{{1,3}})分?(?!楼|栋|号|单))?) )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class TimeMatch:
    """A moment named in a text: `at` aware UTC; `clock` False where only the day was named.

    `start` and `end` count characters of the normalised text.
    """

    text: str
    start: int
    end: int
    at: datetime
    clock: bool


def find_times(text: str, now: datetime) -> list[TimeMatch]:
    """Every moment named in `text`, reckoned from the aware moment `now`, in order."""
    plain = normalise(text)
    here = now.astimezone(SHANGHAI)
    return list(_matches(plain, here))


def _matches(plain: str, here: datetime) -> Iterator[TimeMatch]:
    for match in _TIME.finditer(plain):
        named = match[0].strip(" ,的")
        if not named or not _says_when(match):
            continue
        try:
            at, clock = _moment(match, here)
        except (ValueError, OverflowError):
            continue
        start = match.start() + match[0].index(named)
        yield TimeMatch(named, start, start + len(named), at.astimezone(UTC), clock)


def _says_when(match: re.Match[str]) -> bool:
    if match["part"] in ("早", "晚") and not (match["word"] or match["hour"]):
        return bool(match["weekday"])
    if match["end"] is not None:
        return True
    days = ("iso", "month", "near", "only", "word", "weekday", "ahead", "hour")
    return any(match[day] for day in days)


def _moment(match: re.Match[str], here: datetime) -> tuple[datetime, bool]:
    if match["ahead"] and match["unit"] in ("分钟", "小时", "钟头"):
        return here + _distance(match), True
    day = _day(match, here).replace(hour=0, minute=0, second=0, microsecond=0)
    if not match["hour"]:
        part = match["part"]
        return day + timedelta(hours=_PARTS[part] if part else 0), False
    at = day + _clock(match)
    bare = day.date() == here.date() and not (match["word"] or match["weekday"] or match["only"])
    return (at + timedelta(days=1) if bare and at <= here and not match["month"] else at), True


def _day(match: re.Match[str], here: datetime) -> datetime:
    if match["iso"]:
        year, month, day = (int(n) for n in re.findall(r"\d+", match["iso"]))
        return here.replace(year=year, month=month, day=day)
    if match["month"]:
        return here.replace(day=1, month=_value(match["month"])).replace(day=_value(match["day"]))
    if match["near"] or match["end"] is not None:
        return _day_in_month(match, here)
    if match["only"]:
        return _day_of_month(int(match["only"]), here)
    return _day_by_name(match, here)


def _day_in_month(match: re.Match[str], here: datetime) -> datetime:
    """下个月5号, 月底."""
    if match["near"]:
        return _month(match["near"], here).replace(day=_value(match["near_day"]))
    return _month(match["end"] + "下", here) - timedelta(days=1)


def _day_by_name(match: re.Match[str], here: datetime) -> datetime:
    """后天, 下周三, 两天后; today where no day is named."""
    if match["word"]:
        return here + timedelta(days=_DAYS[match["word"].rstrip("天日儿")])
    if match["weekday"]:
        return _weekday(match, here)
    return here + _distance(match) if match["ahead"] else here


def _month(named: str, here: datetime) -> datetime:
    """The first of this month, of the next for each 下 in `named`, of the last for 上."""
    months = here.year * 12 + here.month - 1 + named.count("下") - named.count("上")
    return here.replace(year=months // 12, month=months % 12 + 1, day=1)


def _day_of_month(day: int, here: datetime) -> datetime:
    if day >= here.day:
        return here.replace(day=day)
    following = here.replace(day=1) + timedelta(days=32)
    return following.replace(day=day)


def _weekday(match: re.Match[str], here: datetime) -> datetime:
    named = match["weekday"]
    target = int(named) - 1 if named.isdigit() else _WEEKDAYS[named]
    monday = here - timedelta(days=here.weekday())
    week = (match["week"] or "").removesuffix("个")
    if week:
        weeks = {"下": 1, "下下": 2, "上": -1}.get(week, 0)
        return monday + timedelta(days=target, weeks=weeks)
    return here + timedelta(days=(target - here.weekday()) % 7)


def _distance(match: re.Match[str]) -> timedelta:
    count = 0.5 if match["ahead"] == "半" else float(_value(match["ahead"]))
    unit = match["unit"]
    hours = {"分钟": 1 / 60, "小时": 1.0, "钟头": 1.0, "天": 24.0, "日": 24.0, "月": 24.0 * 30}
    span = timedelta(hours=count * hours.get(unit, 24.0 * 7))
    return span if match["dir"].endswith("后") else -span


def _clock(match: re.Match[str]) -> timedelta:
    hour = _value(match["hour"])
    minute = int(match["minute"] or 0)
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一" else 45
    elif match["spoken"]:
        minute = _value(match["spoken"])
    if hour > 24 or minute > 59:
        raise ValueError(f"no such time: {hour}:{minute}")
    return timedelta(hours=_hour(hour, match["part"]), minutes=minute)


def _hour(hour: int, part: str | None) -> int:
    if part in ("下午", "傍晚", "晚上", "晚", "夜里") and hour < 12:
        return hour + 12 if part != "夜里" or hour >= 6 else hour
    if part in ("晚上", "晚", "半夜", "夜里") and hour == 12:
        return 24
    if part == "中午" and hour < 3:
        return hour + 12
    return hour + 12 if part is None and 1 <= hour <= 6 else hour


def _value(text: str) -> int:
    value = number(text)
    if value is None:
        raise ValueError(f"not a number: {text}")
    return value
