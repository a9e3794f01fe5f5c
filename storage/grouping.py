"""Group commit: what waits to be written goes to disk together.

A durable commit waits for the disk, and on SQLite only one transaction writes at a time. So the
one writing thread takes everything that waits, runs it in one transaction and commits once;
nobody is told of a result before that commit. Where one piece of work fails, the transaction is
rolled back and each piece is run again in a transaction of its own: a failure is nobody else's.
(Group commit: DeWitt et al., Implementation techniques for main memory database systems, 1984.)
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.orm import Session, sessionmaker

MOST = 32
"""Pieces in one transaction; bounds how long the first of them waits for the last."""

Work: TypeAlias = Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class _Piece:
    work: Work
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Ended:
    piece: _Piece
    result: Any = None
    error: BaseException | None = None


class GroupWriter:
    """Writes for a single-writer database, in the one thread of `thread`."""

    def __init__(self, sessions: sessionmaker[Session], thread: Executor) -> None:
        self._sessions = sessions
        self._thread = thread
        self._waiting: deque[_Piece] = deque()
        self._busy = False

    async def write(self, work: Work) -> Any:
        """The result of `work` once it is on disk; raises what it raised."""
        loop = asyncio.get_running_loop()
        piece = _Piece(work, loop, loop.create_future())
        self._waiting.append(piece)
        if not self._busy:
            self._busy = True
            self._thread.submit(self._write_waiting)
        return await piece.done

    def _write_waiting(self) -> None:
        """Writes until nothing waits; who comes after the last look finds the thread free."""
        while True:
            while self._waiting:
                size = min(len(self._waiting), MOST)
                _tell(self._together([self._waiting.popleft() for _ in range(size)]))
            self._busy = False
            if not self._waiting:
                return
            self._busy = True

    def _together(self, pieces: Sequence[_Piece]) -> list[_Ended]:
        try:
            with self._sessions() as session, session.begin():
                return [_Ended(piece, _run(session, piece.work)) for piece in pieces]
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the work
            if len(pieces) == 1:
                return [_Ended(pieces[0], error=error)]
        return [ended for piece in pieces for ended in self._together([piece])]


def _run(session: Session, work: Work) -> Any:
    """The result of `work`, which leaves a session as fresh as it found it to the next."""
    result = work(session)
    session.flush()
    session.expunge_all()
    return result


def _tell(ended: Sequence[_Ended]) -> None:
    """Hands the results over, with one wake-up for each event loop."""
    for loop in {one.piece.loop for one in ended}:
        mine = [one for one in ended if one.piece.loop is loop]
        with suppress(RuntimeError):  # a loop that has closed waits for nothing any more
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(ended: Sequence[_Ended]) -> None:
    for one in ended:
        if one.piece.done.done():
            continue
        if one.error is not None:
            one.piece.done.set_exception(one.error)
        else:
            one.piece.done.set_result(one.result)
