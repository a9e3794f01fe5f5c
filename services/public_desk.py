"""What residents may be told of their community: the published, in one place, with addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from sqlalchemy.orm import Session

from knowledge.language import shipped_language
from knowledge.lookup import Line, find
from knowledge.query import understand
from services import notices, sheets
from services.money import say_yuan
from services.sheets import FUNDS
from storage.communities import Community
from storage.information import FundEntry, Notice, ServiceEntry, Sheet

GENERIC = (
    *(
        "资金",
        "惠民",
        "经费",
        "公开",
        "公示",
        "名单",
        "清单",
        "事项",
        "通知",
        "公告",
        "情况",
        "账目",
    ),
    *("财务", "公共", "服务", "自治", "协助", "便民", "值班", "电话", "号码", "联系方式", "居委会"),
    *(
        "最新",
        "最近",
        "信息",
        "消息",
        "新鲜事",
        "新闻",
        "内容",
        "项目",
        "上班",
        "下班",
        "今年",
        "去年",
    ),
)
"""Words that name the kind of information, no single line of it."""


@dataclass(frozen=True, slots=True)
class Funds:
    """The funds of a year with their sums, in fen."""

    sheet: Sheet
    lines: list[FundEntry]
    totals: sheets.Totals


def address(public_url: str, community: Community, section: str) -> str:
    """The address of a public page; empty where the deployment has no public address."""
    if not public_url:
        return ""
    return urljoin(public_url.rstrip("/") + "/", f"public/{community.code}/{section}")


def funds(session: Session, community_id: int, year: int | None = None) -> Funds | None:
    """The published funds of a year, or of the newest; None where there are none."""
    found = sheets.public(session, community_id, FUNDS)
    sheet = next((one for one in found if year is None or one.year == year), None)
    if sheet is None:
        return None
    lines = sheets.funds_of(session, sheet)
    return Funds(sheet, lines, sheets.totals(lines))


def find_projects(question: str, lines: Sequence[FundEntry]) -> list[FundEntry]:
    """The projects that a question is about."""
    searched = [Line(line.project, f"{line.source} {line.note}") for line in lines]
    return [lines[place] for place, _ in find(_specific(question), searched)]


def find_services(
    session: Session, community_id: int, question: str, limit: int = 3
) -> list[ServiceEntry]:
    """The lines of the published lists that a question is about."""
    rows = sheets.public_services(session, community_id)
    searched = [Line(row.name, f"{row.content} {row.provider} {row.materials}") for row in rows]
    return [rows[place] for place, _ in find(_specific(question), searched, limit=limit)]


def find_notices(session: Session, community_id: int, question: str, today: date) -> list[Notice]:
    """The notices that a question is about."""
    rows = notices.public(session, community_id, today)
    searched = [Line(row.title, row.text) for row in rows]
    return [rows[place] for place, _ in find(_specific(question), searched)]


def said_project(line: FundEntry) -> str:
    """A project in one line: 楼道灯改造：安排20,000元，已用18,500元（市级惠民资金）。"""
    source = f"（{line.source}）" if line.source else ""
    return f"{line.project}：安排{say_yuan(line.amount)}，已用{say_yuan(line.used)}{source}"


def subject_of(question: str) -> str:
    """What a question is about beside the kind of information; empty where it names nothing."""
    return "".join(understand(_specific(question), shipped_language()).subject)


def _specific(question: str) -> str:
    for word in GENERIC:
        question = question.replace(word, " ")
    return question
