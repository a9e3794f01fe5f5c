"""The web application: webhook, console, health, metrics, and in demo mode the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from aiohttp import web

from commands import assembly, health
from commands.assembly import Clock
from console.app import add_console
from console.deps import ConsoleDeps
from handlers.kit import World
from intents.current import Classifier
from jobs.catalogue import all_jobs
from jobs.runner import Runner
from services import canned
from services.sign_in import SignInRules
from settings import Settings
from storage.engine import Database

log = structlog.get_logger(__name__)
_WARMING = 0.5
"""Seconds that the start waits for the knowledge bases; after that they are built beside."""

BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a server is made of."""

    settings: Settings
    database: Database
    understander: Classifier
    clock: Clock
    with_jobs: bool = True
    extend: Callable[[web.Application], None] | None = None


class Bell:
    """Rings the jobs of this process once they run; before that it is silent."""

    def __init__(self) -> None:
        self._runner: Runner | None = None

    def connect(self, runner: Runner) -> None:
        self._runner = runner

    def __call__(self) -> None:
        if self._runner is not None:
            self._runner.ring()


def make_server(deployment: Deployment) -> web.Application:
    """The application of a process; starting it starts the jobs, unless left to workers."""
    settings, database = deployment.settings, deployment.database
    world = assembly.make_world(settings, deployment.understander)
    bell = Bell()
    inbound = assembly.make_inbound(settings, database, world, deployment.clock, bell)
    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(inbound.webhook.routes())
    health.add_health(app, database, deployment.understander)
    add_console(app, _console_deps(deployment, world, bell))
    if deployment.extend is not None:
        deployment.extend(app)
    app.cleanup_ctx.append(_knowledge(deployment, world))
    if deployment.with_jobs:
        app.cleanup_ctx.append(_jobs(deployment, bell))

    async def drain(_: web.Application) -> None:
        await inbound.receiver.drain()

    app.on_shutdown.append(drain)
    return app


def _console_deps(deployment: Deployment, world: World, bell: Bell) -> ConsoleDeps:
    settings = deployment.settings
    guard = settings.security
    return ConsoleDeps(
        database=deployment.database,
        hours=world.hours,
        clock=deployment.clock,
        media_dir=settings.paths.media,
        notify_outbox=bell,
        approval=settings.reply.approval,
        demo=settings.demo,
        public_url=settings.server.public_url,
        rules=SignInRules(
            failures=guard.lockout_failures,
            lockout=timedelta(minutes=guard.lockout_minutes),
            idle=timedelta(minutes=guard.idle_minutes),
            absolute=timedelta(hours=guard.session_hours),
        ),
        catalogues=world.catalogues,
        gazetteer=world.gazetteer,
        canned=tuple(canned.read()),
        model_dir=settings.paths.model,
    )


def _knowledge(
    deployment: Deployment, world: World
) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_: web.Application) -> AsyncIterator[None]:
        database, now = deployment.database, deployment.clock()
        built = asyncio.ensure_future(database.read(lambda s: assembly.warm_up(s, world, now)))
        # WeChat waits five seconds for an answer: the first one must not wait for the dictionary
        await asyncio.wait([built], timeout=_WARMING)
        yield
        await asyncio.wait([built])
        if built.exception():
            log.warning("knowledge bases were not built at the start", exc_info=built.exception())

    return run


def _jobs(deployment: Deployment, bell: Bell) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_: web.Application) -> AsyncIterator[None]:
        async with running_jobs(deployment) as runner:
            bell.connect(runner)
            yield

    return run


class running_jobs:  # noqa: N801 - used as a context manager, like a function
    """Starts the jobs of this process and stops them at the end."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    async def __aenter__(self) -> Runner:
        given = self._deployment
        self._session = aiohttp.ClientSession()
        clients = assembly.make_clients(given.settings, given.database, self._session, given.clock)
        city = assembly.make_city_line(given.settings, given.database, self._session, given.clock)
        workers = assembly.make_workers(given.settings, given.database, clients, given.clock, city)
        self._runner = Runner(all_jobs(workers))
        return await self._runner.__aenter__()

    async def __aexit__(self, *exception: object) -> None:
        await self._runner.__aexit__(*exception)
        await self._session.close()
