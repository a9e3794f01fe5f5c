"""Every route of the console and of the public pages, with the rule that opens it.

One table for each area. `app.add_console` registers exactly these, and the guard refuses whatever
else appears below /console or /public; a test walks the table and tries each rule.
"""

from __future__ import annotations

from console.routes import (
    activities,
    city,
    desk,
    figures,
    hall,
    help,  # noqa: A004
    house,
    information,
    moderation,
    points,
    public,
)
from console.rules import Route

ROUTES: tuple[Route, ...] = (
    *house.ROUTES,
    *desk.ROUTES,
    *figures.ROUTES,
    *points.ROUTES,
    *activities.ROUTES,
    *information.ROUTES,
    *city.ROUTES,
    *moderation.ROUTES,
    *help.ROUTES,
    *hall.ROUTES,
    *public.ROUTES,
)
