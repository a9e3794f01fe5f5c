"""200 residents want the last 20 pieces at once, through the real webhook."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intents import Understander
from services import goods, ledger, ledger_chain
from services.goods import Label
from services.ledger import Unit
from services.residents import meet
from storage.communities import Community
from storage.ledger import LedgerAccount
from storage.points import Goods, Redemption
from tests.desk import WORKDAY_MORNING, Desk, open_desk

RESIDENTS, PIECES, AT_ONCE, PRICE = 200, 20, 24, 30


def prepare(session: Session) -> None:
    """Everybody has 100 points; there are 20 bags of rice."""
    community = session.scalars(select(Community)).one().id
    goods.add(session, None, community, Label("大米", PRICE, PIECES, 1), WORKDAY_MORNING)
    for number in range(RESIDENTS):
        one = meet(session, community, "", f"o{number}", WORKDAY_MORNING)
        ledger.credit(session, one, Unit.POINTS, 100, f"start:{number}", "清扫", WORKDAY_MORNING)


async def say(desk: Desk, openid: str, text: str) -> str:
    """The reply to a message, which is repeated while it is not answered, as WeChat does."""
    push = desk.side.compose_text(openid, text)
    for _ in range(5):
        reply = await desk.send(push)
        if reply:
            return reply
        push = desk.side.again(push)
    return ""


async def test_twenty_of_two_hundred_get_one_and_the_others_keep_their_points(
    database_url: str, understander: Understander, tmp_path: Path
) -> None:
    """Exactly 20 codes, all different; 180 hear kindly that it is gone; the books balance."""
    async with open_desk(database_url, understander, tmp_path) as desk:
        desk.do(prepare)
        turns = asyncio.Semaphore(AT_ONCE)

        async def tell(number: int, *texts: str) -> str:
            async with turns:
                return [await say(desk, f"o{number}", text) for text in texts][-1]

        everybody = range(RESIDENTS)
        seen = await asyncio.gather(*(tell(number, "兑换", "1") for number in everybody))
        assert all("确认换" in reply for reply in seen)
        lasts = await asyncio.gather(*(tell(number, "1") for number in everybody))
        codes = [found[1] for last in lasts if (found := re.search(r"取货码 (\d{3} \d{3})", last))]
        assert len(codes) == len(set(codes)) == PIECES
        others = [last for last in lasts if "取货码" not in last]
        assert len(others) == RESIDENTS - PIECES
        assert all("对不住，就在刚才换完了，您的分没有动" in last for last in others)

        def books(session: Session) -> tuple[int, int, list[int]]:
            ledger_chain.check(session, session.scalars(select(Community.id)).one())
            balances = select(LedgerAccount.balance).where(LedgerAccount.kind == "resident")
            return (
                session.scalars(select(Goods.stock)).one(),
                session.scalar(select(func.count(Redemption.id))) or 0,
                sorted(session.scalars(balances)),
            )

        assert desk.look(books) == (0, PIECES, [70] * PIECES + [100] * (RESIDENTS - PIECES))
