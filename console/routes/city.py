"""The routes of keeping the desk, and of what goes to and comes from the city."""

from __future__ import annotations

from console.pages import categories, city, dispatch, keys, new_case, posters, terms
from console.routes.kinds import HANDLE, KEEP_DESK, KEEP_STAFF, SEE, N
from console.rules import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "/console/categories", categories.show, KEEP_DESK),
    Route("POST", "/console/categories", categories.keep, KEEP_DESK),
    Route("GET", "/console/categories/edit", categories.edit, KEEP_DESK),
    Route("GET", "/console/dispatch", dispatch.show, KEEP_DESK),
    Route("POST", "/console/dispatch", dispatch.add, KEEP_DESK),
    Route("POST", f"/console/dispatch/{N}/remove", dispatch.remove, KEEP_DESK),
    Route("GET", "/console/terms", terms.show, KEEP_DESK),
    Route("POST", "/console/terms", terms.keep, KEEP_DESK),
    Route("GET", "/console/keys", keys.show, KEEP_STAFF),
    Route("POST", "/console/keys", keys.make, KEEP_STAFF),
    Route("POST", f"/console/keys/{N}/revoke", keys.revoke, KEEP_STAFF),
    Route("GET", "/console/city", city.show, KEEP_DESK),
    Route("POST", "/console/city/again", city.again, KEEP_DESK),
    Route("GET", "/console/posters", posters.show, SEE),
    Route("POST", "/console/posters", posters.ask, KEEP_DESK),
    Route("GET", f"/console/posters/{N}.svg", posters.svg, SEE),
    Route("GET", f"/console/posters/{N}.png", posters.png, SEE),
    Route("GET", "/console/new-case", new_case.show, HANDLE),
    Route("POST", "/console/new-case", new_case.add, HANDLE, uploads=True),
)
