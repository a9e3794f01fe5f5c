"""The case page: what it shows, hides, takes and refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import cases, replies
from services.case_states import Actor, State
from storage.cases import Case, CaseEvent
from storage.desk import Reply
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.residents import Resident
from tests.console.world import Answer, Console, hidden


@pytest.fixture
def path(console: Console) -> str:
    return f"/console/cases/{console.seeded.lamp}"


def case_of(console: Console) -> Case:
    return console.read(lambda session: session.get_one(Case, console.seeded.lamp))


def last_event(console: Console) -> CaseEvent:
    query = select(CaseEvent).where(CaseEvent.case_id == console.seeded.lamp)
    return console.read(
        lambda session: session.scalars(query.order_by(CaseEvent.id.desc())).first()
    )  # type: ignore[return-value]


def writes(console: Console, text: str) -> None:
    """The resident writes something more."""

    def work(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        session.add(
            InboundMessage(
                account="main",
                key=text,
                community_id=resident.community_id,
                resident_id=resident.id,
                kind="text",
                text=text,
                sent_at=console.clock(),
                received_at=console.clock(),
            )
        )

    console.write(work)


async def test_the_page_shows_the_matter_and_the_conversation(console: Console, path: str) -> None:
    page = (await console.visitor("worker").get(path)).text
    for words in (
        "楼道照明",
        "第一网格 · 3栋2单元",
        "我妈晚上下楼看不见",
        "已受理，编号",
        "陈网格",
        "说事",
        "48 小时内可发，还剩 <b>4</b> 条",
        "等待审核",
    ):
        assert words in page


async def test_name_and_phone_are_masked(console: Console, path: str) -> None:
    page = (await console.visitor("worker").get(path)).text
    assert "王**" in page
    assert "138****1234" in page
    assert not {"王秀兰", "13800001234", "13900005678"} & set(page.split())
    assert "王秀兰" not in page


async def test_unmasking_takes_a_reason_and_is_audited(console: Console, path: str) -> None:
    visitor = console.visitor("worker")
    assert (await visitor.post(f"{path}/unmask", {"reason": " "})).status == 422
    shown = await visitor.post(f"{path}/unmask", {"reason": "约上门时间"})
    assert "王秀兰" in shown.text
    assert "13900005678" in shown.text
    entry = console.audited("resident.unmask")[0]
    assert (entry.staff_id, entry.reason) == (console.seeded.staff["worker"], "约上门时间")
    assert "王秀兰" not in (await visitor.get(path)).text


async def test_only_moves_that_exist_are_offered(console: Console, path: str) -> None:
    page = (await console.visitor("worker").get(path)).text
    assert 'name="to" value="accepted"' in page
    assert 'name="to" value="resolved"' not in page


async def test_a_move_is_recorded_audited_and_told(console: Console, path: str) -> None:
    answer = await console.visitor("worker").post(
        f"{path}/move", {"to": "accepted", "seen": "submitted"}
    )
    assert answer.status == 303
    assert case_of(console).state == State.ACCEPTED
    assert last_event(console).matter == "办事"
    assert console.audited("case.move")[0].before == {"state": "submitted"}
    told = console.read(
        lambda session: session.scalars(
            select(OutboxMessage).where(OutboxMessage.source.like("case-event:%"))
        ).all()
    )
    assert any("已受理" in message.text for message in told)
    assert console.woken


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"seen": "submitted"}, 422, "请选要改成的状态"),
        ({"to": "rejected", "seen": "submitted"}, 422, "要写明给居民看的原因"),
        ({"to": "resolved", "seen": "submitted", "reason": "x"}, 422, "不能改为"),
        ({"to": "accepted", "seen": "working"}, 409, "刚刚改为"),
    ],
)
async def test_a_move_that_cannot_be_is_explained_in_its_place(
    console: Console, path: str, form: dict[str, str], status: int, words: str
) -> None:
    """What was entered is still there."""
    answer = await console.visitor("worker").post(
        f"{path}/move", form | {"reason": form.get("reason", "")}
    )
    assert (answer.status, words in answer.text) == (status, True)
    assert case_of(console).state == State.SUBMITTED


async def test_closing_needs_an_outcome(console: Console, path: str) -> None:
    def to_work(session: Session) -> None:
        case = session.get_one(Case, console.seeded.lamp)
        for state in (State.ACCEPTED, State.WORKING):
            cases.move(session, case, cases.Move(state), Actor.STAFF, 1, console.clock())

    console.write(to_work)
    visitor = console.visitor("worker")
    form = {"to": "resolved", "seen": "working", "reason": "灯换好了"}
    without = await visitor.post(f"{path}/move", form)
    assert without.status == 422
    assert "灯换好了" in without.text
    assert (await visitor.post(f"{path}/move", form | {"outcome": "fixed"})).status == 303
    assert case_of(console).outcome == "fixed"


async def test_assigning_names_a_person_who_can_do_it(console: Console, path: str) -> None:
    staff = console.seeded.staff
    visitor = console.visitor("worker")
    await visitor.post(f"{path}/move", {"to": "accepted", "seen": "submitted"})
    form = {"to": "assigned", "seen": "accepted"}
    for nobody in ("", str(staff["grid2"]), str(staff["supervisor"])):
        assert (await visitor.post(f"{path}/move", form | {"responsible": nobody})).status == 422
    assert (
        await visitor.post(f"{path}/move", form | {"responsible": str(staff["worker"])})
    ).status == 303
    assert case_of(console).responsible_id == staff["worker"]


async def test_reassigning_keeps_the_state_and_the_history(console: Console, path: str) -> None:
    staff, visitor = console.seeded.staff, console.visitor("worker")
    answer = await visitor.post(f"{path}/assign", {"responsible": str(staff["reviewer"])})
    assert answer.status == 303
    assert case_of(console).responsible_id == staff["reviewer"]
    assert last_event(console).detail == {"from": staff["grid1"], "to": staff["reviewer"]}
    again = await visitor.post(f"{path}/assign", {"responsible": str(staff["reviewer"])})
    assert again.status == 422


async def test_a_note_is_for_colleagues_only(console: Console, path: str) -> None:
    visitor = console.visitor("worker")
    assert (await visitor.post(f"{path}/note", {"text": " "})).status == 422
    assert (await visitor.post(f"{path}/note", {"text": "<b>已联系物业</b>"})).status == 303
    assert not last_event(console).public
    page = (await visitor.get(path)).text
    assert "&lt;b&gt;已联系物业&lt;/b&gt;" in page


async def reply(console: Console, path: str, text: str, login: str = "worker") -> Answer:
    visitor = console.visitor(login)
    seen = hidden((await visitor.get(path)).text, "seen")
    return await visitor.post(f"{path}/reply", {"text": text, "seen": seen})


async def test_a_reply_waits_for_a_second_person(console: Console, path: str) -> None:
    assert (await reply(console, path, "师傅明天来")).status == 303
    rows = console.read(lambda session: session.scalars(select(Reply)).all())
    assert [row.state for row in rows] == ["awaiting", "awaiting"]
    assert not console.read(
        lambda session: session.scalars(
            select(OutboxMessage).where(OutboxMessage.source.like("reply:%"))
        ).all()
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "回复是空的"),
        ("好" * (replies.MAX_TEXT + 1), "回复太长"),
        ("{上门时间}到", "没填的空格"),
    ],
)
async def test_a_reply_that_cannot_go_is_shown_again(
    console: Console, path: str, text: str, words: str
) -> None:
    answer = await reply(console, path, text)
    assert answer.status == 422
    assert words in answer.text
    assert text in answer.text


async def test_a_stale_reply_comes_back_with_the_newer_message(console: Console, path: str) -> None:
    """The text is kept, and handing it in again after reading is enough."""
    visitor = console.visitor("worker")
    seen = hidden((await visitor.get(path)).text, "seen")
    writes(console, "不用来了，已经亮了")
    stale = await visitor.post(f"{path}/reply", {"text": "师傅明天来", "seen": seen})
    assert stale.status == 409
    assert "不用来了，已经亮了" in stale.text
    assert "师傅明天来" in stale.text
    again = {"text": "好的，谢谢告知", "seen": hidden(stale.text, "seen")}
    assert (await visitor.post(f"{path}/reply", again)).status == 303


async def test_a_canned_reply_is_filled_from_the_case(console: Console, path: str) -> None:
    """Without script it is chosen by its address; open blanks stay visible."""
    page = (await console.visitor("worker").get(f"{path}?canned=accepted")).text
    assert "王先生/女士您好，〔1001-" in page
    assert "由{负责人}跟进" in page


async def test_a_picture_is_served_to_those_who_may_see_the_case(console: Console) -> None:
    picture = f"/console/media/{console.seeded.picture}"
    answer = await console.visitor("grid1").get(picture)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await console.visitor("grid2").get(picture)).status == 404


async def test_a_file_outside_the_folder_is_never_served(console: Console) -> None:
    (console.media_dir.parent / "secret.txt").write_text("key")

    def bend(session: Session) -> None:
        session.get_one(Media, console.seeded.picture).file = "../secret.txt"

    console.write(bend)
    answer = await console.visitor("grid1").get(f"/console/media/{console.seeded.picture}")
    assert answer.status == 404
