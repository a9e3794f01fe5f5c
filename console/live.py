"""Live pages: one task per process looks for changes, open pages hear of them.

The task asks the database for a cheap mark of everything that pages show, so a change made by
any process is noticed; each open page then computes its own mark and is told only when that one
moved. While no page is open, nothing is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from console.deps import DEPS, ConsoleDeps
from services import marks

HEARTBEAT = 20.0
"""Seconds after which a page is told something even if nothing changed."""

log = structlog.get_logger(__name__)


class Live:
    """The listeners of one process and who is looking at what."""

    def __init__(self, deps: ConsoleDeps) -> None:
        self._deps = deps
        self._listeners: set[asyncio.Event] = set()
        self._present: dict[str, Counter[str]] = {}
        self._awake = asyncio.Event()
        self.closing = False

    @contextlib.contextmanager
    def present(self, page: str, name: str) -> Iterator[None]:
        """While it lasts, `name` counts as looking at `page`."""
        here = self._present.setdefault(page, Counter())
        here[name] += 1
        self.tell()
        try:
            yield
        finally:
            here[name] -= 1
            if not +here:
                self._present.pop(page, None)
            self.tell()

    def others(self, page: str, name: str) -> list[str]:
        """Who else is looking at `page` in this process."""
        return sorted(other for other in +self._present.get(page, Counter()) if other != name)

    async def changes(self) -> AsyncIterator[None]:
        """Yields at once, then whenever something may have changed, and with every heartbeat;
        ends when the program does.
        """
        event = asyncio.Event()
        self._listeners.add(event)
        self._awake.set()
        try:
            while not self.closing:
                yield
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), HEARTBEAT)
                event.clear()
        finally:
            self._listeners.discard(event)

    async def run(self) -> None:
        """Looks for changes until cancelled; a database that is away is asked again."""
        seen = ""
        while True:
            if not self._listeners:
                self._awake.clear()
                await self._awake.wait()
            now: datetime = self._deps.clock()
            try:
                mark = await self._deps.database.read(partial(marks.everything, now=now))
            except SQLAlchemyError as error:
                log.warning("console.live_unavailable", error=type(error).__name__)
                mark = seen
            if mark != seen:
                seen = mark
                self.tell()
            await asyncio.sleep(self._deps.poll_seconds)

    def close(self) -> None:
        """Lets every open page go."""
        self.closing = True
        self.tell()

    def tell(self) -> None:
        """Has every open page of this process look again."""
        for event in self._listeners:
            event.set()


LIVE: web.AppKey[Live] = web.AppKey("console_live", Live)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Keeps the looking task alive with the application."""
    task = asyncio.create_task(app[LIVE].run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def let_go(app: web.Application) -> None:
    """Ends the open streams before the server waits for them."""
    app[LIVE].close()


def set_up(app: web.Application) -> None:
    """Adds the live part to an application."""
    app[LIVE] = Live(app[DEPS])
    app.cleanup_ctx.append(running)
    app.on_shutdown.append(let_go)
