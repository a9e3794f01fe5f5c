"""The queue: its order, its filters, and taking things out of it."""

from __future__ import annotations

import asyncio
import json
import re

from aiohttp import StreamReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import desk
from storage.desk import QueueItem
from storage.residents import Dialog
from tests.console.world import Console, Visitor


def titles(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]*)<", page)


def item(console: Console, number: int) -> QueueItem:
    return console.read(lambda session: session.get_one(QueueItem, number))


async def claim(visitor: Visitor, console: Console, number: int, version: int | None = None) -> int:
    wanted = item(console, number).version if version is None else version
    answer = await visitor.post(f"/console/items/{number}/claim", {"version": str(wanted)})
    return answer.status


async def test_what_is_urgent_comes_first_then_what_is_due(console: Console) -> None:
    def urgent(session: Session) -> None:
        session.get_one(QueueItem, console.seeded.lamp_item).urgent = True

    console.write(urgent)
    found = titles((await console.visitor("worker").get("/console/")).text)
    assert found[0] == "3栋2单元3楼楼道灯坏了好几天"
    dues = console.read(
        lambda session: [
            row.due_at
            for row in desk.waiting(
                session, console.staff(session, "worker"), desk.QueueFilter(), console.clock()
            )[0][1:]
        ]
    )
    assert dues == sorted(dues)


async def test_filters_narrow_the_queue(console: Console) -> None:
    visitor = console.visitor("worker")
    assert titles((await visitor.get("/console/?kind=person")).text) == ["叫个人来跟我说"]
    assert titles((await visitor.get("/console/?words=老年证")).text) == ["老年证怎么办"]
    assert titles((await visitor.get("/console/?mine=1")).text) == []
    assert titles((await visitor.get("/console/?kind=nonsense")).text)
    console.clock.forward(days=4)
    later = console.visitor("worker")
    assert len(titles((await later.get("/console/?overdue=1")).text)) > 3


async def test_the_counts_are_those_of_the_lists(console: Console) -> None:
    visitor = console.visitor("worker")
    page = (await visitor.get("/console/")).text
    total = int(re.findall(r">全部 <b>(\d+)</b>", page)[0])
    assert total == len(titles(page))


async def test_a_long_queue_comes_in_pages(console: Console) -> None:
    def many(session: Session) -> None:
        one = session.get_one(QueueItem, console.seeded.request_item)
        subject = desk.Subject(one.community_id, one.place_path, resident_id=one.resident_id)
        for number in range(40):
            desk.put(
                session,
                desk.ItemKind.REQUEST,
                f"more:{number}",
                f"第{number}件",
                subject,
                due=console.clock(),
                now=console.clock(),
            )

    console.write(many)
    visitor = console.visitor("worker")
    first, second = [titles((await visitor.get(f"/console/?page={n}")).text) for n in (1, 2)]
    assert len(first) == 30
    assert not set(first) & set(second)
    assert (await visitor.get("/console/?page=999")).status == 200


async def test_a_claim_leads_to_the_thing_claimed(console: Console) -> None:
    number = console.seeded.lamp_item
    answer = await console.visitor("worker").post(
        f"/console/items/{number}/claim", {"version": str(item(console, number).version)}
    )
    assert answer.location == f"/console/cases/{console.seeded.lamp}?done=claimed"
    assert "李社工" in (await console.visitor("reviewer").get("/console/")).text


async def test_of_two_claims_one_wins(console: Console) -> None:
    """Compare-and-swap: both saw the same version."""
    number = console.seeded.lamp_item
    version = item(console, number).version
    statuses = await asyncio.gather(
        claim(console.visitor("worker"), console, number, version),
        claim(console.visitor("reviewer"), console, number, version),
    )
    assert sorted(statuses) == [303, 409]


async def test_a_claim_runs_out(console: Console) -> None:
    number = console.seeded.lamp_item
    assert await claim(console.visitor("worker"), console, number) == 303
    assert await claim(console.visitor("reviewer"), console, number) == 409
    console.clock.forward(minutes=16)
    assert await claim(console.visitor("reviewer"), console, number) == 303


async def test_only_the_holder_gives_a_claim_back(console: Console) -> None:
    number, holder = console.seeded.lamp_item, console.visitor("worker")
    await claim(holder, console, number)
    await console.visitor("reviewer").post(f"/console/items/{number}/release")
    assert item(console, number).claimed_by == console.seeded.staff["worker"]
    await holder.post(f"/console/items/{number}/release")
    assert item(console, number).claimed_by is None


async def test_a_request_is_declared_done_a_case_is_not(console: Console) -> None:
    visitor, seeded = console.visitor("worker"), console.seeded
    assert (await visitor.post(f"/console/items/{seeded.request_item}/done")).status == 303
    assert item(console, seeded.request_item).state == "done"
    assert (await visitor.post(f"/console/items/{seeded.lamp_item}/done")).status == 400
    assert [entry.subject_id for entry in console.audited("item.done")] == [seeded.request_item]


async def test_ending_a_handover_gives_the_bot_its_voice_back(console: Console) -> None:
    seeded = console.seeded
    resident = item(console, seeded.person_item).resident_id
    answer = await console.visitor("worker").post(f"/console/residents/{resident}/end")
    assert answer.status == 303
    dialog = console.read(
        lambda session: session.scalars(select(Dialog).where(Dialog.resident_id == resident)).one()
    )
    assert dialog.handover == "bot"
    assert item(console, seeded.person_item).state == "done"
    assert console.woken


async def test_an_open_queue_hears_of_changes(console: Console) -> None:
    """The mark comes at once, and again when another process has changed something."""
    visitor = console.visitor("worker")
    response = await console.client.get("/console/queue/events", headers=visitor._cookie())
    assert response.content_type == "text/event-stream"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    first = await _event(response.content)

    def done(session: Session) -> None:
        one = session.get_one(QueueItem, console.seeded.request_item)
        desk.finish(session, one.source, console.clock())

    console.write(done)
    second = await _event(response.content)
    assert first["mark"] != second["mark"]
    response.close()


async def test_those_on_the_same_page_see_each_other(console: Console) -> None:
    path = f"/console/cases/{console.seeded.lamp}"
    one = await console.client.get(f"{path}/events", headers=console.visitor("worker")._cookie())
    assert (await _event(one.content))["others"] == []
    two = await console.client.get(f"{path}/events", headers=console.visitor("reviewer")._cookie())
    assert (await _event(two.content))["others"] == ["李社工"]
    assert (await _event(one.content))["others"] == ["赵审核"]
    assert "李社工 也在看" in (await console.visitor("reviewer").get(path)).text
    one.close()
    two.close()


async def test_an_open_page_ends_with_its_session(console: Console) -> None:
    visitor = console.visitor("worker")
    response = await console.client.get("/console/queue/events", headers=visitor._cookie())
    await _event(response.content)
    await visitor.post("/console/sign-out")
    rest = await asyncio.wait_for(response.content.read(), 10)
    assert rest.endswith(b"event: signed-out\ndata: {}\n\n")


async def _event(stream: StreamReader) -> dict[str, object]:
    """The next message of a stream; comments are passed over."""
    while True:
        line = await asyncio.wait_for(stream.readline(), 10)
        if line.startswith(b"data: "):
            found: dict[str, object] = json.loads(line.removeprefix(b"data: "))
            return found
