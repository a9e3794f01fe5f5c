"""Conversations that people took over and did not end: found before they are forgotten."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy.orm import Session

from services import handover, open_talks, replies, residents
from storage.residents import Dialog, Resident
from tests.console.seed import HOURS, OTHER
from tests.console.world import Console

PAGE = "/console/talks"


def names(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]*)<", page)


@pytest.fixture
def answered(console: Console) -> int:
    """王** was answered half an hour after 居民 2 had asked for a person; the number of 王**."""

    def work(session: Session) -> int:
        resident = session.get_one(Resident, console.seeded.resident)
        dialog = residents.dialog_of(session, resident, console.clock())
        handover.hand_over(session, resident, dialog, "找人", HOURS, console.clock())
        new = replies.NewReply("在的，您说", replies.newest_inbound_id(session, resident))
        worker = console.staff(session, "worker")
        replies.submit(session, worker, resident, new, "never", console.clock())
        return resident.id

    console.clock.forward(minutes=30)
    number = console.write(work)
    console.clock.forward(hours=3)
    return number


async def test_the_longest_silent_comes_first(console: Console, answered: int) -> None:
    """Both waiting and answered ones, each with how long nobody has said anything."""
    page = (await console.visitor("worker").get(PAGE)).text
    assert names(page) == [f"居民 {console.seeded.private_resident}", "王**"]
    assert "3 小时没人说话" in page
    assert page.index("在等人工") < page.index("人工接待中")
    assert f'href="/console/residents/{answered}"' in page


@pytest.mark.usefixtures("answered")
async def test_the_queue_counts_them(console: Console) -> None:
    page = (await console.visitor("worker").get("/console/")).text
    assert 'href="/console/talks" >未结束的对话 <b>2</b>' in page
    everything = re.findall(r">全部 <b>(\d+)</b>", page)
    assert everything == re.findall(
        r">全部 <b>(\d+)</b>", (await console.visitor("worker").get(PAGE)).text
    )


async def test_an_ended_one_leaves_the_list(console: Console, answered: int) -> None:
    visitor = console.visitor("worker")
    conversation = (await visitor.get(f"/console/residents/{answered}")).text
    assert "结束人工对话" in conversation
    await visitor.post(f"/console/residents/{answered}/end", {"back": PAGE})
    assert names((await visitor.get(PAGE)).text) == [f"居民 {console.seeded.private_resident}"]


@pytest.mark.usefixtures("answered")
async def test_each_sees_those_of_the_own_scope(console: Console) -> None:
    """Another community sees none; who may not see private cases misses those residents."""
    for login, number in (("elsewhere", 0), ("grid1", 1), ("supervisor", 1), ("admin", 2)):
        page = (await console.visitor(login).get(PAGE)).text
        assert len(names(page)) == number, login
    assert "没有未结束的对话" in (await console.visitor("elsewhere").get(PAGE)).text


@pytest.mark.usefixtures("answered")
async def test_an_open_list_hears_of_an_end(console: Console) -> None:
    visitor = console.visitor("worker")
    response = await console.client.get(f"{PAGE}/events", headers=visitor._cookie())
    first = await asyncio.wait_for(response.content.readuntil(b"\n\n"), 10)

    def end(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        handover.end(session, resident, console.staff(session, "reviewer"), console.clock())

    console.write(end)
    second = await asyncio.wait_for(response.content.readuntil(b"\n\n"), 10)
    assert second.startswith(b"data: ")
    assert second != first
    response.close()


def test_the_count_is_that_of_the_list(console: Console) -> None:
    """Also over several pages, and for a scope that only a case of the resident lies in."""

    def many(session: Session) -> None:
        home = session.get_one(Resident, console.seeded.resident).community_id
        for number in range(35):
            resident = residents.meet(session, home, "main", f"o-{number}", console.clock())
            dialog = residents.dialog_of(session, resident, console.clock())
            dialog.handover = "person" if number % 2 else "bot"

    console.write(many)

    def look(session: Session) -> None:
        worker = console.staff(session, "worker")
        first, total = open_talks.listed(session, worker, limit=10)
        rest, _ = open_talks.listed(session, worker, offset=10, limit=30)
        assert (len(first), len(first) + len(rest), total) == (10, 18, 18)
        assert open_talks.count(session, worker) == total
        assert not {row.resident_id for row in first} & {row.resident_id for row in rest}
        moments = [row.since for row in (*first, *rest)]
        assert moments == sorted(moments)
        worker.scope_path = OTHER
        assert open_talks.count(session, worker) == 0

    console.read(look)


async def test_one_who_never_wrote_counts_from_when_a_person_was_asked_for(
    console: Console,
) -> None:
    def silent(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.private_resident)
        resident.last_message_at = None
        dialog = session.get_one(Dialog, resident.id)
        assert dialog.handover_at is not None

    console.write(silent)
    assert "20 分钟没人说话" in (await console.visitor("worker").get(PAGE)).text
