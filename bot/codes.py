"""Has WeChat make the QR codes of places and activities that staff asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.wechat.client import WeChatClient
from bot.wechat.errors import ApiError
from services import occasion_codes, place_codes
from services.place_codes import WantedCode
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class _Source:
    """Where codes wait to be made, and where it is told what became of them."""

    claim: Callable[[Session, datetime], list[WantedCode]]
    made: Callable[[Session, int, str], None]
    failed: Callable[[Session, int, str], None]


SOURCES = tuple(
    _Source(codes.claim, codes.made, codes.failed) for codes in (place_codes, occasion_codes)
)


class CodeMaker:
    """Brings parametric codes from the account of each community, by the community's code."""

    def __init__(
        self,
        database: Database,
        clients: Mapping[str, WeChatClient],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clients = clients
        self._clock = clock

    async def run(self) -> int:
        """Makes what is due; returns how many were tried."""
        tried = 0
        for source in SOURCES:
            wanted = await self._database.write(lambda s, of=source: of.claim(s, self._clock()))  # type: ignore[misc]
            for one in wanted:
                await self._make(source, one)
            tried += len(wanted)
        return tried

    async def _make(self, source: _Source, wanted: WantedCode) -> None:
        client = self._clients.get(wanted.community)
        if client is None:
            return await self._fail(source, wanted, "这个社区没有公众号")
        try:
            code = await client.create_qr(wanted.scene)
        except (ApiError, OSError, ValueError) as error:
            return await self._fail(source, wanted, f"{type(error).__name__}: {error}")
        return await self._database.write(lambda s: source.made(s, wanted.id, code.url))

    async def _fail(self, source: _Source, wanted: WantedCode, why: str) -> None:
        await self._database.write(lambda s: source.failed(s, wanted.id, why))
