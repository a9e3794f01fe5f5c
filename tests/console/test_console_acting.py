"""Staff who act for a resident: leave that is recorded, told, used for each service, taken back."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import goods, ledger
from services.goods import Label
from services.ledger import Unit
from services.residents import meet
from storage.activities import Activity, Occasion, SignUp
from storage.care import CareRequest
from storage.consents import Consent
from storage.messages import OutboxMessage
from storage.points import Redemption
from storage.residents import Resident
from storage.staff import Staff
from tests.console.world import Console
from tests.volunteers.plans import CLEANING, published

LEAVE = {"scope": "everything", "origin": "phone", "words": "3月4日电话里问过本人", "agent": ""}


def told(console: Console) -> list[str]:
    """What the seeded resident was sent."""
    who = console.seeded.resident
    query = select(OutboxMessage.text).where(OutboxMessage.resident_id == who)
    return console.read(lambda s: list(s.scalars(query.order_by(OutboxMessage.id))))


def offer(session: Session, console: Console) -> int:
    """Points, soap and an activity ahead; returns the occasion."""
    resident = session.get_one(Resident, console.seeded.resident)
    ledger.credit(session, resident, Unit.POINTS, 50, "acting", "清扫", console.clock())
    goods.add(session, None, resident.community_id, Label("洗衣皂", 20, 3), console.clock())
    staff = session.get_one(Staff, console.seeded.staff["worker"])
    start = console.clock() + timedelta(days=2)
    return published(session, staff, CLEANING, start, console.clock())[1].id


async def test_a_grid_worker_acts_in_their_grid(console: Console) -> None:
    """Who has no page of points or activities signs up and redeems for an elder with leave."""
    occasion = console.write(lambda s: offer(s, console))
    grid = console.visitor("grid1")
    base = f"/console/residents/{console.seeded.resident}/acting"
    assert "done=leave-recorded" in (await grid.post(base, LEAVE)).location
    assert "done=acted" in (await grid.post(f"{base}/join", {"occasion": str(occasion)})).location
    page = await grid.get(base)
    assert "清洁楼道志愿活动" in page.text


async def test_nothing_is_done_without_leave(console: Console) -> None:
    """The page offers only to record leave; a posted act is refused and changes nothing."""
    console.write(lambda s: offer(s, console))
    grid = console.visitor("worker")
    base = f"/console/residents/{console.seeded.resident}/acting"
    page = await grid.get(base)
    assert "还没有授权" in page.text
    assert "替本人兑换" not in page.text
    refused = await grid.post(f"{base}/redeem", {"goods": "1", "once": "a"})
    assert (refused.status, "还没有得到本人同意" in refused.text) == (422, True)
    bare = await grid.post(base, LEAVE | {"words": "", "scope": "points"})
    assert (bare.status, "怎么征得本人同意" in bare.text) == (422, True)
    assert console.read(lambda s: s.scalars(select(Consent)).all()) == []


async def test_with_leave_staff_sign_up_redeem_and_ask_for_care(console: Console) -> None:
    """Each act is the resident's, told to them and audited; a repeat of the form redeems once."""
    occasion = console.write(lambda s: offer(s, console))
    grid = console.visitor("worker")
    who = console.seeded.resident
    base = f"/console/residents/{who}/acting"
    before = len(told(console))
    assert "done=leave-recorded" in (await grid.post(base, LEAVE)).location
    page = await grid.get(base)
    assert "电话里说的" in page.text
    soap = re.search(r'value="(\d+)"[^>]*>洗衣皂', page.text)
    once = re.search(r'name="once" value="(\w+)"', page.text)
    assert soap
    assert once
    for _ in range(2):
        form = {"goods": soap[1], "once": once[1]}
        assert "done=acted" in (await grid.post(f"{base}/redeem", form)).location
    join = await grid.post(f"{base}/join", {"occasion": str(occasion)})
    assert "done=acted" in join.location
    care = {"kind": "escort", "time": "周三上午9点", "minutes": "120", "notes": "走得慢"}
    assert "done=acted" in (await grid.post(f"{base}/care", care)).location

    def stored(session: Session) -> tuple[int, list[int], str]:
        made = session.scalars(select(Redemption).where(Redemption.resident_id == who)).all()
        row = session.scalars(
            select(SignUp).where(SignUp.occasion_id == occasion, SignUp.resident_id == who)
        ).one()
        asked = session.scalars(select(CareRequest).where(CareRequest.elder_id == who)).all()
        return sum(one.source.startswith("staff:") for one in made), [asked[-1].minutes], row.state

    assert console.read(stored) == (1, [120], "confirmed")
    new = told(console)[before:]
    assert [re.search("登记|换了|报了名|约了", text)[0] for text in new] == [  # type: ignore[index]
        "登记",
        "换了",
        "报了名",
        "约了",
    ]
    assert all("授权" in text for text in new)
    for act in ("consent.recorded", "goods.redeem_for", "activity.sign_up_for", "care.ask_for"):
        assert console.audited(act)


async def test_leave_that_has_ended_lets_nothing_through(console: Console) -> None:
    """Ended by staff at the resident's word: the next act is refused."""
    occasion = console.write(lambda s: offer(s, console))
    grid = console.visitor("worker")
    base = f"/console/residents/{console.seeded.resident}/acting"
    await grid.post(base, LEAVE | {"scope": "volunteering"})
    await grid.post(f"{base}/join", {"occasion": str(occasion)})
    row = console.read(
        lambda s: s.scalars(select(SignUp.id).where(SignUp.occasion_id == occasion)).one()
    )
    assert "done=acted" in (await grid.post(f"{base}/leave", {"sign_up": str(row)})).location
    leave = console.read(lambda s: s.scalars(select(Consent.id)).one())
    assert "done=leave-ended" in (await grid.post(f"{base}/end", {"leave": str(leave)})).location
    refused = await grid.post(f"{base}/join", {"occasion": str(occasion)})
    assert (refused.status, "还没有得到本人同意" in refused.text) == (422, True)
    taken = console.read(lambda s: s.get_one(Occasion, occasion).taken)
    assert taken == 0
    assert console.read(lambda s: s.scalars(select(Activity)).first()) is not None


async def test_a_child_is_recorded_for_an_elder_and_both_are_told(console: Console) -> None:
    """The agent may be another resident of the community; nobody for themselves."""
    grid = console.visitor("worker")
    who = console.seeded.resident
    base = f"/console/residents/{who}/acting"

    def child(session: Session) -> int:
        community = session.get_one(Resident, who).community_id
        return meet(session, community, "", "o-child", console.clock()).id

    number = console.write(child)
    own = await grid.post(base, LEAVE | {"agent": str(who)})
    assert (own.status, "不能授权给本人" in own.text) == (422, True)
    assert (
        "done=leave-recorded" in (await grid.post(base, LEAVE | {"agent": f"#{number}"})).location
    )
    query = select(OutboxMessage.text).where(OutboxMessage.resident_id == number)
    assert "同意您替办所有服务" in console.read(lambda s: s.scalars(query).one())


async def test_partners_act_for_nobody(console: Console) -> None:
    """A partner sees the cases handed to them and no resident's leave."""
    partner = console.visitor("partner")
    page = await partner.get(f"/console/residents/{console.seeded.resident}/acting")
    assert page.status in (403, 404)
