"""Moderation: what residents want to make public, published or refused with a reason."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.orm import Session

from console.done import see
from console.errors import stale
from console.forms import Entered, number_or_none, read_form
from console.paging import SIZE, offset, paging, toggled
from console.rendering import render
from console.visits import number_in_path, one_in_path, visit_of
from services import moderation, submissions
from services.moderated import EFFECTS, KIND_NAMES
from services.moderation import STATE_NAMES

ADDRESS = "/console/moderation"
REASONS = (
    "有他人的电话、住址等隐私，请去掉后再发",
    "说的是具体的人，请只说事",
    "是商业广告，这里只登邻里之间的事",
    "内容核实不了，请补充后再发",
)
"""Reasons that reviewers give most; each can be changed before it is sent."""


async def show(request: web.Request) -> web.Response:
    """The list, what waits longest first."""
    visit, wanted = visit_of(request), _wanted(request)

    def work(session: Session) -> tuple[list[submissions.SubmissionRow], int, dict[str, int]]:
        rows, total = submissions.listed(
            session, visit.staff, wanted, offset=offset(request), limit=SIZE
        )
        return rows, total, submissions.counts(session, visit.staff)

    rows, total, counts = await visit.read(work)
    context = {
        "rows": rows,
        "counts": counts,
        "wanted": wanted,
        "states": STATE_NAMES,
        "kinds": KIND_NAMES,
        "paging": paging(request, total),
        "toggled": lambda name, value: toggled(request, name, value),
    }
    return render(request, "moderation.html", context)


def _wanted(request: web.Request) -> submissions.SubmissionFilter:
    query = request.query
    state, kind = query.get("state", "waiting"), query.get("kind", "")
    return submissions.SubmissionFilter(
        state=state if state in STATE_NAMES else "waiting",
        kind=kind if kind in KIND_NAMES else "",
        words=query.get("words", "").strip()[:80],
    )


async def show_one(request: web.Request) -> web.Response:
    """One text as its author wrote it, with what was decided about it."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> submissions.SubmissionRow:
        return submissions.row_of(session, one_in_path(session, request, submissions.find))

    row = await visit.read(work)
    one = row.submission
    context = {
        "row": row,
        "one": one,
        "pieces": submissions.marked(one),
        "states": STATE_NAMES,
        "kinds": KIND_NAMES,
        "reasons": REASONS,
        "entered": entered,
        "own_refusal": bool(one.appeal) and one.decided_by == visit.staff.id,
        "base": f"{ADDRESS}/{one.id}",
    }
    return render(request, "submission.html", context, status=status)


async def publish(request: web.Request) -> web.Response:
    """Makes the text public."""
    return await _decide(request, "published")


async def refuse(request: web.Request) -> web.Response:
    """Refuses it; the author is told the reason."""
    return await _decide(request, "refused")


async def _decide(request: web.Request, done: str) -> web.Response:
    visit, form = visit_of(request), await read_form(request)
    version = number_or_none(form.get("version"))

    def work(session: Session) -> str:
        found = one_in_path(session, request, submissions.find)
        moderation.decide(
            session,
            visit.staff,
            found,
            -1 if version is None else version,
            publish=done == "published",
            reason=form.get("reason", "") if done == "refused" else "",
            effects=EFFECTS,
            now=visit.now,
        )
        following = submissions.next_waiting(session, visit.staff, found)
        return f"{ADDRESS}/{following.id}" if following else ADDRESS

    try:
        onwards = await visit.write(work)
    except moderation.StaleSubmission as error:
        return stale(request, str(error), f"{ADDRESS}/{number_in_path(request)}")
    except moderation.BadDecision as error:
        return await _one(request, Entered("refuse", form, {"reason": str(error)}), 422)
    visit.deps.notify_outbox()
    return see(onwards, done)
