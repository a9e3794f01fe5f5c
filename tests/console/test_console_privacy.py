"""A resident with a private case: those who may not see it read nothing but their own case."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import StreamReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import cases, handover, outbox, replies, threads
from services.calendar import OfficeHours
from services.case_states import Actor, State
from storage.cases import Case
from storage.desk import QueueItem, Reply
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Resident
from tests.console.world import Console

SECRET_WORDS = "他又打我了，别让邻居知道"
NOTE = "这位居民有不公开事项，对话只显示本件的内容"


@pytest.fixture
def told(console: Console) -> int:
    """The resident of the private case has said more, about both matters; the message's number."""

    def work(session: Session) -> int:
        now, resident = console.clock(), resident_of(console, session)
        message = say(console, session, SECRET_WORDS)
        far = session.get_one(Case, console.seeded.far)
        cases.add(session, far, resident, "昨晚又跳到十一点", (), now)
        wish = cases.Move(State.WORKING, "已联系领队")
        event = cases.move(session, far, wish, Actor.STAFF, 1, now)
        session.flush()
        cases.tell_progress(session, far, event, "1003-0", now)
        outbox.post(session, resident, "您说的家事我们来帮", source="reply:987", now=now)
        for case_id, text in ((far.id, "已劝过他们"), (console.seeded.private, "保密回复")):
            new = replies.NewReply(
                text, replies.newest_inbound_id(session, resident), session.get_one(Case, case_id)
            )
            replies.propose(session, console.staff(session, "worker"), resident, new, now)
        return message.id

    return console.write(work)


def resident_of(console: Console, session: Session) -> Resident:
    return session.get_one(Resident, console.seeded.private_resident)


def say(console: Console, session: Session, text: str) -> InboundMessage:
    resident = resident_of(console, session)
    row = InboundMessage(
        account="main",
        key=text,
        community_id=resident.community_id,
        resident_id=resident.id,
        kind="text",
        text=text,
        sent_at=console.clock(),
        received_at=console.clock(),
        reply="收到",
    )
    session.add(row)
    session.flush()
    return row


def pages(console: Console) -> tuple[str, str]:
    seeded = console.seeded
    return f"/console/cases/{seeded.far}", f"/console/residents/{seeded.private_resident}"


@pytest.mark.usefixtures("told")
async def test_the_case_page_shows_the_lines_of_the_case_alone(console: Console) -> None:
    page = (await console.visitor("grid2").get(pages(console)[0])).text
    for words in (NOTE, "广场舞音响太吵，老人", "昨晚又跳到十一点", "已联系领队", "已劝过他们"):
        assert words in page
    for words in (SECRET_WORDS, "叫个人来跟我说", "家事", "保密回复", "纠纷求助", "结束人工对话"):
        assert words not in page
    assert "意图不对？" not in page


@pytest.mark.usefixtures("told")
async def test_the_resident_page_shows_no_conversation(console: Console) -> None:
    page = (await console.visitor("grid2").get(pages(console)[1])).text
    assert NOTE in page
    assert "广场舞音响太吵" in page
    for words in (SECRET_WORDS, "叫个人来跟我说", "保密回复", "昨晚又跳", "回复居民"):
        assert words not in page


@pytest.mark.usefixtures("told")
async def test_who_may_see_private_cases_reads_everything(console: Console) -> None:
    for path in pages(console):
        page = (await console.visitor("worker").get(path)).text
        assert SECRET_WORDS in page
        assert NOTE not in page


async def test_a_resident_without_a_private_case_is_read_by_everybody(console: Console) -> None:
    page = (
        await console.visitor("grid1").get(f"/console/residents/{console.seeded.resident}")
    ).text
    assert "老年证怎么办" in page
    assert NOTE not in page


@pytest.mark.usefixtures("told")
async def test_being_responsible_for_the_private_case_shows_that_case_only(
    console: Console,
) -> None:
    def responsible(session: Session) -> None:
        case = session.get_one(Case, console.seeded.private)
        case.responsible_id = console.seeded.staff["grid1"]

    console.write(responsible)
    page = (await console.visitor("grid1").get(f"/console/cases/{console.seeded.private}")).text
    assert "邻里纠纷求助，老人" in page
    assert "保密回复" in page
    assert SECRET_WORDS not in page


async def test_their_photos_are_served_with_their_case_only(console: Console) -> None:
    """One sent in the conversation does not exist for those who may not read it."""

    def photo(case_id: int | None) -> int:
        def work(session: Session) -> int:
            resident = resident_of(console, session)
            row = Media(
                community_id=resident.community_id,
                resident_id=resident.id,
                case_id=case_id,
                kind="image",
                account="main",
                state="stored",
                file="lamp.png",
                content_type="image/png",
                next_at=console.clock(),
                created_at=console.clock(),
            )
            session.add(row)
            session.flush()
            return row.id

        return console.write(work)

    seeded = console.seeded
    for number, status in (
        (photo(None), 404),
        (photo(seeded.private), 404),
        (photo(seeded.far), 200),
    ):
        answer = await console.visitor("grid2").get(f"/console/media/{number}")
        assert answer.status == status
        assert (await console.visitor("worker").get(f"/console/media/{number}")).status == 200


