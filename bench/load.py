"""A closed loop of connections that post prepared requests and note how long each answer took.

Written on bare sockets, so that one core of load is enough for a server that does nothing.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


@dataclass
class Tally:
    """What came back: seconds per answer, answers by status, passive replies among them."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    replies: int = 0
    wall: float = 0.0

    def add(self, seconds: float, answer: bytes) -> None:
        status = int(answer[9:12])
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.replies += b"<Encrypt>" in answer

    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of the answers did not exceed."""
        ranked = sorted(self.seconds)
        return ranked[min(int(len(ranked) * share), len(ranked) - 1)] * 1000


class Connection(asyncio.Protocol):
    """One kept connection; sends a request, hands over the whole answer."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._data = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = self._data.find(HEAD_END)
        if head < 0 or self._answer is None:
            return
        length = LENGTH.search(self._data, 0, head)
        whole = head + len(HEAD_END) + (int(length[1]) if length else 0)
        if len(self._data) >= whole:
            self._answer.set_result(bytes(self._data[:whole]))
            del self._data[:whole]

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed by the server"))

    async def ask(self, request: bytes) -> bytes:
        """The answer to a request, head and body; raises OSError where the server hung up."""
        assert self._transport is not None  # noqa: S101 - set before the first request
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def drive(port: int, queues: Sequence[Sequence[bytes]]) -> Tally:
    """Sends each queue through a connection of its own, the next request after each answer."""
    loop = asyncio.get_running_loop()
    tally = Tally()

    async def work(queue: Sequence[bytes]) -> None:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        for request in queue:
            started = time.perf_counter()
            answer = await connection.ask(request)
            tally.add(time.perf_counter() - started, answer)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(work(queue) for queue in queues))
    tally.wall = time.perf_counter() - started
    return tally
