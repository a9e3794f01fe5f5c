"""A process that works on a redemption and is killed by SIGKILL at a statement told before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from services import redemptions
from storage.engine import Database
from storage.points import Goods, Redemption
from tests.conftest import SECRET
from tests.services.points_world import NOW, person, worker
from tests.shared_data import ROOT


def the_one(session: Session) -> Redemption:
    """The only redemption there is."""
    return session.scalars(select(Redemption)).one()


def _reserve(session: Session) -> object:
    row = session.scalars(select(Goods)).one()
    return redemptions.reserve(session, person(session), row.id, "r1", NOW)


DEEDS: dict[str, Callable[[Session], Any]] = {
    "reserve": _reserve,
    "hand over": lambda s: redemptions.hand_over(s, worker(s), the_one(s), NOW),
    "cancel": lambda s: redemptions.cancel(s, the_one(s), NOW),
    "lapse": lambda s: redemptions.lapse_due(s, NOW + timedelta(days=30)),
}


class Mother:
    """A process that has the program in memory and forks one that works, whenever it is told to."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def killed_at(self, url: str, deed: str, step: int) -> bool:
        """Whether a new process that does a deed died before its statement number `step`, or
        before the commit where that comes next; False where it did all there is to do.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([url, deed, step]) + "\n")
        self._process.stdin.flush()
        ended = int(self._process.stdout.readline())
        assert ended in (0, -signal.SIGKILL), f"ended with {ended}"
        return ended == -signal.SIGKILL

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


def _run(url: str, deed: str, step: int) -> None:
    with Database(url, SECRET, threads=1) as database:
        ran: list[object] = []

        def die(*_: object) -> None:
            ran.append(None)
            if len(ran) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", die)
        event.listen(database.engine, "commit", die)
        database.write_now(DEEDS[deed])


def main() -> None:
    """Forks for each line read and says how the process ended."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _run(*json.loads(line))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
