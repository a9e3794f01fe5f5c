"""The access token all processes share, and who may fetch a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `expires_at` is aware UTC."""

    value: str = field(repr=False)
    expires_at: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether it need not be renewed yet: WeChat hands out the next one 5 minutes early."""
        return now < self.expires_at - EARLY


Fetch = Callable[[], Awaitable[Token]]


class TokenStore(Protocol):
    """Where the token lies, one for an account."""

    async def get(self, account_code: str) -> Token | None:
        """The stored token, fresh or not."""

    async def renew(self, account_code: str, stale: str | None, fetch: Fetch) -> Token:
        """The token after `stale`: another's if there is one already, else the result of `fetch`.

        However many ask at once, `fetch` runs once; its failure is everybody's failure.
        """


class MemoryTokenStore:
    """Tokens of one process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._running: dict[str, asyncio.Task[Token]] = {}

    async def get(self, account_code: str) -> Token | None:
        return self._tokens.get(account_code)

    async def renew(self, account_code: str, stale: str | None, fetch: Fetch) -> Token:
        current = self._tokens.get(account_code)
        if current is not None and current.value != stale:
            return current
        running = self._running.get(account_code)
        if running is None:
            running = asyncio.create_task(self._fetch(account_code, fetch))
            self._running[account_code] = running
        # one caller's cancellation is not the others'
        return await asyncio.shield(running)

    async def _fetch(self, account_code: str, fetch: Fetch) -> Token:
        try:
            token = await fetch()
            self._tokens[account_code] = token
            return token
        finally:
            del self._running[account_code]
