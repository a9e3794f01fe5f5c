"""What is said about each kind of public information; None where there is nothing to say."""

from __future__ import annotations

import re
from datetime import date

from dialogue.words import shorten
from handlers.kit import Choice, Say, Turn
from services import notices as published
from services import public_desk, sheets
from services.calendar import CHINA
from services.money import say_yuan
from services.places import responsible_for
from services.residents import home_path
from services.subscriptions import TOPICS
from storage.information import FundEntry, Notice, ServiceEntry

TITLE, MOST_TEXT, MOST_FIELD, MOST_CHOICES = 24, 200, 60, 4
MOST_LINES, LONGEST_NAME = 10, 16
OUTAGE = re.compile(r"停水|停电|停气|停暖")
_YEAR = re.compile(r"(20\d\d)年?")
_OURS = re.compile(r"社区|居委|值班|燃气|街道|网格|地址|上班|下班|开门")
_GRID = re.compile(r"网格员|网格长")


def notices(turn: Turn, words: str) -> Say | None:
    """The notices that are meant, else the newest; an outage nobody announced is said so."""
    found = public_desk.find_notices(turn.session, turn.community.id, words, _today(turn))
    everything = published.public(turn.session, turn.community.id, _today(turn))
    outage = OUTAGE.search(words)
    if outage:
        found = [one for one in everything if outage[0] in f"{one.title}{one.text}"]
    if found:
        return _several(turn, found, "和您问的有关的通知：")
    if outage:
        line = f"可以打社区电话 {turn.community.phone} 问。" if turn.community.phone else ""
        return Say(f"没有查到{outage[0]}的通知。{line}")
    if not everything:
        return None
    lead = "没查到这一条。" if public_desk.subject_of(words) else ""
    return _several(turn, everything, f"{lead}现在有{len(everything)}条通知：")


def notice(turn: Turn, notice_id: int) -> Say:
    """One notice with its day and the address of the whole."""
    found = published.public_one(turn.session, turn.community.id, notice_id, _today(turn))
    if found is None:
        return Say("这条通知已经撤下或过期了。回复“通知”看最近的。")
    return _told(turn, found)


def services(turn: Turn, words: str) -> Say | None:
    """The services that are meant, each in a few lines; else which lists there are."""
    found = public_desk.find_services(turn.session, turn.community.id, words)
    link = _link(turn, "lists")
    if found:
        return Say("\n".join([*_entries(found), *link]))
    one_list = _list_meant(turn, words)
    if one_list:
        return Say("\n".join([one_list, *link]))
    kinds = [name for kind, name in sheets.LISTS.items() if _has(turn, kind)]
    if not kinds:
        return None
    rows = sheets.public_services(turn.session, turn.community.id)
    some = "、".join(shorten(row.name, 12) for row in rows[:5])
    told = f"公开的有：{'、'.join(kinds)}，共{len(rows)}项，如{some}。"
    return Say("\n".join([told, "要办哪一项，直接说，比如“居住证明怎么开”。", *link]))


def _list_meant(turn: Turn, words: str) -> str:
    """The lines of the list that is named by its first word: 自治, 协助, 公共."""
    for kind, name in sheets.LISTS.items():
        if name[:2] not in words:
            continue
        rows = sheets.public_services(turn.session, turn.community.id, kind)
        if rows:
            told = "、".join(shorten(row.name, 14) for row in rows[:MOST_LINES])
            more = " 等" if len(rows) > MOST_LINES else ""
            return f"{name}，共{len(rows)}项：\n{told}{more}。\n想细问哪一项，直接说它的名字。"
    return ""


def names_project(turn: Turn, words: str) -> bool:
    """Whether the words are no more than the name of a project that is public in some year."""
    if not 2 < len(words) <= LONGEST_NAME or not public_desk.subject_of(words):
        return False
    return bool(public_desk.find_projects(words, _all_lines(turn)))


def _all_lines(turn: Turn) -> list[FundEntry]:
    found = sheets.public(turn.session, turn.community.id, sheets.FUNDS)
    return [line for sheet in found for line in sheets.funds_of(turn.session, sheet)]


def funds(turn: Turn, words: str) -> Say | None:
    """The project that is meant, else the sums of the year with the three largest."""
    year = _year(words, _today(turn))
    found = public_desk.funds(turn.session, turn.community.id, year)
    if found is None:
        newest = public_desk.funds(turn.session, turn.community.id)
        if newest is None:
            return None
        lead, found = f"{year}年的还没公开。", newest
    else:
        lead = ""
    link = _link(turn, "funds")
    asked = public_desk.find_projects(_YEAR.sub("", words), found.lines) if words else []
    if words and not asked and year is None:
        asked = public_desk.find_projects(words, _all_lines(turn))
    if asked:
        return Say("\n".join([*(public_desk.said_project(one) for one in asked), *link]))
    top = sorted(found.lines, key=lambda line: -line.amount)[:3]
    sums = found.totals
    lines = [
        f"{lead}{found.sheet.year}年惠民资金共{say_yuan(sums.amount)}，已用{say_yuan(sums.used)}，"
        f"{len(found.lines)}个项目。最多的是：",
        *(public_desk.said_project(line) for line in top),
        *link,
        "觉得不对，回复“监督举报”，只有核查的人看得到。",
    ]
    return Say("\n".join(lines))