async def test_nothing_is_said_or_ended_in_a_conversation_one_may_not_read(
    console: Console, told: int
) -> None:
    visitor, resident = console.visitor("grid2"), pages(console)[1]
    assert (
        await visitor.post(f"{resident}/reply", {"text": "好", "seen": str(told)})
    ).status == 403
    assert (await visitor.post(f"{resident}/end")).status == 403
    taught = await visitor.post(f"/console/messages/{told}/intent", {"intent": "aid"})
    assert taught.status == 404


@pytest.mark.usefixtures("told")
async def test_a_reply_within_the_own_case_goes_its_way(console: Console) -> None:
    path = pages(console)[0]
    newest = console.read(
        lambda session: replies.newest_inbound_id(session, resident_of(console, session))
    )
    answer = await console.visitor("grid2").post(
        f"{path}/reply", {"text": "今晚去现场", "seen": str(newest)}
    )
    assert answer.status == 303


@pytest.mark.usefixtures("told")
async def test_replies_and_messages_of_the_other_matters_do_not_exist(console: Console) -> None:
    def find(session: Session) -> tuple[dict[str, int], dict[str, int]]:
        written = {row.text: row.id for row in session.scalars(select(Reply))}
        sent = {row.text: row.id for row in session.scalars(select(OutboxMessage))}
        return written, sent

    written, sent = console.read(find)
    progress = next(number for text, number in sent.items() if "已联系领队" in text)
    visitor = console.visitor("grid2")
    for path, status in (
        (f"/console/replies/{written['已劝过他们']}", 200),
        (f"/console/replies/{written['保密回复']}", 404),
        (f"/console/sends/{progress}", 200),
        (f"/console/sends/{sent['您说的家事我们来帮']}", 404),
    ):
        answer = await visitor.get(path)
        assert answer.status == status, path
        assert SECRET_WORDS not in answer.text
        assert (await console.visitor("worker").get(path)).status == 200


async def test_the_queue_keeps_their_words_from_those_who_may_not_read_them(
    console: Console,
) -> None:
    """What is asked for outside of a case may be about the private one."""
    assert "叫个人来跟我说" not in (await console.visitor("supervisor").get("/console/")).text
    assert "叫个人来跟我说" in (await console.visitor("worker").get("/console/")).text
    item = f"/console/items/{console.seeded.person_item}"
    assert (await console.visitor("grid1").get(item)).status == 404
    assert (await console.visitor("supervisor").get("/console/talks")).text.count("data-row") == 0


async def _next(stream: StreamReader) -> str:
    while True:
        line = await asyncio.wait_for(stream.readline(), 10)
        if line.startswith(b"data: "):
            return line.decode()


@pytest.mark.usefixtures("told")
async def test_an_open_page_hears_of_its_case_and_of_nothing_else(console: Console) -> None:
    """The stream has a mark and names of colleagues, and the mark does not move with the talk."""
    visitor, path = console.visitor("grid2"), pages(console)[0]
    response = await console.client.get(f"{path}/events", headers=visitor._cookie())
    first = await _next(response.content)
    assert set(json.loads(first.removeprefix("data: "))) == {"mark", "others"}
    console.write(lambda session: say(console, session, "他回来了，我很怕").id)

    def other_matters(session: Session) -> None:
        dialog = resident_of(console, session)
        handover.heard(session, dialog, "快来人", OfficeHours(), console.clock())
        case = session.get_one(Case, console.seeded.private)
        cases.record(session, case, console.clock(), "note", Actor.STAFF, 1, text="保密备注")

    console.write(other_matters)

    def own_matter(session: Session) -> None:
        far = session.get_one(Case, console.seeded.far)
        cases.record(session, far, console.clock(), "note", Actor.STAFF, 1, text="到过现场")

    before = console.read(lambda session: _mark_of(console, session))
    assert json.loads(first.removeprefix("data: "))["mark"] == before
    console.write(own_matter)
    second = await _next(response.content)
    assert second != first
    assert all(words not in second for words in ("怕", "备注", "现场"))
    response.close()


def _mark_of(console: Console, session: Session) -> str:
    seeded = console.seeded
    return threads.mark(
        session, console.staff(session, "grid2"), seeded.private_resident, seeded.far
    )


async def test_an_item_without_a_resident_stays_visible(console: Console) -> None:
    def anonymous(session: Session) -> None:
        item = session.get_one(QueueItem, console.seeded.request_item)
        item.resident_id, item.place_path = None, "/st/demo/g1/"

    console.write(anonymous)
    item = f"/console/items/{console.seeded.request_item}"
    assert (await console.visitor("grid1").get(item)).status == 200
