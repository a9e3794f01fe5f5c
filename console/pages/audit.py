"""The audit as a list and as a file."""

from __future__ import annotations

import json

from aiohttp import web

from console.downloads import attachment
from console.forms import day_or_none, number_or_none
from console.paging import offset, paging
from console.rendering import render
from console.tables import to_csv
from console.visits import visit_of
from console.words import SUBJECTS, stamp
from services import audit, audit_log
from services import staff as people

SIZE, EXPORTED = 50, 10_000
HEADER = ("编号", "时间", "人员", "操作", "对象", "对象编号", "之前", "之后", "原因")


async def show(request: web.Request) -> web.Response:
    """The entries, filtered as asked."""
    visit, wanted = visit_of(request), _wanted(request)
    rows, total = await visit.read(
        lambda session: audit_log.search(
            session, visit.staff, wanted, offset=offset(request, SIZE), limit=SIZE
        )
    )
    context = {
        "rows": rows,
        "wanted": wanted,
        "actions": audit_log.ACTION_NAMES,
        "people": await visit.read(lambda session: people.listed(session, visit.staff)),
        "paging": paging(request, total, SIZE),
        "export": f"/console/audit.csv?{request.query_string}",
        "exported": EXPORTED,
    }
    return render(request, "audit.html", context)


async def export(request: web.Request) -> web.Response:
    """The same entries as a CSV file, which is itself an entry."""
    visit, wanted = visit_of(request), _wanted(request)
    rows, total = await visit.read(
        lambda session: audit_log.search(session, visit.staff, wanted, limit=EXPORTED)
    )
    await visit.write(
        lambda session: audit.record(
            session, visit.now, visit.staff, "audit.export", after={"rows": min(total, EXPORTED)}
        )
    )
    body = to_csv(HEADER, (_cells(row) for row in rows))
    return attachment(body, "text/csv", "audit.csv", "utf-8")


def _cells(row: audit_log.AuditRow) -> tuple[object, ...]:
    entry = row.entry
    return (
        entry.id,
        stamp(entry.at),
        row.actor,
        audit_log.ACTION_NAMES.get(entry.action, entry.action),
        SUBJECTS.get(entry.subject_kind, entry.subject_kind),
        entry.subject_id,
        json.dumps(entry.before, ensure_ascii=False) if entry.before else "",
        json.dumps(entry.after, ensure_ascii=False) if entry.after else "",
        entry.reason,
    )


def _wanted(request: web.Request) -> audit_log.AuditFilter:
    query = request.query
    return audit_log.AuditFilter(
        staff_id=number_or_none(query.get("who")),
        action=query.get("action", "")[:40],
        first=day_or_none(query.get("first")),
        last=day_or_none(query.get("last")),
    )
