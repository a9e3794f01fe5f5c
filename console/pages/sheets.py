"""Lists and funds in the console: editions from a spreadsheet or by hand, and their second look."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import refused, stale
from console.forms import number_or_none, read_form
from console.pages import second_look
from console.pages.communities import community_of
from console.pages.second_look import seen_in
from console.rendering import render
from console.uploads import uploads
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import public_desk, scope, sheets
from services.access import Permission, may
from services.calendar import CHINA
from services.publishing import BadPublication, StalePublication
from services.sheet_files import read_lines
from services.sheets import FUNDS, KINDS, FundLine, Line
from storage.communities import Community
from storage.information import Sheet
from storage.staff import Staff

ADDRESS = "/console/sheets"
SERVICE_NAMES = {
    "name": "事项",
    "content": "内容",
    "provider": "承办",
    "materials": "材料",
    "place": "地点",
    "phone": "电话",
}
FUND_NAMES = {
    "project": "项目",
    "source": "来源",
    "amount": "金额",
    "used": "已用",
    "day": "日期",
    "note": "备注",
}


async def show(request: web.Request) -> web.Response:
    """All editions in scope, and the form for a new one."""
    visit = visit_of(request)

    def load(session: Session) -> tuple[list[Sheet], list[Community]]:
        return sheets.kept(session, visit.staff), scope.kept(session, visit.staff, Community.name)

    found, communities = await visit.read(load)
    context = {
        "sheets": [(sheet, sheets.name_of(sheet)) for sheet in found],
        "communities": communities,
        "kinds": list(KINDS.items()),
        "year": visit.now.astimezone(CHINA).year,
        "section": "sheets",
    }
    return render(request, "sheets.html", context)


async def upload(request: web.Request) -> web.Response:
    """A new edition out of a spreadsheet."""
    visit, form = visit_of(request), await read_form(request)
    sent, kind = await uploads(request, "file"), form.get("kind", "")
    if not sent:
        return refused(request, "请先选一个文件", ADDRESS)
    name, data = sent[0].name, sent[0].data
    try:
        lines = await asyncio.to_thread(read_lines, name, data, kind)
        number = await visit.write(lambda session: _begin(session, visit, form, kind, lines))
    except BadPublication as error:
        return refused(request, f"{name}：{error}", ADDRESS)
    return see(f"{ADDRESS}/{number}", "imported")


def _begin(
    session: Session, visit: Visit, form: dict[str, str], kind: str, lines: list[Line]
) -> int:
    community = community_of(session, visit, form)
    year = number_or_none(form.get("year")) or 0
    return sheets.begin(session, visit.staff, community, kind, year, lines, visit.now).id


async def copy(request: web.Request) -> web.Response:
    """A new edition that begins as this one."""
    visit = visit_of(request)

    def work(session: Session) -> int:
        old = one_in_path(session, request, sheets.find)
        home = session.get_one(Community, old.community_id)
        lines = sheets.lines_of(session, old)
        return sheets.begin(session, visit.staff, home, old.kind, old.year, lines, visit.now).id

    return see(f"{ADDRESS}/{await visit.write(work)}", "saved")


async def show_one(request: web.Request) -> web.Response:
    """An edition: a draft to edit as a table of text, or as it stands."""
    return await _page(request, None, "", 200)


async def _page(
    request: web.Request, written: str | None, problem: str, status: int
) -> web.Response:
    visit = visit_of(request)

    def load(session: Session) -> dict[str, Any]:
        sheet = one_in_path(session, request, sheets.find)
        return {
            "sheet": sheet,
            "entries": sheets.entries(session, sheet),
            "author": session.get_one(Staff, sheet.author_id).name,
            "written": _written(sheets.lines_of(session, sheet), sheet.kind),
            "totals": sheets.totals(sheets.funds_of(session, sheet)),
        }

    context = await visit.read(load)
    sheet: Sheet = context["sheet"]
    own = sheet.author_id == visit.staff.id
    context |= {
        "name": sheets.name_of(sheet),
        "is_funds": sheet.kind == FUNDS,
        "own": own,
        "may_review": sheet.state == "waiting" and not own and may(visit.staff, Permission.APPROVE),
        "problem": problem,
        "base": f"{ADDRESS}/{sheet.id}",
        "columns": "，".join((FUND_NAMES if sheet.kind == FUNDS else SERVICE_NAMES).values()),
    }
    if written is not None:
        context["written"] = written
    return render(request, "sheet.html", context, status=status)


async def save(request: web.Request) -> web.Response:
    """Takes the table as it was written: the first line names the columns."""
    visit, form = visit_of(request), await read_form(request)
    number, written = number_in_path(request), form.get("lines", "")

    def work(session: Session) -> None:
        sheet = one_in_path(session, request, sheets.find)
        lines = read_lines("table.csv", written.encode(), sheet.kind)
        sheets.replace_lines(session, visit.staff, sheet, seen_in(form), lines, visit.now)

    try:
        await visit.write(work)
    except StalePublication as error:
        return stale(request, str(error), f"{ADDRESS}/{number}")
    except BadPublication as error:
        return await _page(request, written, str(error), 422)
    return see(f"{ADDRESS}/{number}", "saved")


async def submit(request: web.Request) -> web.Response:
    """Asks for the second look."""

    def name(sheet: Sheet) -> str:
        return f"{sheets.name_of(sheet)}（第{sheet.edition}版）"

    return await second_look.submit(request, ADDRESS, sheets.find, name)


async def approve(request: web.Request) -> web.Response:
    """Publishes an edition in place of the one before."""
    visit = visit_of(request)

    def work(session: Session, sheet: Sheet, form: Mapping[str, str]) -> None:
        home = session.get_one(Community, sheet.community_id)
        section = "funds" if sheet.kind == FUNDS else "lists"
        url = public_desk.address(visit.deps.public_url, home, section)
        sheets.publish(session, visit.staff, sheet, seen_in(form), visit.now, url)

    return await second_look.decide(request, ADDRESS, "published", sheets.find, work)


async def send_back(request: web.Request) -> web.Response:
    """Gives it back with the reason."""
    return await second_look.send_back(request, ADDRESS, sheets.find)


async def withdraw(request: web.Request) -> web.Response:
    """Takes it off the public pages."""
    return await second_look.withdraw(request, ADDRESS, sheets.find)


def _written(lines: list[Line], kind: str) -> str:
    """The lines as CSV, which is what the form shows and takes."""
    names = FUND_NAMES if kind == FUNDS else SERVICE_NAMES
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names.values())
    for line in lines:
        writer.writerow([_cell(line, name) for name in names])
    return text.getvalue()


def _cell(line: Line, name: str) -> str:
    value = getattr(line, name)
    if isinstance(line, FundLine) and name in ("amount", "used"):
        yuan, rest = divmod(value, 100)
        return f"{yuan}.{rest:02d}" if rest else str(yuan)
    return "" if value is None else str(value)
