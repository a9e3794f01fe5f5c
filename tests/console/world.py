"""The console over a small community, with visitors who are signed in."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientResponse, DummyCookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.assembly import Gazetteers
from console.app import add_console
from console.deps import ConsoleDeps
from console.visits import COOKIE
from services import canned, sign_in
from services.categories import Catalogues
from storage.engine import Database
from storage.staff import AuditEntry, Staff
from tests.console.seed import HOURS, NOW, Seeded

T = TypeVar("T")
CATALOGUES = Catalogues()
SECRET = "secret of the console's tests, long enough"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Answer:
    """A response that has been read."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass(frozen=True)
class Visitor:
    """A browser: with a token, or without."""

    client: TestClient[web.Request, web.Application]
    token: str = ""
    csrf: str = ""

    async def get(self, path: str, **headers: str) -> Answer:
        """What a page answers; redirects are not followed."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self.client.get(
            path, headers=named | self._cookie(), allow_redirects=False
        )
        return await _read(response)

    async def post(
        self,
        path: str,
        data: Mapping[str, str] | None = None,
        *,
        csrf: str | None = None,
        origin: str | None = None,
    ) -> Answer:
        """Posts a form as our own pages do, unless told otherwise."""
        here = str(self.client.make_url("/")).rstrip("/")
        response = await self.client.post(
            path,
            data={"csrf": self.csrf if csrf is None else csrf} | dict(data or {}),
            headers=self._cookie() | {"Origin": here if origin is None else origin},
            allow_redirects=False,
        )
        return await _read(response)

    async def send(
        self, path: str, field: str, name: str, data: bytes, values: Mapping[str, str] | None = None
    ) -> Answer:
        """Posts a form with a file, as our own pages do."""
        here = str(self.client.make_url("/")).rstrip("/")
        form = FormData({"csrf": self.csrf} | dict(values or {}))
        form.add_field(
            field, io.BytesIO(data), filename=name, content_type="application/octet-stream"
        )
        response = await self.client.post(
            path, data=form, headers=self._cookie() | {"Origin": here}, allow_redirects=False
        )
        return await _read(response)

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.token}"} if self.token else {}


async def _read(response: ClientResponse) -> Answer:
    return Answer(response.status, await response.text(errors="replace"), response.headers)


@dataclass
class Console:
    """The running console and everything behind it."""

    client: TestClient[web.Request, web.Application]
    database: Database
    clock: Clock
    seeded: Seeded
    media_dir: Path
    woken: list[int] = field(default_factory=list)

    @property
    def anonymous(self) -> Visitor:
        return Visitor(self.client)

    def visitor(self, login: str) -> Visitor:
        """Somebody who has just signed in, without the slow check of a password."""

        def work(session: Session) -> Visitor:
            stored = sign_in.stored_hash(session, login)
            attempt = sign_in.Attempt(login, stored, fits=True)
            token = sign_in.sign_in(session, attempt, sign_in.SignInRules(), self.clock())
            assert token is not None
            session.flush()
            found = sign_in.signed_in(session, token, sign_in.SignInRules(), self.clock())
            assert found is not None
            return Visitor(self.client, token, found.session.csrf)

        return self.database.write_now(work)

    def read(self, work: Callable[[Session], T]) -> T:
        return self.database.read_now(work)

    def write(self, work: Callable[[Session], T]) -> T:
        return self.database.write_now(work)

    def staff(self, session: Session, login: str) -> Staff:
        return session.get_one(Staff, self.seeded.staff[login])

    def audited(self, action: str) -> list[AuditEntry]:
        """The entries of one action, oldest first."""
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return self.read(lambda session: list(session.scalars(query)))


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of a page with this name."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found[1]


@asynccontextmanager
async def open_console(
    database: Database, seeded: Seeded, folder: Path, **changes: Any
) -> AsyncIterator[Console]:
    """Opens the console over a database that `fill` has filled, with `changes` to its parts."""
    clock = Clock()
    woken: list[int] = []
    deps = ConsoleDeps(
        database=database,
        hours=HOURS,
        clock=clock,
        media_dir=folder / "media",
        notify_outbox=lambda: woken.append(1),
        catalogues=CATALOGUES,
        gazetteer=Gazetteers(),
        canned=tuple(canned.read()),
        poll_seconds=0.02,
        model_dir=folder / "model",
    )
    deps = replace(deps, **changes)
    deps.media_dir.mkdir()
    Image.new("RGB", (8, 6), (90, 110, 100)).save(deps.media_dir / "lamp.png")
    app = web.Application()
    add_console(app, deps)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield Console(client, database, clock, seeded, deps.media_dir, woken)
