"""`serve` and `worker`: the program in service."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from contextlib import suppress

from aiohttp import web

from commands import Subcommands
from commands.assembly import current_model
from commands.demo import NotEmpty, load_demo
from commands.demo_mode import demo_extension, with_demo_api
from commands.logs import configure_logs
from commands.server import Deployment, make_server, running_jobs
from commands.support import fail, open_database, settings_of, utc_now
from settings import LOOPBACK, Settings
from storage.engine import Database
from storage.migrate import is_current, upgrade

OUTDATED = "the database is not at the newest schema: run `python main.py migrate`"


def register(commands: Subcommands) -> None:
    """Adds `serve` and `worker`."""
    serve = commands.add_parser(
        "serve", help="webhook, console, public pages and background jobs in one process"
    )
    serve.add_argument("--host", help="address to listen on (default: server.host)")
    serve.add_argument("--port", type=int, help="port to listen on (default: server.port)")
    serve.add_argument("--no-jobs", action="store_true", help="leave background jobs to workers")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser(
        "worker", help="background jobs alone; any number against PostgreSQL"
    )
    worker.set_defaults(run=_worker)


def _serve(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    settings.server.host = args.host or settings.server.host
    settings.server.port = settings.server.port if args.port is None else args.port
    if settings.demo and settings.server.host not in LOOPBACK:
        return fail("demo mode serves a known sign-in: --host must be 127.0.0.1")
    configure_logs(settings.log)
    settings = with_demo_api(settings)
    with open_database(settings) as database:
        if settings.demo:
            _prepare_demo(settings, database)
        if not is_current(database):
            return fail(OUTDATED)
        deployment = Deployment(
            settings=settings,
            database=database,
            understander=current_model(settings),
            clock=utc_now,
            with_jobs=not args.no_jobs,
            extend=demo_extension(settings) if settings.demo else None,
        )
        asyncio.run(_run(deployment))
    return 0


def _prepare_demo(settings: Settings, database: Database) -> None:
    """Brings the demo's database up to date, and to life where nobody lives in it yet."""
    upgrade(database)
    with suppress(NotEmpty):
        load_demo(database, settings, utc_now())


async def _run(deployment: Deployment) -> None:
    settings = deployment.settings
    runner = web.AppRunner(
        make_server(deployment), access_log=None, handler_cancellation=False, shutdown_timeout=10
    )
    await runner.setup()
    _settle_memory()
    site = web.TCPSite(runner, settings.server.host, settings.server.port)
    await site.start()
    _say_addresses(settings)
    try:
        await _until_stopped()
    finally:
        await runner.cleanup()


def _settle_memory() -> None:
    """Takes what is loaded for good out of the garbage collector's rounds.

    Dictionaries, model and indexes are some hundred thousand objects; looking through them again
    and again cost about 7 % of the time of a message.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()


def _say_addresses(settings: Settings) -> None:
    base = f"http://{settings.server.host}:{settings.server.port}"
    lines = [f"说事台 is running on {base}", f"  console       {base}/console/"]
    if settings.demo:
        lines.insert(1, f"  chat          {base}/demo")
        lines.append("  demo sign-in  wang / shuoshitai-demo (community worker)")
        lines.append("                zhao / shuoshitai-demo (reviewer)")
    print("\n".join(lines), file=sys.stdout, flush=True)


def _worker(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    configure_logs(settings.log)
    with open_database(settings) as database:
        if not is_current(database):
            return fail(OUTDATED)
        deployment = Deployment(
            settings=settings,
            database=database,
            understander=current_model(settings),
            clock=utc_now,
        )
        asyncio.run(_work(deployment))
    return 0


async def _work(deployment: Deployment) -> None:
    async with running_jobs(deployment):
        print("说事台 worker is running", flush=True)
        await _until_stopped()
