"""Puts the console into an application."""

from __future__ import annotations

import asyncio

from aiohttp import web

from console import live, rendering
from console.attempts import ATTEMPTS, Attempts
from console.deps import DEPS, ConsoleDeps
from console.guard import harden_ours, make_guard
from console.open311.guard import add_open311
from console.pages.signing import AT_ONCE, CHECKS
from console.routes import ROUTES

__all__ = ["ConsoleDeps", "add_console"]


def add_console(app: web.Application, deps: ConsoleDeps) -> None:
    """Adds every route of the tables, the guards before them and the live part behind them.

    Call it inside a running loop or before; once for an application.
    """
    app[DEPS] = deps
    app[ATTEMPTS] = Attempts(deps.clock)
    app[CHECKS] = asyncio.Semaphore(AT_ONCE)
    rendering.set_up(app)
    live.set_up(app)
    rules = {
        app.router.add_route(route.method, route.path, route.handler): route for route in ROUTES
    }
    app.middlewares.append(make_guard(deps, rules))
    add_open311(app)
    app.on_response_prepare.append(harden_ours)
