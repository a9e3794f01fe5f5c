"""Has WeChat make the QR codes of places that staff asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.wechat.client import WeChatClient
from bot.wechat.errors import ApiError
from services import place_codes
from services.place_codes import WantedCode
from storage.engine import Database


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
        wanted = await self._database.write(lambda s: place_codes.claim(s, self._clock()))
        for one in wanted:
            await self._make(one)
        return len(wanted)

    async def _make(self, wanted: WantedCode) -> None:
        client = self._clients.get(wanted.community)
        if client is None:
            return await self._fail(wanted, "这个社区没有公众号")
        try:
            code = await client.create_qr(wanted.scene)
        except (ApiError, OSError, ValueError) as error:
            return await self._fail(wanted, f"{type(error).__name__}: {error}")
        return await self._database.write(lambda s: place_codes.made(s, wanted.id, code.url))

    async def _fail(self, wanted: WantedCode, why: str) -> None:
        await self._database.write(lambda s: place_codes.failed(s, wanted.id, why))
