"""The case page: what is done rarely, the orders of the supervisor, the clock in sight."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intents.tickets import format_ticket
from services import case_merging, cases
from services.case_states import Actor, State
from storage.case_ties import Supervision
from storage.cases import Case
from storage.desk import QueueItem
from storage.residents import Resident
from tests.console.seed import HOURS
from tests.console.world import Console


@pytest.fixture
def path(console: Console) -> str:
    return f"/console/cases/{console.seeded.lamp}"


def lamp(console: Console) -> Case:
    return console.read(lambda session: session.get_one(Case, console.seeded.lamp))


def another(console: Console) -> int:
    """A second case about the same lamp, by another resident."""

    def work(session: Session) -> int:
        first = session.get_one(Case, console.seeded.lamp)
        new = cases.NewCase(
            community_id=first.community_id,
            category=first.category,
            title="楼道灯不亮",
            description="楼道灯不亮",
            place_path=first.place_path,
            place_id=first.place_id,
        )
        zhao = session.get_one(Resident, console.seeded.private_resident)
        return cases.submit(session, new, zhao, HOURS, console.clock()).id

    return console.write(work)


async def test_a_like_case_is_shown_and_merged_by_its_number(console: Console, path: str) -> None:
    """The number stands ready; afterwards each page leads to the other."""
    other, visitor = another(console), console.visitor("worker")
    here = f"/console/cases/{other}"
    number = format_ticket(lamp(console).number)
    page = (await visitor.get(here)).text
    assert "可能是同一件事" in page
    assert f'value="{number}"' in page
    assert (await visitor.post(f"{here}/merge", {"number": "9999"})).status == 422
    assert (await visitor.post(f"{here}/merge", {"number": number})).status == 303
    assert "并入" in (await visitor.get(here)).text
    page = (await visitor.get(path)).text
    assert "2户关注" in page
    assert f"{here}" in page
    assert console.audited("case.merge")[0].after == {"primary": console.seeded.lamp}


async def test_one_cannot_merge_into_what_one_does_not_see(console: Console, path: str) -> None:
    """The number of a private case is unknown to the grid worker."""
    number = console.read(lambda s: s.get_one(Case, console.seeded.private).number)
    answer = await console.visitor("grid1").post(f"{path}/merge", {"number": str(number)})
    assert answer.status == 422
    assert "没有查到这个编号" in answer.text


async def test_a_second_matter_gets_a_case_of_its_own(console: Console, path: str) -> None:
    visitor = console.visitor("worker")
    assert (await visitor.post(f"{path}/split", {"text": " "})).status == 422
    form = {"text": "门口垃圾没人收", "category": "sanitation.garbage"}
    assert (await visitor.post(f"{path}/split", form)).status == 303
    assert "拆出" in (await visitor.get(path)).text
    linked = console.read(lambda s: case_merging.linked(s, s.get_one(Case, console.seeded.lamp)))
    assert [(kind, case.category) for kind, case in linked] == [("split_off", "sanitation.garbage")]


async def test_who_hides_a_case_from_themselves_is_led_to_the_queue(
    console: Console, path: str
) -> None:
    """A community worker makes a tip-off of it: the page does not exist for them any more."""
    visitor = console.visitor("worker")
    form = {"kind": "tip_off", "reason": "说的是窗口人员"}
    answer = await visitor.post(f"{path}/confide", form)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/console/")
    assert (await visitor.get(path)).status == 404
    assert "监督举报" in (await console.visitor("reviewer").get(path)).text
    assert console.audited("case.confide")[0].after == {"kind": "tip_off"}


async def test_a_reviewer_assigns_a_mediator(console: Console, path: str) -> None:
    """Only then does the partner find the case; the responsible person is named with it."""
    reviewer, partner = console.visitor("reviewer"), console.visitor("partner")
    await reviewer.post(f"{path}/confide", {"kind": "mediation", "reason": "邻里纠纷"})
    assert (await partner.get(path)).status == 404
    person = str(console.seeded.staff["partner"])
    assert (await reviewer.post(f"{path}/mediator", {"person": person})).status == 303
    page = (await partner.get(path)).text
    assert "郭物业" in page
    assert "民间调解" in page
    assert "对话只显示本件的内容" in page


async def test_the_supervisor_orders_and_staff_answer(console: Console, path: str) -> None:
    """The order stands on the page and in the queue, and is late when its day is over."""
    supervisor, worker = console.visitor("supervisor"), console.visitor("worker")
    assert "督办这件事" in (await supervisor.get(path)).text
    assert "督办这件事" not in (await worker.get(path)).text
    without = await supervisor.post(f"{path}/supervise", {"instruction": "三天修好"})
    assert without.status == 422
    assert "三天修好" in without.text
    form = {"instruction": "三天修好", "day": "2026-03-09"}
    assert (await supervisor.post(f"{path}/supervise", form)).status == 303
    item = console.read(
        lambda s: s.scalars(select(QueueItem).where(QueueItem.kind == "supervision")).one()
    )
    assert f"{item.due_at:%m-%d %H}" == "03-09 10"
    console.clock.forward(days=5)
    worker = console.visitor("worker")
    page = (await worker.get(path)).text
    assert "三天修好" in page
    assert "超期" in page
    assert (await worker.post(f"{path}/answer", {"answer": "已换灯"})).status == 303
    assert "答复：已换灯" in (await worker.get(path)).text
    assert console.read(lambda s: s.scalars(select(Supervision)).one().done_at) is not None


async def test_a_clock_that_stands_still_is_seen(console: Console, path: str) -> None:
    """The page says since when, and the timeline why; the six matters show the way so far."""

    def waits(session: Session) -> None:
        case, worker = session.get_one(Case, console.seeded.lamp), console.seeded.staff["worker"]
        for state in (State.ACCEPTED, State.WAITING):
            wish = cases.Move(state, "请说是哪一盏")
            cases.move(session, case, wish, Actor.STAFF, worker, console.clock(), hours=HOURS)

    console.write(waits)
    page = (await console.visitor("worker").get(path)).text
    assert "起不计时" in page
    assert "等居民补充，办结期限暂停" in page
    for matter in ("说事", "办事"):
        assert f'class="passed">{matter}' in page


async def test_rare_moves_stand_behind_the_usual_ones(console: Console, path: str) -> None:
    """A duplicate is made by merging, never by a bare move."""
    page = (await console.visitor("worker").get(path)).text
    usual, _, rare = page.partition("更多状态")
    assert 'name="to" value="accepted"' in usual
    assert 'name="to" value="withdrawn"' in rare
    assert 'name="to" value="duplicate"' not in page
