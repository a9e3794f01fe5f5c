"""Access tokens in the database: one process renews, the others wait for its result."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.wechat.errors import Temporary
from bot.wechat.tokens import Token
from storage.engine import Database
from storage.running import AccessToken

LEASE = timedelta(seconds=15)
POLL_SECONDS = 0.2


class DatabaseTokens:
    """A TokenStore shared by all processes of the deployment.

    A renewal is taken by lease: whoever holds it fetches, with no transaction open; whoever
    comes meanwhile waits and shares its result, also where that is the same value once more (a
    stable token) or a failure.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def get(self, account_code: str) -> Token | None:
        return await self._database.read(lambda s: _stored(s, account_code))

    async def renew(
        self, account_code: str, stale: str | None, fetch: Callable[[], Awaitable[Token]]
    ) -> Token:
        """The token after `stale`, fetched by exactly one of those who ask at the same time.

        Raises Temporary where the one who fetched for all of them failed.
        """
        holder, asked_at = secrets.token_hex(8), self._clock()
        while True:
            token, mine = await self._database.write(
                lambda s: _take(s, account_code, stale, holder, asked_at, self._clock())
            )
            if token is not None:
                return token
            if mine:
                return await self._fetch(account_code, holder, fetch)
            await asyncio.sleep(POLL_SECONDS)

    async def _fetch(
        self, account_code: str, holder: str, fetch: Callable[[], Awaitable[Token]]
    ) -> Token:
        token: Token | None = None
        try:
            token = await fetch()
        finally:
            await self._database.write(
                lambda s: _keep(s, account_code, holder, token, self._clock())
            )
        return token


def _stored(session: Session, account: str) -> Token | None:
    row = session.get(AccessToken, account)
    if row is None or row.value is None or row.expires_at is None:
        return None
    return Token(row.value, row.expires_at)


def _take(
    session: Session,
    account: str,
    stale: str | None,
    holder: str,
    asked_at: datetime,
    now: datetime,
) -> tuple[Token | None, bool]:
    """A newer token, or the lease to fetch one, or neither."""
    row = session.get(AccessToken, account, with_for_update=True)
    if row is None:
        row = AccessToken(account=account)
        session.add(row)
        session.flush()
    renewed = row.renewed_at is not None and row.renewed_at > asked_at
    if row.value is not None and row.expires_at is not None and (renewed or row.value != stale):
        return Token(row.value, row.expires_at), False
    if row.failed_at is not None and row.failed_at > asked_at:
        raise Temporary(0, "the token could not be renewed")
    if row.renewing_until is not None and row.renewing_until > now:
        return None, False
    row.renewing_until, row.renewing_by = now + LEASE, holder
    return None, True


def _keep(session: Session, account: str, holder: str, token: Token | None, now: datetime) -> None:
    row = session.get_one(AccessToken, account, with_for_update=True)
    if token is not None:
        row.value, row.expires_at, row.renewed_at = token.value, token.expires_at, now
    else:
        row.failed_at = now
    if row.renewing_by == holder:
        row.renewing_until = row.renewing_by = None
