"""The door: no request reaches a page but by the rule of its route.

A route below /console or /public that is not in the table is refused, whoever registered it.
"""

from __future__ import annotations

import hmac
import traceback
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy.orm import Session

from console import errors
from console.deps import ConsoleDeps
from console.headers import harden
from console.rules import Handler, Needs, Public, Route, Rule
from console.visits import COOKIE, VISIT, Visit, deps_of, visit_of, visitor
from services import sign_in
from services.access import Forbidden, require

AREAS = ("/console", "/public")
SIGN_IN = "/console/sign-in"
UPLOAD_LIMIT = 40 * 1024 * 1024
SAFE = ("GET", "HEAD", "OPTIONS")

log = structlog.get_logger(__name__)


def make_guard(deps: ConsoleDeps, rules: Mapping[web.AbstractRoute, Route]) -> Middleware:
    """The middleware for these registered routes."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _ours(request.path):
            return await handler(request)
        return await _answer(request, handler, deps, rules)

    return guard


async def harden_ours(request: web.Request, response: web.StreamResponse) -> None:
    """Puts the headers on whatever is sent below our areas, streams and errors too."""
    if _ours(request.path):
        harden(response, secure=deps_of(request).secure)


def _ours(path: str) -> bool:
    return any(path == area or path.startswith(area + "/") for area in AREAS)


async def _answer(
    request: web.Request,
    handler: Handler,
    deps: ConsoleDeps,
    rules: Mapping[web.AbstractRoute, Route],
) -> web.StreamResponse:
    try:
        await _recognise(request, deps)
        if request.match_info.http_exception is None:
            route = rules.get(request.match_info.route)
            rule = route.rule if route else None
            if (refused := _refuse(request, rule)) is not None:
                return refused
            if route and route.uploads:  # only now that it is known who asks
                request = request.clone(client_max_size=UPLOAD_LIMIT)
            await _check_origin(request, rule)
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return errors.page(request, error.status, error.text or "")
    except Forbidden as error:
        return errors.page(request, 403, str(error))
    except Exception as error:  # noqa: BLE001 - the last resort, told to the visitor and the log
        _note(request, error)
        return errors.page(request, 500, "")


async def _recognise(request: web.Request, deps: ConsoleDeps) -> None:
    """Finds out who asks and notes the sign of life; the page's own live requests are none."""
    token = request.cookies.get(COOKIE)
    if not token:
        return
    now = deps.clock()

    def work(session: Session) -> Visit | None:
        found = sign_in.signed_in(session, token, deps.rules, now)
        if found is None:
            return None
        return Visit(found, deps, now, deps.catalogues.in_scope(session, found.staff))

    visit = await deps.database.read(work)
    if visit is None:
        return
    request[VISIT], found = visit, visit.signed_in
    if now - found.session.seen_at >= sign_in.TOUCH_EVERY and "X-Live" not in request.headers:
        await deps.database.write(lambda session: sign_in.touch(session, found.session.id, now))


def _refuse(request: web.Request, rule: Rule | None) -> web.StreamResponse | None:
    if rule is None:
        return errors.page(request, 403, "这个地址没有登记访问规则")
    if isinstance(rule, Public):
        return None
    if visitor(request) is None:
        return _to_sign_in(request)
    if isinstance(rule, Needs):
        require(visit_of(request).staff, rule.permission)
    return None


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    """A browser is led to the sign-in; a script, which could not follow, is told by 401."""
    navigates = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if "X-Live" in request.headers or not navigates:
        return web.Response(status=401, text="请重新登录")
    back = request.path_qs if request.method in SAFE else ""
    where = f"{SIGN_IN}?next={quote(back, safe='')}" if back else SIGN_IN
    return web.Response(status=303, headers={"Location": where})


async def _check_origin(request: web.Request, rule: Rule | None) -> None:
    """Changing requests come from our own pages only: by origin, and by the session's token."""
    if request.method in SAFE:
        return
    if not _same_origin(request):
        raise web.HTTPForbidden(text="这个请求不是从本站页面发出的")
    visit = visitor(request)
    if isinstance(rule, Public) or visit is None:
        return
    form = await request.post()
    token = str(form.get("csrf", ""))
    if not hmac.compare_digest(token.encode(), visit.csrf.encode()):
        raise web.HTTPForbidden(text="页面已过期，请返回刷新后再试")


def _same_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if not origin:
        return False
    public = urlsplit(deps_of(request).public_url).netloc
    return urlsplit(origin).netloc in {request.host, public} - {""}


def _note(request: web.Request, error: Exception) -> None:
    """Logs where it failed: lines of code, for messages and values may hold personal data."""
    log.error(
        "console.failed",
        path=_pattern(request),
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )


def _pattern(request: web.Request) -> str:
    """The address without its numbers and words: what may be written into a log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "-"
