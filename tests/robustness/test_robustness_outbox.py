"""The outbox under every fault of the API: nothing lost, nothing twice but by policy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.deliver import Delivery, Line
from bot.tokens import DatabaseTokens
from bot.wechat.client import WeChatClient
from commands.assembly import accounts_of
from commands.support import office_hours
from demo.fake_wechat import Fault
from intents import Understander
from services import outbox
from services.delivery import Postman
from storage.desk import QueueItem
from storage.messages import OutboxMessage
from storage.residents import Resident
from tests.desk import Desk, open_desk

SEND, FETCH = "message/custom/send", "stable_token"
BRIEF = aiohttp.ClientTimeout(total=0.3)
HELD_BACK = [Fault.HTTP_500, Fault.HTML, Fault.BUSY, Fault.QUOTA]
WINDOW_FAULTS = [Fault.OUT_OF_WINDOW, Fault.TOO_MANY, Fault.NO_PERMISSION]
UNANSWERED = [Fault.HANG_BEFORE, Fault.HANG_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER]


def worker(desk: Desk, session: aiohttp.ClientSession, name: str = "worker") -> Delivery:
    """A sender of its own, with little patience."""
    account, _ = accounts_of(desk.settings)[""]
    tokens = DatabaseTokens(desk.database, desk.clock)
    client = WeChatClient(session, account, tokens, desk.clock, BRIEF)
    postman = Postman(name, {"": tuple(account.capabilities)}, office_hours(desk.settings))
    return Delivery(desk.database, {"": Line(client, {})}, postman, desk.clock)


def resident(session: Session, openid: str = "oAnn") -> Resident:
    return session.scalars(select(Resident).where(Resident.openid == openid)).one()


def send(desk: Desk, text: str, policy: str = "chat", openid: str = "oAnn") -> None:
    """Puts a text on its way to a resident."""
    desk.do(
        lambda s: outbox.post(
            s, resident(s, openid), text, source=f"test:{text}", now=desk.clock(), policy=policy
        )
    )


def states(desk: Desk) -> list[tuple[str, str]]:
    """Text and state of every message, in order."""
    rows = desk.look(lambda s: s.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all())
    return [(row.text, row.state) for row in rows]


def alarms(desk: Desk) -> int:
    """How many unsent messages the staff are asked about."""
    query = select(QueueItem.id).where(QueueItem.kind == "failed_send", QueueItem.state == "open")
    return len(desk.look(lambda s: s.scalars(query).all()))


def arrived(desk: Desk) -> list[str]:
    return [sent.text for sent in desk.fake.sent]


@pytest.fixture
async def desk(
    database_url: str, understander: Understander, tmp_path: Path
) -> AsyncIterator[Desk]:
    """A desk on each database in turn."""
    async with open_desk(database_url, understander, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ann(desk: Desk) -> Desk:
    """A desk to which Ann has just written."""
    await desk.say("oAnn", "您好")
    return desk


@pytest.mark.parametrize("fault", HELD_BACK)
async def test_a_passing_fault_delays_a_message_that_then_arrives_once(
    fault: Fault, ann: Desk
) -> None:
    send(ann, "第一条")
    ann.fake.inject(SEND, fault, times=2)
    delivery = worker(ann, ann.session)
    for _ in range(3):
        await delivery.run()
        ann.clock.forward(minutes=2)
    assert (states(ann), arrived(ann), alarms(ann)) == ([("第一条", "sent")], ["第一条"], 0)


@pytest.mark.parametrize("fault", WINDOW_FAULTS)
async def test_what_wechat_lets_nobody_send_waits_and_goes_with_the_next_reply(
    fault: Fault, ann: Desk
) -> None:
    send(ann, "社区的答复")
    ann.fake.inject(SEND, fault)
    await worker(ann, ann.session).run()
    assert states(ann) == [("社区的答复", "waiting")]
    reply = await ann.say("oAnn", "您好")
    assert reply.startswith("社区的答复\n\n")
    assert (states(ann), arrived(ann)) == ([("社区的答复", "sent")], [])
    assert "社区的答复" not in await ann.say("oAnn", "您好")


@pytest.mark.parametrize("fault", UNANSWERED)
async def test_a_chat_reply_of_unknown_fate_is_not_repeated_but_shown_to_the_staff(
    fault: Fault, ann: Desk
) -> None:
    send(ann, "第一条")
    ann.fake.inject(SEND, fault)
    delivery = worker(ann, ann.session)
    for _ in range(3):
        await delivery.run()
        await delivery.recover()
        ann.clock.forward(minutes=5)
    done = ["第一条"] if fault in (Fault.HANG_AFTER, Fault.RESET_AFTER) else []
    assert (states(ann), arrived(ann), alarms(ann)) == ([("第一条", "unknown")], done, 1)


@pytest.mark.parametrize("fault", UNANSWERED)
async def test_a_decision_of_unknown_fate_is_sent_again(fault: Fault, ann: Desk) -> None:
    """Better heard twice than never: such is the policy of decisions."""
    send(ann, "已办结", policy="decision")
    ann.fake.inject(SEND, fault)
    delivery = worker(ann, ann.session)
    for _ in range(2):
        await delivery.run()
        ann.clock.forward(minutes=5)
    twice = fault in (Fault.HANG_AFTER, Fault.RESET_AFTER)
    assert (states(ann), len(arrived(ann))) == ([("已办结", "sent")], 1 + twice)


async def test_a_token_refused_once_is_renewed_and_nobody_notices(ann: Desk) -> None:
    send(ann, "第一条")
    ann.fake.inject(SEND, Fault.BAD_CREDENTIAL)
    await worker(ann, ann.session).run()
    assert (states(ann), arrived(ann), ann.fake.token_fetches) == (
        [("第一条", "sent")],
        ["第一条"],
        2,
    )


async def test_a_token_refused_for_good_keeps_the_message_until_it_is_mended(ann: Desk) -> None:
    """Two calls and one renewal for each attempt, and no more."""
    send(ann, "第一条")
    ann.fake.inject(SEND, Fault.BAD_CREDENTIAL, times=None)
    delivery = worker(ann, ann.session)
    for attempt in range(1, 4):
        await delivery.run()
        ann.clock.forward(minutes=5)
        assert ann.fake.calls[SEND] == 2 * attempt
        assert ann.fake.token_fetches <= 1 + attempt
    ann.fake.heal()
    await delivery.run()
    assert (states(ann), arrived(ann)) == ([("第一条", "sent")], ["第一条"])


async def test_where_no_token_can_be_had_the_message_was_not_sent_and_is_kept(ann: Desk) -> None:
    send(ann, "第一条")
    delivery = worker(ann, ann.session)
    for fault in (Fault.HANG_BEFORE, Fault.RESET_AFTER, Fault.HTML, Fault.HTTP_500, Fault.BUSY):
        ann.fake.inject(FETCH, fault)
        await delivery.run()
        assert states(ann) == [("第一条", "retry")]
        ann.clock.forward(hours=1)
    await delivery.run()
    assert (states(ann), arrived(ann)) == ([("第一条", "sent")], ["第一条"])


async def test_a_message_that_never_goes_through_ends_with_the_staff(ann: Desk) -> None:
    send(ann, "第一条")
    ann.fake.inject(SEND, Fault.BUSY, times=None)
    delivery = worker(ann, ann.session)
    for _ in range(12):
        await delivery.run()
        ann.clock.forward(hours=1)
        await ann.side.post(ann.session, f"{ann.url}/wechat", ann.side.compose_text("oAnn", "您好"))
    assert (states(ann)[0], alarms(ann)) == (("第一条", "dead"), 1)


async def test_two_workers_side_by_side_send_everything_once(ann: Desk) -> None:
    """Thirty residents, two messages each, two senders at once until nothing is left."""
    names = [f"o{number}" for number in range(30)]
    for name in names:
        await ann.send(ann.side.compose_text(name, "您好"))
        for part in ("一", "二"):
            send(ann, f"{name}-{part}", openid=name)
    workers = [worker(ann, ann.session, name) for name in ("first", "second")]
    while any(await asyncio.gather(*(one.run() for one in workers))):
        pass
    assert sorted(arrived(ann)) == sorted(f"{name}-{part}" for name in names for part in "一二")
    assert all([s.text for s in ann.fake.sent_to(n)] == [f"{n}-一", f"{n}-二"] for n in names)
    assert {state for _, state in states(ann)} == {"sent"}


@pytest.mark.parametrize(
    ("policy", "ends", "asked"), [("chat", "unknown", 1), ("decision", "sent", 0)]
)
async def test_a_sender_that_dies_while_sending_leaves_an_unknown_fate(
    policy: str, ends: str, asked: int, ann: Desk
) -> None:
    """Its lease runs out; a chat reply is shown to the staff, a decision is sent again."""
    send(ann, "第一条", policy=policy)
    ann.fake.inject(SEND, Fault.HANG_AFTER)
    dying = asyncio.create_task(worker(ann, ann.session, "dying").run())
    async with asyncio.timeout(10):
        while not ann.fake.sent:
            await asyncio.sleep(0.001)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert states(ann) == [("第一条", "sending")]
    other = worker(ann, ann.session, "other")
    assert await other.recover() == 0
    ann.clock.forward(minutes=6)
    assert await other.recover() == 1
    ann.clock.forward(minutes=1)
    await other.run()
    assert (states(ann), alarms(ann)) == ([("第一条", ends)], asked)


async def test_nothing_is_sent_in_quiet_hours_but_into_a_running_conversation(ann: Desk) -> None:
    delivery = worker(ann, ann.session)
    ann.clock.now = datetime.fromisoformat("2026-03-04T22:30:00+08:00")
    send(ann, "晚上的通知")
    await delivery.run()
    assert arrived(ann) == []
    await ann.say("oAnn", "您好")
    send(ann, "聊天的答复")
    await delivery.run()
    assert arrived(ann) == ["聊天的答复"]
    ann.clock.now += timedelta(hours=9, minutes=30)
    await delivery.run()
    assert arrived(ann) == ["聊天的答复", "晚上的通知"]


async def test_five_go_out_in_a_window_and_the_sixth_waits_for_the_next_contact(ann: Desk) -> None:
    """The quota is known before sending: WeChat never has to refuse."""
    for number in range(6):
        send(ann, f"第{number}条")
    delivery = worker(ann, ann.session)
    while await delivery.run():
        pass
    assert len(arrived(ann)) == ann.fake.calls[SEND] == 5
    assert states(ann)[-1] == ("第5条", "waiting")
    assert (await ann.say("oAnn", "您好")).startswith("第5条")
