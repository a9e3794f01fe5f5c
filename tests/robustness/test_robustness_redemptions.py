"""Processes killed while they redeem: neither points nor goods are lost, whatever the moment."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.support import utc_now
from demo.wechat_side import SignedPush, WeChatSide
from services import goods, ledger, ledger_chain, redemptions
from services.goods import Label
from services.ledger import Unit
from services.residents import meet
from settings import Settings
from storage.communities import Community
from storage.engine import Database
from storage.ledger import LedgerAccount
from storage.points import Goods, Redemption
from storage.residents import Resident
from tests.conftest import SECRET
from tests.robustness.dying import Mother
from tests.robustness.processes import Farm, Server, community, farm, opened, post, side_of
from tests.services.points_world import NOW, earn, have, home, person, shelve

ROUNDS, PHONES, PEOPLE, BAGS, PRICE = 3, 6, 160, 400, 30
AFTER = {
    "reserve": (80, 20, 0, 2, "reserved"),
    "hand over": (80, 0, 20, 2, "handed"),
    "cancel": (100, 0, 0, 3, "cancelled"),
    "lapse": (100, 0, 0, 3, "lapsed"),
}
Books = tuple[int, int, int, int, str]


def set_out(session: Session) -> None:
    """One resident with 100 points, three bottles of soap on the shelf."""
    earn(session, 100, "start")
    shelve(session, Label("洗衣液", 20, 3, 2))


def books(session: Session) -> Books:
    """Points, reserve, redeemed, stock, state: everything that a redemption moves."""
    balances = {row.kind: row.balance for row in session.scalars(select(LedgerAccount))}
    ledger_chain.check(session, home(session).id)
    state = session.scalar(select(Redemption.state)) or ""
    stock = session.scalars(select(Goods.stock)).one()
    return have(session), balances.get("reserve", 0), balances.get("redeemed", 0), stock, state


@pytest.fixture(scope="module")
def mother() -> Iterator[Mother]:
    """The process that forks those that are killed."""
    started = Mother()
    yield started
    started.close()


@pytest.mark.parametrize("deed", AFTER)
def test_killed_at_every_statement_and_at_the_commit(
    database_url: str, mother: Mother, deed: str
) -> None:
    """SIGKILL before each statement in turn: all is as before; the next process does it."""
    with Database(database_url, SECRET, threads=2) as database:
        database.write_now(set_out)
        if deed != "reserve":
            row = database.read_now(lambda s: s.scalars(select(Goods.id)).one())
            database.write_now(lambda s: redemptions.reserve(s, person(s), row, "r1", NOW).id)
        before = database.read_now(books)
        for step in range(1, 100):
            if not mother.killed_at(database_url, deed, step):
                break
            assert database.read_now(books) == before, f"killed at statement {step}"
        assert step > 6
        assert database.read_now(books) == AFTER[deed]


@dataclass
class Shoppers:
    """Residents who redeem one after the other until the server is gone, and what they heard."""

    side: WeChatSide
    settings: Settings
    codes: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    async def redeem(
        self, session: aiohttp.ClientSession, server: Server, names: list[str]
    ) -> None:
        """Whole conversations; returns when there is nobody left or the server hangs up."""
        while names:
            openid = names.pop()
            for words in ("兑换", "1", "1"):
                self.sent += 1
                push = self.side.compose_text(openid, words, msgid=self.sent)
                body = await self._delivered(session, server, push)
                if body is None:
                    return
                said = opened(body, self.settings).get("Content", "")
                if code := re.search(r"取货码 (\d{3} \d{3})", said):
                    self.codes[openid] = code[1].replace(" ", "")

    async def _delivered(
        self, session: aiohttp.ClientSession, server: Server, push: SignedPush
    ) -> bytes | None:
        """The answer, asked for again where the server was too slow; None when it is gone."""
        while server.alive():
            try:
                return (await post(session, server.url, push))[1]
            except (aiohttp.ClientError, TimeoutError):
                push = self.side.again(push)
                await asyncio.sleep(0.01)
        return None


def furnish(session: Session) -> None:
    """Everybody has 100 points; there are 400 bags of rice at 30."""
    community_id = session.scalars(select(Community.id)).one()
    goods.add(session, None, community_id, Label("大米", PRICE, BAGS, 1), utc_now())
    for number in range(PEOPLE):
        one = meet(session, community_id, "", f"o{number}", utc_now())
        ledger.credit(session, one, Unit.POINTS, 100, f"start:{number}", "清扫", utc_now())


def lost(session: Session, shoppers: Shoppers) -> list[str]:
    """Points or goods that do not add up, and codes that were told and are not there."""
    ledger_chain.check(session, session.scalars(select(Community.id)).one())
    rows = session.execute(
        select(Resident.openid, Redemption.code).join(
            Resident, Resident.id == Redemption.resident_id
        )
    )
    had = {openid: code for openid, code in rows}
    faults = [
        f"{one} was told {code}" for one, code in shoppers.codes.items() if had.get(one) != code
    ]
    if session.scalars(select(Goods.stock)).one() != BAGS - len(had):
        faults.append(f"{len(had)} bags are out, the shelf says another number")
    balances = select(LedgerAccount.balance).where(LedgerAccount.kind == "reserve")
    if (session.scalar(balances) or 0) != PRICE * len(had):
        faults.append("the reserve is not what is waiting")
    for one in session.scalars(select(Resident).where(Resident.openid.startswith("o"))):
        if ledger.balance(session, one, Unit.POINTS) != 100 - PRICE * (one.openid in had):
            faults.append(f"{one.openid} has points lost or too many")
    return faults


async def one_round(servers: Farm, shoppers: Shoppers, names: list[str], after: int) -> None:
    """A new server hands out so many codes and is killed in the middle of the next ones."""
    server, goal = servers.start(), len(shoppers.codes) + after
    async with aiohttp.ClientSession() as session:
        writing = [
            asyncio.create_task(shoppers.redeem(session, server, names)) for _ in range(PHONES)
        ]
        async with asyncio.timeout(120):
            while len(shoppers.codes) < goal:
                await asyncio.sleep(0.002)
        server.kill()
        await asyncio.gather(*writing)


async def test_kills_among_shoppers_lose_neither_points_nor_goods(
    database_url: str, tmp_path: Path
) -> None:
    """SIGKILL at random moments while several redeem through the webhook; then the books hold."""
    dice = random.Random(5)
    with (
        community(database_url, tmp_path) as (database, settings),
        farm(database_url, tmp_path) as servers,
    ):
        database.write_now(furnish)
        shoppers = Shoppers(side_of(settings), settings)
        names = [f"o{number}" for number in range(PEOPLE)]
        for _ in range(ROUNDS):
            await one_round(servers, shoppers, names, dice.randint(1, 6))
            assert database.read_now(lambda s: lost(s, shoppers)) == []
        assert len(shoppers.codes) >= ROUNDS
