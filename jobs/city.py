"""Sends events of cases to the system of the city, signed.

Each is a POST of JSON with the headers `Idempotency-Key`, `X-Shuoshi-Timestamp` (seconds since
1970) and `X-Shuoshi-Signature`: `sha256=` and the HMAC-SHA256 (RFC 2104), in hexadecimal, of the
timestamp, a full stop and the body. Any 2xx is an acknowledgement, and so is 409, the answer to a
key that is known already.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import structlog

from services import city_events
from services.categories import Catalogues
from services.city_events import Outgoing
from storage.engine import Database

log = structlog.get_logger(__name__)

KNOWN_ALREADY = 409


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the city takes events: the address, the shared secret, seconds to wait."""

    url: str
    secret: str
    timeout: float = 10.0


class CityLine:
    """Brings stored events to the receiver, with no transaction open while sending."""

    def __init__(
        self,
        database: Database,
        session: aiohttp.ClientSession,
        receiver: Receiver,
        catalogues: Catalogues,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._session = session
        self._receiver = receiver
        self._catalogues = catalogues
        self._clock = clock

    async def run(self) -> int:
        """Stores what is new and sends what is due; returns how many were stored or tried."""
        now = self._clock()
        found = await self._database.write(lambda s: city_events.gather(s, self._catalogues, now))
        due = await self._database.write(lambda s: city_events.claim(s, self._catalogues, now))
        for event in due:
            await self._send(event)
        return found + len(due)

    async def _send(self, event: Outgoing) -> None:
        error = await self._post(event)
        now = self._clock()
        if error:
            log.warning("city event not taken", number=event.id, error=error)
            await self._database.write(lambda s: city_events.failed(s, event.id, error, now))
        else:
            await self._database.write(lambda s: city_events.sent(s, event.id, now))

    async def _post(self, event: Outgoing) -> str:
        """Empty where the receiver took the event, else what went wrong."""
        body = json.dumps(event.payload, ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": event.key,
            "X-Shuoshi-Timestamp": stamp,
            "X-Shuoshi-Signature": sign(self._receiver.secret, stamp, body),
        }
        timeout = aiohttp.ClientTimeout(total=self._receiver.timeout)
        try:
            async with self._session.post(
                self._receiver.url,
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                taken = 200 <= response.status < 300 or response.status == KNOWN_ALREADY
                return "" if taken else f"HTTP {response.status}"
        except (TimeoutError, aiohttp.ClientError) as error:
            return type(error).__name__


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a body sent at `stamp`."""
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"
