"""Takes pushes in: copies of one message share one turn, and nobody is kept waiting too long.

WeChat waits five seconds for an answer and repeats the push twice. A turn that needs longer than
the deadline is left to be repeated: the connection is held, and the repeat collects the result.
On the last try the push is acknowledged; a reply that comes later travels through the outbox
(`TurnTaker` marks it `late`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.turn import LATE, Outcome, TurnTaker
from dialogue.messages import Incoming
from services import inbound
from storage.engine import Database

log = structlog.get_logger(__name__)

HOLD = 5.0
"""Seconds after which WeChat has hung up; a connection held that long answers nobody."""


LAST_CALL = timedelta(seconds=1)
"""Margin by which the last of three tries is recognised."""


class NotReady(Exception):
    """No result yet and another try will come: hang up without an answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a push is made to wait (seconds)."""

    deadline: float = 4.0
    hold: float = HOLD


class Receiver:
    """Runs turns in the database's threads and shares one turn between the copies of a message."""

    def __init__(
        self,
        database: Database,
        taker: TurnTaker,
        clock: Callable[[], datetime],
        patience: Patience,
        stirred: Callable[[], None],
    ) -> None:
        self._database = database
        self._taker = taker
        self._clock = clock
        self._patience = patience
        self._stirred = stirred
        self._running: dict[tuple[str, str], asyncio.Task[Outcome]] = {}

    async def receive(self, incoming: Incoming) -> Outcome | None:
        """The stored outcome of a message, computed once.

        None on the last try where the result is not there in time (acknowledge; the reply will
        travel through the outbox); NotReady before that.
        """
        turn = self._turn_of(incoming)
        await asyncio.wait((turn,), timeout=self._patience.deadline)
        if turn.done():
            return turn.result()
        if self._clock() - incoming.sent_at + LAST_CALL >= LATE:
            return None
        await asyncio.sleep(max(self._patience.hold - self._patience.deadline, 0))
        raise NotReady

    def _turn_of(self, incoming: Incoming) -> asyncio.Task[Outcome]:
        key = (incoming.account, incoming.key)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._run(incoming))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return task

    def _forget(self, key: tuple[str, str], task: asyncio.Task[Outcome]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("turn lost", error=type(task.exception()).__name__)

    async def _run(self, incoming: Incoming) -> Outcome:
        try:
            outcome = await self._database.write(lambda s: self._taker.take(s, incoming))
        except Exception as error:
            failure = error
            log.exception("turn failed", error=type(error).__name__)
            outcome = await self._database.write(
                lambda s: self._taker.take_failed(s, incoming, failure)
            )
        self._stirred()
        return outcome

    async def keep_raw(self, account: str, raw: str) -> None:
        """Keeps a signed push that made no sense."""
        now = self._clock()
        await self._database.write(lambda s: inbound.keep_raw(s, account, raw, now))

    async def drain(self) -> None:
        """Waits for the turns that are running; called when the server stops."""
        if self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)
