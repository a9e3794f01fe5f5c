"""Volunteer activities: the list, one activity, and what is done with it."""

from __future__ import annotations

from datetime import datetime, time

from aiohttp import web
from sqlalchemy.orm import Session

from console.deeds import Deeds, Form
from console.done import see
from console.forms import Entered, day_or_none, number_or_none, read_form
from console.rendering import render
from console.visits import Visit, number_in_path, one_in_path, visit_of
from services import activities, activity_choices, activity_search, signup_line
from services.activities import STATE_NAMES, BadActivity, Plan
from services.activity_kinds import KINDS
from services.calendar import CHINA
from storage.activities import Activity, Occasion
from storage.communities import Place
from storage.organisations import Organisation

ADDRESS = "/console/activities"


async def show(request: web.Request) -> web.Response:
    """All activities of the scope, what comes next first."""
    visit = visit_of(request)
    state, words = request.query.get("state", ""), request.query.get("words", "").strip()
    rows = await visit.read(
        lambda session: activity_search.listed(
            session, visit.staff, state if state in STATE_NAMES else "", words, visit.now
        )
    )
    context = {
        "rows": rows,
        "states": STATE_NAMES,
        "kinds": KINDS,
        "wanted": {"state": state, "words": words},
        "when": lambda occasion: activities.when(occasion, visit.now),
    }
    return render(request, "activities.html", context)


async def new(request: web.Request) -> web.Response:
    """An empty form."""
    return await _form(request, None, Entered(), 200)


async def _form(
    request: web.Request, activity: Activity | None, entered: Entered, status: int
) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[list[Place], list[Organisation]]:
        staff = visit.staff
        return activity_choices.places(session, staff), activity_choices.partners(session, staff)

    places, partners = await visit.read(work)
    context = {
        "activity": activity,
        "places": [(one.path, one.name) for one in places],
        "partners": [(one.id, one.name) for one in partners],
        "kinds": KINDS,
        "entered": entered,
    }
    return render(request, "activity_form.html", context, status=status)


async def create(request: web.Request) -> web.Response:
    """Stores a draft, with a first occasion where one was entered; publishes where asked."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> int:
        path = form.get("place_path", "")
        community = activity_choices.community_at(session, visit.staff, path)
        if community is None:
            raise BadActivity("place_path", "请选一个社区里的地点")
        plan = _plan(form)
        activity = activities.draft(session, visit.staff, community, plan, visit.now)
        if form.get("day"):
            first, last = _span(form)
            activities.add_occasion(session, visit.staff, activity, first, last, visit.now)
        if form.get("then") == "publish":
            activities.publish(session, visit.staff, activity, visit.now)
        return activity.id

    try:
        number = await visit.write(work)
    except BadActivity as error:
        return await _form(request, None, Entered("plan", form, {error.field: str(error)}), 422)
    return see(
        f"{ADDRESS}/{number}", "activity-published" if form.get("then") == "publish" else "saved"
    )


def _plan(form: dict[str, str]) -> Plan:
    """The activity as entered; raises BadActivity where a number is none."""
    numbers = {}
    for field in ("capacity", "points_per_hour"):
        value = number_or_none(form.get(field, "") or "0")
        if value is None:
            raise BadActivity(field, "请填一个整数")
        numbers[field] = value
    texts = ("place_text", "place_path", "content", "conditions", "risk", "insurance")
    return Plan(
        title=form.get("title", ""),
        kind=form.get("kind", ""),
        **{name: form.get(name, "") for name in texts},
        capacity=numbers["capacity"],
        points_per_hour=numbers["points_per_hour"],
        organisation_id=number_or_none(form.get("organisation")),
    )


def _span(form: dict[str, str]) -> tuple[datetime, datetime]:
    """Beginning and end of an occasion as entered, local; raises BadActivity."""
    day = day_or_none(form.get("day"))
    if day is None:
        raise BadActivity("starts_at", "请选日期")
    try:
        first, last = (
            time.fromisoformat(form.get("from", "")),
            time.fromisoformat(form.get("to", "")),
        )
    except ValueError:
        raise BadActivity("starts_at", "请填开始和结束的时间") from None
    return datetime.combine(day, first, CHINA), datetime.combine(day, last, CHINA)


async def show_one(request: web.Request) -> web.Response:
    """One activity with its occasions."""
    return await _one(request, Entered(), 200)


async def _one(request: web.Request, entered: Entered, status: int) -> web.Response:
    visit = visit_of(request)

    def work(session: Session) -> tuple[Activity, list[Occasion], dict[str, str], dict[int, int]]:
        activity = one_in_path(session, request, activities.find)
        occasions = activities.occasions_of(session, activity)
        waiting = {one.id: signup_line.waiting_count(session, one) for one in occasions}
        return activity, occasions, dict(activities.missing(session, activity)), waiting

    activity, occasions, missing, waiting = await visit.read(work)
    context = {
        "activity": activity,
        "occasions": occasions,
        "missing": missing,
        "waiting": waiting,
        "kinds": KINDS,
        "states": STATE_NAMES,
        "entered": entered,
        "base": f"{ADDRESS}/{activity.id}",
        "when": lambda occasion: activities.when(occasion, visit.now),
    }
    return render(request, "activity.html", context, status=status)


DEEDS = Deeds(ADDRESS, activities.find, _one)


async def edit(request: web.Request) -> web.Response:
    """The form with what is there."""
    visit = visit_of(request)
    activity = await visit.read(lambda session: one_in_path(session, request, activities.find))
    return await _form(request, activity, Entered(), 200)


async def save(request: web.Request) -> web.Response:
    """Changes what an activity says."""
    visit, form = visit_of(request), await read_form(request)

    def work(session: Session) -> None:
        activity = one_in_path(session, request, activities.find)
        activities.change(session, visit.staff, activity, _plan(form), visit.now)

    try:
        await visit.write(work)
    except BadActivity as error:
        activity = await visit.read(lambda session: one_in_path(session, request, activities.find))
        return await _form(request, activity, Entered("plan", form, {error.field: str(error)}), 422)
    return see(f"{ADDRESS}/{number_in_path(request)}", "saved")


async def publish(request: web.Request) -> web.Response:
    """Opens it for signing up."""

    def act(session: Session, visit: Visit, activity: Activity, _form: Form) -> None:
        activities.publish(session, visit.staff, activity, visit.now)

    return await DEEDS.do(request, "publish", act, "activity-published")


async def cancel(request: web.Request) -> web.Response:
    """Calls it off; everybody who signed up is told."""

    def act(session: Session, visit: Visit, activity: Activity, form: Form) -> None:
        activities.cancel(session, visit.staff, activity, form.get("reason", ""), visit.now)

    return await DEEDS.do(request, "cancel", act, "called-off")


async def add_occasion(request: web.Request) -> web.Response:
    """Adds a time."""

    def act(session: Session, visit: Visit, activity: Activity, form: Form) -> None:
        first, last = _span(form)
        activities.add_occasion(session, visit.staff, activity, first, last, visit.now)

    return await DEEDS.do(request, "occasion", act, "added")
