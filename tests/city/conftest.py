"""A system of the city that answers as told and remembers what it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from jobs.city import CityLine, Receiver, sign
from services.categories import Catalogues
from storage.engine import Database
from tests.desk import Clock

SECRET = "shared with the city, thirty-two characters"


@dataclass
class City:
    """The receiver: `answers` are the next status codes, 0 for silence; then 200."""

    clock: Clock
    answers: list[int] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Checks the signature as a receiver should, and takes a known key as a repeat."""
        body = await request.read()
        stamp = request.headers["X-Shuoshi-Timestamp"]
        assert request.headers["X-Shuoshi-Signature"] == sign(SECRET, stamp, body)
        assert abs(int(stamp) - self.clock().timestamp()) < 300
        key = request.headers["Idempotency-Key"]
        self.keys.append(key)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            await self.silent.wait()
        if self.keys.count(key) > 1 and status == 409:
            return web.Response(status=409)
        if status == 200:
            self.seen.append(json.loads(body))
            self.raw.append(body.decode())
        return web.Response(status=status or 200)


@dataclass
class Line:
    """The line under test with its far end."""

    city: City
    clock: Clock
    job: CityLine

    async def run(self, times: int = 1, *, forward: float = 0) -> None:
        for _ in range(times):
            self.clock.forward(seconds=forward)
            while await self.job.run():
                pass


@pytest.fixture
async def line(database: Database) -> AsyncIterator[Line]:
    """The job over an empty database, the receiver on loopback."""
    clock = Clock()
    city = City(clock)
    app = web.Application()
    app.router.add_post("/events", city.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        receiver = Receiver(f"http://127.0.0.1:{server.port}/events", SECRET, timeout=0.2)
        yield Line(city, clock, CityLine(database, session, receiver, Catalogues(), clock))
        city.silent.set()
