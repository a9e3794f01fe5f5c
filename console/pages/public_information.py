"""The public pages of notices, lists, funds and policy entries: what is published, nothing else."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import openpyxl
from aiohttp import web
from sqlalchemy.orm import Session

from console.downloads import XLSX, attachment
from console.forms import number_or_none
from console.media_files import picture
from console.public import community_of, render_public
from console.tables import safe_cell
from console.visits import deps_of, number_in_path, or_404
from knowledge.answers import source_line
from services import notices, policies, public_desk, sheets
from services.calendar import CHINA
from services.policy_content import as_document
from services.sheets import FUNDS, LISTS
from storage.communities import Community
from storage.information import FundEntry, Notice, Sheet
from storage.policies import PolicyDocument


@dataclass(frozen=True, slots=True)
class FundBar:
    """A project in the chart: its line, and how long its bars are, of 100."""

    line: FundEntry
    amount: float
    used: float


async def show_notices(request: web.Request) -> web.Response:
    """The notices of today, the newest first."""

    def load(session: Session) -> tuple[Community, list[Notice]]:
        community = community_of(request, session)
        return community, notices.public(session, community.id, _today(request))

    community, found = await deps_of(request).database.read(load)
    return render_public(request, "public/notices.html", community, {"notices": found})


async def show_notice(request: web.Request) -> web.Response:
    """One notice with its pictures."""
    community, found = await _notice(request)
    return render_public(request, "public/notice.html", community, {"notice": found})


async def notice_picture(request: web.Request) -> web.StreamResponse:
    """A picture of a notice that is public today."""
    _, found = await _notice(request)
    place = number_in_path(request, "place")
    if place >= len(found.pictures):
        raise web.HTTPNotFound
    return picture(deps_of(request).media_dir, found.pictures[place][0], public=True)


async def show_lists(request: web.Request) -> web.Response:
    """The lists of services, one below the other, with a search."""
    words = request.query.get("words", "").strip()[:60]

    def load(session: Session) -> tuple[Community, list[tuple[Sheet, list[sheets.Entry]]]]:
        community = community_of(request, session)
        found = [sheet for kind in LISTS for sheet in sheets.public(session, community.id, kind)]
        return community, [(sheet, sheets.entries(session, sheet)) for sheet in found]

    community, found = await deps_of(request).database.read(load)
    kept = [(sheet, [one for one in rows if _has(one, words)]) for sheet, rows in found]
    context = {"lists": kept, "names": LISTS, "words": words}
    return render_public(request, "public/lists.html", community, context)


async def show_funds(request: web.Request) -> web.Response:
    """The funds of a year: sums, a chart, every line."""
    community, found, years = await _funds(request)
    context = {"funds": found, "bars": _bars(found), "years": years}
    return render_public(request, "public/funds.html", community, context)


async def funds_file(request: web.Request) -> web.Response:
    """The same as a spreadsheet."""
    _, funds, _ = await _funds(request)
    found = or_404(funds)
    return attachment(_spreadsheet(found), XLSX, f"funds-{found.sheet.year}.xlsx")


async def show_policies(request: web.Request) -> web.Response:
    """The policy entries in force, with a search in titles, other names and ways of asking."""
    words = request.query.get("words", "").strip()[:60]

    def load(session: Session) -> tuple[Community, list[PolicyDocument]]:
        community = community_of(request, session)
        return community, policies.in_force(session, community.id, _today(request))

    community, found = await deps_of(request).database.read(load)
    kept = [
        row for row in found if any(words in name for name in (row.title, *row.aliases, *row.asked))
    ]
    context = {"policies": kept, "words": words}
    return render_public(request, "public/policies.html", community, context)


async def show_policy(request: web.Request) -> web.Response:
    """One entry with its passages, source and date."""
    number = number_in_path(request)

    def load(session: Session) -> tuple[Community, PolicyDocument]:
        community = community_of(request, session)
        rows = policies.in_force(session, community.id, _today(request))
        row = or_404(next((row for row in rows if row.id == number), None))
        return community, row

    community, row = await deps_of(request).database.read(load)
    context = {"policy": row, "source": source_line(as_document(row))}
    return render_public(request, "public/policy.html", community, context)


async def _notice(request: web.Request) -> tuple[Community, Notice]:
    def load(session: Session) -> tuple[Community, Notice]:
        community = community_of(request, session)
        number = number_in_path(request)
        found = or_404(notices.public_one(session, community.id, number, _today(request)))
        return community, found

    return await deps_of(request).database.read(load)


async def _funds(request: web.Request) -> tuple[Community, public_desk.Funds | None, list[int]]:
    wanted = number_or_none(request.query.get("year"))

    def load(session: Session) -> tuple[Community, public_desk.Funds | None, list[int]]:
        community = community_of(request, session)
        years = [sheet.year for sheet in sheets.public(session, community.id, FUNDS)]
        return community, public_desk.funds(session, community.id, wanted), years

    return await deps_of(request).database.read(load)


def _bars(found: public_desk.Funds | None) -> list[FundBar]:
    if found is None:
        return []
    longest = max([1, *(max(line.amount, line.used) for line in found.lines)])
    return [
        FundBar(line, round(100 * line.amount / longest, 2), round(100 * line.used / longest, 2))
        for line in found.lines
    ]


def _spreadsheet(found: public_desk.Funds) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None  # noqa: S101 - a new workbook has one
    page.title = sheets.name_of(found.sheet)
    page.append(["项目", "资金来源", "安排金额（元）", "已用（元）", "日期", "备注"])
    for line in found.lines:
        words = [safe_cell(line.project), safe_cell(line.source)]
        money = [Decimal(line.amount) / 100, Decimal(line.used) / 100]
        page.append([*words, *money, line.day, safe_cell(line.note)])
    sums = found.totals
    page.append(["合计", "", Decimal(sums.amount) / 100, Decimal(sums.used) / 100])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _has(entry: sheets.Entry, words: str) -> bool:
    if isinstance(entry, FundEntry):
        return False
    return any(words in text for text in (entry.name, entry.content, entry.provider))


def _today(request: web.Request) -> date:
    return deps_of(request).clock().astimezone(CHINA).date()
