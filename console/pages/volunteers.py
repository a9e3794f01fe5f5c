"""Volunteers: the list with hours, one of them, entering and correcting time, the spreadsheet."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.forms import Entered, day_or_none, number_or_none, read_form
from console.paging import SIZE, offset, paging
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from console.workbook import add_sheet, as_response, new_book
from services import audit, backfills, volunteer_hours, volunteers
from services.activity_kinds import KINDS
from services.backfills import ALONE_UP_TO, Proposal
from services.residents import display_name
from services.volunteer_hours import HOUR_NAMES, BadHours, HourEntry, Hours, say_minutes
from services.volunteers import VolunteerRow
from storage.residents import Resident
from storage.volunteers import Volunteer

ADDRESS = "/console/volunteers"
MOST_EXPORTED = 10_000


async def show(request: web.Request) -> web.Response:
    """The volunteers of the scope with their hours."""
    visit = visit_of(request)
    rows, total = await visit.read(
        lambda session: volunteers.listed(session, visit.staff, offset=offset(request), limit=SIZE)
    )
    context = {"rows": rows, "paging": paging(request, total), "say_minutes": say_minutes}
    return render(request, "volunteers.html", context)


async def export(request: web.Request) -> web.Response:
    """The volunteers and their hours as a spreadsheet; names masked as on the page, audited."""
    visit = visit_of(request)

    def work(session: Session) -> tuple[list[VolunteerRow], list[tuple[HourEntry, Resident]]]:
        audit.record(session, visit.now, visit.staff, "volunteers.export")
        rows, _ = volunteers.listed(session, visit.staff, limit=MOST_EXPORTED)
        return rows, volunteers.entries_in(session, visit.staff, MOST_EXPORTED)

    rows, entries = await visit.write(work)
    book = new_book()
    titles = ("编号", "志愿者", "队伍", "兴趣", "登记日期", "信用时长（分钟）", "荣誉时长（分钟）")
    add_sheet(book, "志愿者", titles, (_volunteer_cells(row) for row in rows))
    header = ("志愿者", "日期", "种类", "分钟", "说明", "更正")
    add_sheet(book, "时长明细", header, (_entry_cells(*pair) for pair in entries))
    return as_response(book, f"volunteers-{visit.now:%Y%m%d}.xlsx")


def _volunteer_cells(row: VolunteerRow) -> tuple[object, ...]:
    one = row.volunteer
    since = f"{one.agreed_at:%Y-%m-%d}"
    return one.id, row.name, one.team, row.interests, since, row.hours.credit, row.hours.honour


def _entry_cells(entry: HourEntry, resident: Resident) -> tuple[object, ...]:
    kind = HOUR_NAMES[entry.kind]
    corrects = "更正" if entry.corrects_id else ""
    name = display_name(resident)
    return name, entry.served_on.isoformat(), kind, entry.minutes, entry.reason, corrects


async def show_one(request: web.Request) -> web.Response:
    """One volunteer with their entries."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[Volunteer, Resident, Hours, list[HourEntry]]:
        volunteer, resident = one_in_path(session, request, volunteers.find)
        hours = volunteer_hours.totals(session, resident)
        return volunteer, resident, hours, volunteer_hours.entries_of(session, resident)

    volunteer, resident, hours, entries = await visit.read(work)
    context = {
        "volunteer": volunteer,
        "name": display_name(resident),
        "resident": resident,
        "hours": hours,
        "entries": entries,
        "entered": entered,
        "base": f"{ADDRESS}/{volunteer.id}",
        "say_minutes": say_minutes,
        "hour_names": HOUR_NAMES,
        "interests": "、".join(KINDS[code] for code in volunteer.interests if code in KINDS),
        "alone_up_to": ALONE_UP_TO,
    }
    return render(request, "volunteer.html", context, status=status)


DEEDS = Deeds(ADDRESS, volunteers.find, _one)


async def backfill(request: web.Request) -> web.Response:
    """Enters time by hand; above the limit it waits for a second person."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> str:
        _, resident = one_in_path(session, request, volunteers.find)
        day = day_or_none(form.get("served_on"))
        if day is None:
            raise BadHours("served_on", "请选日期")
        minutes = number_or_none(form.get("minutes")) or 0
        wanted = Proposal(resident, minutes, day, form.get("reason", ""))
        row = backfills.propose(session, visit.staff, wanted, visit.deps.hours, visit.now)
        return "backfilled" if row.state == "approved" else "backfill-proposed"

    try:
        done = await visit.write(work)
    except BadHours as error:
        return await _one(request, Entered("backfill", form, {error.field: str(error)}), 422)
    visit.deps.notify_outbox()
    return see(f"{ADDRESS}/{number_in_path(request)}", done)


async def correct(request: web.Request) -> web.Response:
    """Sets an entry right by a new one."""

    def act(session: Session, visit: Visit, who: tuple[Volunteer, Resident], form: Form) -> None:
        _, resident = who
        number = number_or_none(form.get("entry")) or 0
        entry = volunteer_hours.find_entry(session, resident, number)
        minutes = number_or_none(form.get("minutes"))
        if entry is None or minutes is None:
            raise BadHours("minutes", "请选一条记录，填更正后的分钟数")
        reason = form.get("reason", "")
        volunteer_hours.correct(session, visit.staff, entry, minutes, reason, visit.now)

    return await DEEDS.do(request, "correct", act, "corrected")
