"""The door of Open311: no route without a rule, every fault in the format of the standard.

Nothing here looks at a cookie, so a page of another site cannot act for anybody who is signed in.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from console.open311.formats import Fault, refuse
from console.open311.routes import ROUTES
from console.rules import Handler, Keyed, Public, Rule

AREA = "/open311"

log = structlog.get_logger(__name__)


def add_open311(app: web.Application) -> None:
    """Adds every route of the table with its guard; the parts are those of the console."""
    rules = {
        app.router.add_route(route.method, route.path, route.handler): route.rule
        for route in ROUTES
    }
    app.middlewares.append(make_guard(rules))


def make_guard(rules: Mapping[web.AbstractRoute, Rule]) -> Middleware:
    """The middleware for these registered routes."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != AREA and not request.path.startswith(AREA + "/"):
            return await handler(request)
        kind = "json" if request.path.endswith(".json") else "xml"
        try:
            return await _answer(request, handler, rules.get(request.match_info.route))
        except Fault as fault:
            return refuse(fault, kind)
        except web.HTTPException as error:
            return refuse(Fault(_status(error), _words(error)), kind)
        except Exception as error:  # noqa: BLE001 - the last resort, told to the caller and the log
            _note(error)
            return refuse(Fault(500, "the request failed here; please try later"), kind)

    return guard


def _note(error: Exception) -> None:
    """Logs where it failed, without message and values, which may hold personal data."""
    where = traceback.format_tb(error.__traceback__)
    log.error("open311.failed", error=type(error).__name__, where=where)


async def _answer(request: web.Request, handler: Handler, rule: Rule | None) -> web.StreamResponse:
    if request.match_info.http_exception is not None:
        raise request.match_info.http_exception
    if isinstance(rule, Keyed):
        form = await request.post()
        if not str(form.get("api_key", "")).strip():
            raise Fault(403, "api_key is missing or wrong")
    elif not isinstance(rule, Public):
        raise Fault(403, "no rule opens this address")
    return await handler(request)


def _status(error: web.HTTPException) -> int:
    """404 for what is not there, 400 for all else, as the standard has it."""
    return 404 if error.status == 404 else 400


def _words(error: web.HTTPException) -> str:
    return "there is nothing at this address" if error.status == 404 else error.reason
