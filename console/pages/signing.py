"""Signing in and out."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from math import ceil

import structlog
from aiohttp import web

from console.attempts import ATTEMPTS, address_of
from console.deps import ConsoleDeps
from console.done import own_path, see
from console.forms import read_form
from console.live import LIVE
from console.rendering import render
from console.visits import COOKIE, deps_of, visit_of, visitor
from services import passwords, sign_in
from services import staff as people
from storage.staff import Staff

CHECKS: web.AppKey[asyncio.Semaphore] = web.AppKey("console_password_checks", asyncio.Semaphore)
AT_ONCE = 2
"""Password checks at a time: each takes 64 MiB and a core, and anybody may ask for one."""

log = structlog.get_logger(__name__)

REFUSED = "登录名、密码或动态码不对。连续输错会锁定一段时间。"


async def show(request: web.Request) -> web.Response:
    """The sign-in page; who is signed in already goes on."""
    if visitor(request) is not None:
        return see(own_path(request.query.get("next", ""), "/console/"))
    return await _page(request, login="", error="", status=200)


async def enter(request: web.Request) -> web.Response:
    """Checks login, password and code; sets the cookie of a new session."""
    deps, form = deps_of(request), await read_form(request)
    address, attempts = address_of(request), request.app[ATTEMPTS]
    if wait := attempts.take(address):
        return await _too_often(request, wait)
    login = form.get("login", "").strip().lower()
    attempt = await _check(request, login, form.get("password", ""), form.get("code", ""))
    token = await deps.database.write(
        lambda session: sign_in.sign_in(session, attempt, deps.rules, deps.clock())
    )
    if token is None:
        return await _page(request, login=login, error=REFUSED, status=422)
    attempts.give_back(address)
    response = see(own_path(form.get("next", ""), "/console/"))
    _set_cookie(response, deps, token)
    return response


async def _too_often(request: web.Request, wait: timedelta) -> web.Response:
    """Refuses before the password is looked at, which costs a core."""
    log.warning("console.sign_in_too_often")
    seconds = ceil(wait.total_seconds())
    words = f"从这个网络试得太多了，请 {seconds} 秒后再试。"
    response = await _page(request, login="", error=words, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


async def leave(request: web.Request) -> web.Response:
    """Ends the session and forgets the cookie."""
    visit = visit_of(request)
    await visit.write(lambda session: sign_in.sign_out(session, visit.signed_in, visit.now))
    request.app[LIVE].tell()
    response = see("/console/sign-in", "signed-out")
    response.del_cookie(COOKIE, path="/console")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def _check(request: web.Request, login: str, password: str, code: str) -> sign_in.Attempt:
    """Compares the password outside any transaction, a few at a time."""
    stored = await deps_of(request).database.read(
        lambda session: sign_in.stored_hash(session, login)
    )
    async with request.app[CHECKS]:
        fits = await asyncio.to_thread(passwords.fits, stored, password[: passwords.LONGEST])
    return sign_in.Attempt(login, stored, fits, code)


def _set_cookie(response: web.Response, deps: ConsoleDeps, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(deps.rules.absolute.total_seconds()),
        path="/console",
        httponly=True,
        samesite="Lax",
        secure=deps.secure,
    )


async def _page(request: web.Request, *, login: str, error: str, status: int) -> web.Response:
    deps = deps_of(request)
    people_here: list[Staff] = []
    if deps.demo:
        people_here = await deps.database.read(people.listed)
    context = {
        "login": login,
        "error": error,
        "next": request.query.get("next", ""),
        "demo_staff": [one for one in people_here if one.active],
        "demo_password": people.DEMO_PASSWORD,
    }
    return render(request, "sign_in.html", context, status=status)