def contact(turn: Turn, words: str) -> Say | None:
    """The numbers that the community has, and where and when its office is open."""
    home = turn.community
    found = [row for row in public_desk.find_services(turn.session, home.id, words) if row.phone]
    lines = [f"{row.name}：{row.phone}" for row in found]
    asked = "" if _OURS.search(words) or found else public_desk.subject_of(words)
    if asked and asked in words:
        lines.append(f"没有公开“{asked}”的电话，可以打社区电话问：")
    if _GRID.search(words):
        lines += _grid_worker(turn)
    if home.phone:
        lines.append(f"{home.name}电话：{home.phone}")
    if home.duty_phone:
        lines.append(f"夜间值班：{home.duty_phone}")
    if home.gas_phone:
        lines.append(f"燃气抢修：{home.gas_phone}")
    if home.office:
        lines.append(f"地址和时间：{home.office}")
    return Say("\n".join(lines)) if lines else None


def hours(turn: Turn, words: str) -> Say | None:
    """When and where: of a service that is meant, else of the community's office."""
    rows = public_desk.find_services(turn.session, turn.community.id, words)
    return services(turn, words) if rows else contact(turn, words)


def calendar(turn: Turn, words: str) -> Say | None:
    """Notices about activities, and where all of them stand."""
    found = [
        one
        for one in published.public(turn.session, turn.community.id, _today(turn))
        if one.topic == "activity"
    ]
    if found:
        return _several(turn, found, f"最近有{len(found)}个活动：")
    return None


def anything(turn: Turn, words: str) -> Say | None:
    """A notice or a service that is about what was asked, whatever it was called."""
    found = public_desk.find_notices(turn.session, turn.community.id, words, _today(turn))
    if found:
        return _several(turn, found, "和您问的有关的通知：")
    rows = public_desk.find_services(turn.session, turn.community.id, words)
    return Say("\n".join([*_entries(rows), *_link(turn, "lists")])) if rows else None


def _several(turn: Turn, found: list[Notice], lead: str) -> Say:
    if len(found) == 1:
        return _told(turn, found[0])
    choices = tuple(
        Choice(shorten(one.title, TITLE), "information.read", str(one.id))
        for one in found[:MOST_CHOICES]
    )
    text = "\n".join([lead, *_link(turn, "notices")])
    return Say(text, choices, way_out="不看了")


def _told(turn: Turn, found: Notice) -> Say:
    text = found.text if len(found.text) <= MOST_TEXT else f"{found.text[: MOST_TEXT - 1]}…"
    day = found.published_at.astimezone(CHINA) if found.published_at else None
    when = f"（{day.month}月{day.day}日发布）" if day else ""
    lines = [f"【{TOPICS[found.topic]}】{found.title}{when}", text]
    return Say("\n".join([*lines, *_link(turn, f"notices/{found.id}")]))


def _entries(rows: list[ServiceEntry]) -> list[str]:
    lines: list[str] = []
    for row in rows[:2]:
        lines.append(f"【{row.name}】{_cut(row.content)}".rstrip())
        for label, value in (
            ("要带", row.materials),
            ("地点", row.place),
            ("承办", row.provider if not row.place else ""),
            ("电话", row.phone),
        ):
            if value:
                lines.append(f"{label}：{_cut(value)}")
    return lines


def _cut(text: str) -> str:
    return shorten(text, MOST_FIELD)


def _grid_worker(turn: Turn) -> list[str]:
    path = home_path(turn.session, turn.resident)
    worker = responsible_for(turn.session, path) if path else None
    if worker is None:
        return ["说一下您住哪栋，就知道是哪位网格员；也可以先打下面的电话。"]
    return [f"您家这边的网格员是{worker.name[:1]}某，打社区电话转。"]


def _has(turn: Turn, kind: str) -> bool:
    return bool(sheets.public(turn.session, turn.community.id, kind))


def _link(turn: Turn, section: str) -> list[str]:
    """The line with the address of the page; none where the desk has no public address."""
    url = public_desk.address(turn.world.public_url, turn.community, section)
    return [f"详细看：{url}"] if url else []


def _year(words: str, today: date) -> int | None:
    """The year that is asked for; None where none is named."""
    found = _YEAR.search(words)
    if found:
        return int(found[1])
    if "去年" in words:
        return today.year - 1
    if "前年" in words:
        return today.year - 2
    return today.year if "今年" in words else None


def _today(turn: Turn) -> date:
    return turn.now.astimezone(CHINA).date()
