"""What the simulator's page shows: every entry of every conversation, in memory, and live.

Entries are numbered from 1 without gaps, so that a page that lost its connection asks for what
came after the last one it saw.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

KEPT = 2000
Listener: TypeAlias = "asyncio.Queue[Entry | None]"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the stream; `number` 0 marks a passing one that nobody asks for later.

    `event` is `message`, `trace`, `follow` or `typing`; `body` is plain JSON with the `openid`.
    """

    number: int
    event: str
    body: Mapping[str, Any]

    def as_sse(self) -> bytes:
        """The entry as a server-sent event (HTML Living Standard 9.2)."""
        head = f"id: {self.number}\n" if self.number else ""
        data = json.dumps(self.body, ensure_ascii=False)
        return f"{head}event: {self.event}\ndata: {data}\n\n".encode()


class ChatLog:
    """The newest `kept` entries, and who listens for the next.

    `boot` differs from run to run: a page that outlived a restart must begin anew.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.boot = secrets.token_hex(6)
        self.last = 0
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._listeners: set[Listener] = set()

    def add(self, event: str, **body: Any) -> None:
        """Keeps an entry and tells every listener."""
        self.last += 1
        entry = Entry(self.last, event, body)
        self._entries.append(entry)
        self._tell(entry)

    def pass_on(self, event: str, **body: Any) -> None:
        """Tells every listener what matters only now."""
        self._tell(Entry(0, event, body))

    def since(self, number: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.number > number]

    def bodies(self, event: str) -> list[Mapping[str, Any]]:
        """What `event` entries say, oldest first."""
        return [entry.body for entry in self._entries if entry.event == event]

    @contextmanager
    def listening(self, after: int) -> Iterator[Listener]:
        """A queue that holds what came after `after`, then each new entry; None at the end."""
        queue: Listener = asyncio.Queue()
        for entry in self.since(after):
            queue.put_nowait(entry)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """Sends every listener home."""
        for queue in self._listeners:
            queue.put_nowait(None)

    def _tell(self, entry: Entry) -> None:
        for queue in self._listeners:
            queue.put_nowait(entry)
