"""The routes of volunteering: activities, occasions, volunteers, and their public pages."""

from __future__ import annotations

from console.pages import (
    activities,
    activity_calendar,
    backfills,
    occasion_posters,
    occasions,
    public_activities,
    volunteer_report,
    volunteers,
)
from console.routes.kinds import APPROVE, CODE, KEEP_ACTIVITIES, N
from console.rules import Public, Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/activities", activities.show, KEEP_ACTIVITIES),
    Route("GET", "/console/activities/calendar", activity_calendar.show, KEEP_ACTIVITIES),
    Route("GET", "/console/activities/new", activities.new, KEEP_ACTIVITIES),
    Route("POST", "/console/activities", activities.create, KEEP_ACTIVITIES),
    Route("GET", f"/console/activities/{N}", activities.show_one, KEEP_ACTIVITIES),
    Route("GET", f"/console/activities/{N}/edit", activities.edit, KEEP_ACTIVITIES),
    Route("POST", f"/console/activities/{N}/save", activities.save, KEEP_ACTIVITIES),
    Route("POST", f"/console/activities/{N}/publish", activities.publish, KEEP_ACTIVITIES),
    Route("POST", f"/console/activities/{N}/cancel", activities.cancel, KEEP_ACTIVITIES),
    Route("POST", f"/console/activities/{N}/occasion", activities.add_occasion, KEEP_ACTIVITIES),
    Route("GET", f"/console/occasions/{N}", occasions.show, KEEP_ACTIVITIES),
    Route("GET", f"/console/occasions/{N}/code", occasions.code, KEEP_ACTIVITIES),
    Route("GET", f"/console/occasions/{N}/poster", occasion_posters.show, KEEP_ACTIVITIES),
    Route("POST", f"/console/occasions/{N}/poster", occasion_posters.ask, KEEP_ACTIVITIES),
    Route(
        "GET",
        f"/console/occasions/{N}/poster/{{poster:join|sign-in}}.svg",
        occasion_posters.svg,
        KEEP_ACTIVITIES,
    ),
    Route(
        "GET",
        f"/console/occasions/{N}/poster/{{poster:join|sign-in}}.png",
        occasion_posters.png,
        KEEP_ACTIVITIES,
    ),
    Route("POST", f"/console/occasions/{N}/confirm", occasions.confirm, KEEP_ACTIVITIES),
    Route("POST", f"/console/occasions/{N}/settle", occasions.settle, KEEP_ACTIVITIES),
    Route("POST", f"/console/occasions/{N}/capacity", occasions.set_capacity, KEEP_ACTIVITIES),
    Route("POST", f"/console/occasions/{N}/cancel", occasions.cancel, KEEP_ACTIVITIES),
    Route("GET", "/console/volunteers", volunteers.show, KEEP_ACTIVITIES),
    Route("GET", "/console/volunteers.xlsx", volunteers.export, KEEP_ACTIVITIES),
    Route("GET", "/console/volunteers/report", volunteer_report.show, KEEP_ACTIVITIES),
    Route("GET", "/console/volunteers/report.xlsx", volunteer_report.export, KEEP_ACTIVITIES),
    Route("GET", f"/console/volunteers/{N}", volunteers.show_one, KEEP_ACTIVITIES),
    Route("POST", f"/console/volunteers/{N}/backfill", volunteers.backfill, KEEP_ACTIVITIES),
    Route("POST", f"/console/volunteers/{N}/correct", volunteers.correct, KEEP_ACTIVITIES),
    Route("GET", f"/console/backfills/{N}", backfills.show, KEEP_ACTIVITIES),
    Route("POST", f"/console/backfills/{N}/approve", backfills.grant, APPROVE),
    Route("POST", f"/console/backfills/{N}/reject", backfills.reject, APPROVE),
    Route("GET", f"/public/{CODE}/activities", public_activities.calendar, Public()),
    Route("GET", f"/public/{CODE}/certificates", public_activities.check, Public()),
    Route(
        "GET",
        f"/public/{CODE}/certificates/{{code:[A-Za-z0-9-]{{4,40}}}}",
        public_activities.certificate,
        Public(),
    ),
)
