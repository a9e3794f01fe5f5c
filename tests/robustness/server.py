"""A server to be killed: `python -m tests.robustness.server DATABASE_URL FOLDER`.

It loads the program once and then, for every line `start` on its standard input, forks a process
that serves the webhook (no jobs, the machine's clock) and prints `PID PORT`. So a new process is
there at once, as real as any other: its own database connections, its own threads, and nothing
that it could do when it is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import structlog
from aiohttp import web

from commands import assembly
from commands.support import utc_now
from intents import Understander, ensure_model
from settings import Settings
from storage.engine import Database
from tests.conftest import MODEL
from tests.desk import demo_settings


async def serve(settings: Settings, understander: Understander) -> None:
    """Serves the webhook until the process ends."""
    with Database(settings.database.url, settings.security.secret_key, threads=4) as database:
        world = assembly.make_world(settings, understander)
        inbound = assembly.make_inbound(settings, database, world, utc_now, lambda: None)
        app = web.Application()
        app.add_routes(inbound.webhook.routes())
        runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(os.getpid(), runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def main(url: str, folder: str) -> None:
    """Forks a server for each line read; ends, with its servers, where the input ends."""
    settings = demo_settings(url, Path(folder))
    # standard output is a pipe that is read for the addresses only
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    understander = ensure_model(MODEL)
    assembly.make_world(settings, understander)  # loads what the first turn would wait for
    for line in sys.stdin:
        if line.strip() == "start" and os.fork() == 0:
            asyncio.run(serve(settings, understander))


if __name__ == "__main__":
    main(*sys.argv[1:])
