"""Sends what waits in the outbox: claimed by lease, sent with no transaction open, settled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.wechat.client import WeChatClient
from bot.wechat.errors import (
    Ambiguous,
    ApiError,
    Invalid,
    NoConsent,
    NoPermission,
    OutOfWindow,
    QuotaUsed,
    Temporary,
    TooMany,
)
from services import delivery
from services.delivery import Fate, Parcel, Postman
from services.outbox import Way
from storage.engine import Database

log = structlog.get_logger(__name__)

FATES: tuple[tuple[type[ApiError], Fate], ...] = (
    (Ambiguous, Fate.UNKNOWN),
    (OutOfWindow, Fate.NO_WINDOW),
    (TooMany, Fate.NO_WINDOW),
    (NoPermission, Fate.NO_WINDOW),
    (QuotaUsed, Fate.AGAIN),
    (Temporary, Fate.AGAIN),
    (NoConsent, Fate.REFUSED),
    (Invalid, Fate.REFUSED),
)


FIELD_LIMITS = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10, "time": 32}
"""Characters that a template field takes, by the kind in its key (`thing3`)."""


def fit_field(key: str, value: str) -> str:
    """A value cut to what a template field of this key takes; error 47003 otherwise."""
    limit = FIELD_LIMITS.get(key.rstrip("0123456789"), 20)
    line = " ".join(value.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Template:
    """A template message of an account: its number and the keys of our fields in it."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """The way out of one account."""

    client: WeChatClient
    templates: Mapping[str, Template]


class Delivery:
    """The sending half of the outbox; any number of them work side by side."""

    def __init__(
        self,
        database: Database,
        lines: Mapping[str, Line],
        postman: Postman,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._lines = lines
        self._postman = postman
        self._clock = clock

    async def run(self) -> int:
        """Sends what is due; returns how many were claimed."""
        parcels = await self._database.write(
            lambda s: delivery.claim(s, self._postman, self._clock())
        )
        # one after another for a resident, so that they read them in order
        by_resident: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            by_resident.setdefault(parcel.openid, []).append(parcel)
        await asyncio.gather(*(self._send_all(group) for group in by_resident.values()))
        return len(parcels)

    async def recover(self) -> int:
        """Settles sends whose sender has died."""
        return await self._database.write(lambda s: delivery.recover(s, self._clock()))

    async def _send_all(self, parcels: list[Parcel]) -> None:
        for parcel in parcels:
            fate, error = await self._try(parcel)
            await self._database.write(
                lambda s, p=parcel, f=fate, e=error: delivery.settle(  # type: ignore[misc]
                    s, p.id, f, e, self._clock()
                )
            )

    async def _try(self, parcel: Parcel) -> tuple[Fate, str]:
        try:
            await self._send(parcel)
        except ApiError as error:
            log.warning("send failed", message=parcel.id, code=error.code)
            fate = next((f for kind, f in FATES if isinstance(error, kind)), Fate.REFUSED)
            return fate, f"{type(error).__name__} {error}"
        return Fate.SENT, ""

    async def _send(self, parcel: Parcel) -> None:
        line = self._lines[parcel.account]
        if parcel.way is Way.CUSTOMER_SERVICE:
            await line.client.send_text(parcel.openid, parcel.text)
            return
        template = line.templates[parcel.template]
        data = {
            key: fit_field(key, str(parcel.fields[name]))
            for name, key in template.fields.items()
            if name in parcel.fields
        }
        await line.client.send_template(parcel.openid, template.id, data)
