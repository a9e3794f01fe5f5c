"""Approval by a second person, and what becomes of a reply."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import replies
from services.desk import KIND_NAMES, ItemKind
from storage.cases import Case
from storage.desk import QueueItem, Reply
from storage.engine import Database
from storage.messages import InboundMessage, OutboxMessage
from storage.residents import Resident
from tests.console.seed import Seeded
from tests.console.world import Answer, Console, Visitor, hidden, open_console


@pytest.fixture
def path(console: Console) -> str:
    return f"/console/replies/{console.seeded.reply}"


def reply_of(console: Console) -> Reply:
    return console.read(lambda session: session.get_one(Reply, console.seeded.reply))


async def decide(visitor: Visitor, path: str, what: str, **form: str) -> Answer:
    return await visitor.post(f"{path}/{what}", {"version": "1"} | form)


async def test_the_reviewer_sees_the_exact_text_and_the_conversation(
    console: Console, path: str
) -> None:
    page = (await console.visitor("reviewer").get(path)).text
    assert "王女士您好，师傅明天上午9点到，维修费用由社区承担。" in page
    assert "李社工 写于" in page
    assert "我妈晚上下楼看不见" in page
    assert "通过，发给居民" in page


async def test_approval_sends_exactly_what_was_shown(console: Console, path: str) -> None:
    answer = await decide(console.visitor("reviewer"), path, "approve")
    assert (answer.status, answer.location) == (303, f"{path}?done=approved")
    reply = reply_of(console)
    sent = console.read(lambda session: session.get_one(OutboxMessage, reply.outbox_id))
    assert (reply.state, sent.text, sent.state) == ("approved", reply.text, "ready")
    assert console.woken
    assert console.audited("reply.approve")[0].staff_id == console.seeded.staff["reviewer"]


async def test_nobody_approves_their_own_words(console: Console) -> None:
    """Not even somebody whose role may approve."""

    def own(session: Session) -> int:
        resident = session.get_one(Resident, console.seeded.resident)
        case = session.get_one(Case, console.seeded.lamp)
        new = replies.NewReply("我来处理", replies.newest_inbound_id(session, resident), case)
        author = console.staff(session, "reviewer")
        return replies.propose(session, author, resident, new, console.clock()).id

    path = f"/console/replies/{console.write(own)}"
    visitor = console.visitor("reviewer")
    assert "通过，发给居民" not in (await visitor.get(path)).text
    answer = await decide(visitor, path, "approve")
    assert answer.status == 422
    assert (await decide(visitor, path, "withdraw")).location.startswith("/console/cases/")


async def test_giving_back_takes_a_reason_that_the_author_reads(
    console: Console, path: str
) -> None:
    reviewer = console.visitor("reviewer")
    without = await decide(reviewer, path, "reject", note=" ")
    assert (without.status, "退回要写明原因" in without.text) == (422, True)
    assert (await decide(reviewer, path, "reject", note="费用还没定")).status == 303
    page = (await console.visitor("worker").get(f"/console/cases/{console.seeded.lamp}")).text
    assert "赵审核 退回：费用还没定" in page


async def test_a_reply_is_decided_once(console: Console, path: str) -> None:
    reviewer = console.visitor("reviewer")
    await decide(reviewer, path, "approve")
    again = await decide(console.visitor("admin"), path, "reject", note="晚了")
    assert again.status == 409
    assert "处理过了" in again.text


async def test_the_reviewer_is_warned_when_the_resident_has_written_since(
    console: Console, path: str
) -> None:
    def write(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        session.add(
            InboundMessage(
                account="main",
                key="later",
                community_id=resident.community_id,
                resident_id=resident.id,
                kind="text",
                text="已经好了",
                sent_at=console.clock(),
                received_at=console.clock(),
            )
        )

    assert "居民又发来了消息" not in (await console.visitor("reviewer").get(path)).text
    console.write(write)
    assert "居民又发来了消息" in (await console.visitor("reviewer").get(path)).text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "等待居民下次来信"),
        ("sent", "已送达"),
        ("retry", "稍后自动重试"),
        ("dead", "发送失败"),
        ("unknown", "不确定是否送达"),
    ],
)
async def test_the_delivery_is_shown_where_the_reply_is(
    console: Console, path: str, state: str, words: str
) -> None:
    await decide(console.visitor("reviewer"), path, "approve")

    def settle(session: Session) -> None:
        session.get_one(OutboxMessage, reply_of(console).outbox_id).state = state

    console.write(settle)
    visitor = console.visitor("worker")
    for page in (path, f"/console/cases/{console.seeded.lamp}"):
        assert words in (await visitor.get(page)).text


async def test_answering_takes_a_conversation_out_of_the_queue(console: Console) -> None:
    """The bot still keeps quiet; the resident's next message brings it back."""
    item = console.read(lambda session: session.get_one(QueueItem, console.seeded.person_item))
    visitor = console.visitor("worker")
    base = f"/console/residents/{item.resident_id}"
    newest = console.read(
        lambda session: replies.newest_inbound_id(
            session, session.get_one(Resident, item.resident_id)
        )
    )
    await visitor.post(f"{base}/reply", {"text": "您好，我来帮您", "seen": str(newest)})
    new = console.read(
        lambda session: session.scalars(
            select(Reply).where(Reply.resident_id == item.resident_id)
        ).one()
    )
    await decide(console.visitor("reviewer"), f"/console/replies/{new.id}", "approve")
    page = (await visitor.get(base)).text
    assert "人工接待中" in page
    assert "没有在等的事" in page


async def test_a_failed_message_is_sent_again_or_settled(console: Console) -> None:
    path, visitor = f"/console/sends/{console.seeded.failed}", console.visitor("worker")
    assert "45015 out of window" in (await visitor.get(path)).text
    without = await visitor.post(f"{path}/settle", {"note": ""})
    assert (without.status, "怎么处理的" in without.text) == (422, True)
    assert (await visitor.post(f"{path}/resend")).status == 303
    state = console.read(
        lambda session: session.get_one(OutboxMessage, console.seeded.failed).state
    )
    assert state == "ready"
    assert (await visitor.post(f"{path}/settle", {"note": "已电话告知"})).status == 409


async def test_settling_keeps_the_reason(console: Console) -> None:
    path = f"/console/sends/{console.seeded.failed}"
    await console.visitor("worker").post(f"{path}/settle", {"note": "已电话告知"})
    assert console.audited("outbox.settle")[0].reason == "已电话告知"
    queue = (await console.visitor("worker").get("/console/")).text
    assert KIND_NAMES[ItemKind.FAILED_SEND] not in queue


async def test_where_no_approval_is_asked_for_a_reply_goes_out_at_once(
    console_database: Database, template: tuple[Path, Seeded], tmp_path: Path
) -> None:
    async with open_console(console_database, template[1], tmp_path, approval="never") as console:
        visitor, path = console.visitor("worker"), f"/console/cases/{console.seeded.lamp}"
        seen = hidden((await visitor.get(path)).text, "seen")
        answer = await visitor.post(f"{path}/reply", {"text": "师傅在路上", "seen": seen})
        assert answer.location == f"{path}?done=sent#newest"
        sent = console.read(
            lambda session: session.scalars(
                select(OutboxMessage.state).where(OutboxMessage.text == "师傅在路上")
            ).one()
        )
        assert sent == "ready"
