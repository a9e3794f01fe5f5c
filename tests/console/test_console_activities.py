"""Activities in the console: making, publishing, the sign-in sheet, hours, the spreadsheet."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import (
    activities,
    attendance,
    attendance_sheet,
    certificates,
    occasion_codes,
    signups,
    volunteer_hours,
)
from services.certificates import ShownName
from services.desk import KIND_NAMES
from services.volunteer_entries import HourEntry, entries, read
from storage.activities import Activity, Occasion, SignUp
from storage.communities import Community
from storage.desk import QueueItem
from storage.ledger import LedgerEntry
from storage.messages import OutboxMessage
from storage.residents import Resident
from tests.console.seed import COMMUNITY, HOURS
from tests.console.world import Console
from tests.volunteers.plans import CLEANING, published

FORM = {
    "title": "清洗楼道扶手",
    "kind": "clean",
    "place_path": COMMUNITY,
    "place_text": "2栋楼下",
    "capacity": "12",
    "points_per_hour": "10",
    "content": "擦扶手、扫楼梯。",
    "conditions": "18岁以上。",
    "risk": "梯子由工作人员扶。",
    "insurance": "社区买意外险。",
    "day": "2026-03-07",
    "from": "09:00",
    "to": "11:00",
    "then": "publish",
}


def newest(session: Session) -> Activity:
    """The activity made last."""
    return session.scalars(select(Activity).order_by(Activity.id.desc())).first()  # type: ignore[return-value]


def hours_entered(session: Session) -> list[HourEntry]:
    """Every entry of volunteer time, in the order they were made."""
    return read(session, entries().order_by(LedgerEntry.id))


async def test_an_activity_is_made_and_published_in_one_go(console: Console) -> None:
    """The list shows it with its places; the public calendar too."""
    worker = console.visitor("worker")
    made = await worker.post("/console/activities", FORM)
    assert (made.status, "done=activity-published" in made.location) == (303, True)
    page = await worker.get("/console/activities")
    assert "清洗楼道扶手" in page.text
    assert "0/12 签到表" in page.text
    public = await console.anonymous.get("/public/demo/activities?month=2026-03")
    assert "清洗楼道扶手" in public.text
    assert "还有 12 个名额" in public.text


async def test_the_calendar_is_a_grid_of_weeks(console: Console) -> None:
    """Every occasion of the scope stands in its day with its sheet; drafts too, marked so."""
    worker = console.visitor("worker")
    await worker.post("/console/activities", FORM | {"then": "draft", "title": "洗公共座椅"})
    await worker.post("/console/activities", FORM)
    page = await worker.get("/console/activities/calendar?month=2026-03")
    assert page.text.count("<tr>") == 7  # the days of the week, and six weeks from 23 February
    cells = re.split(r"<td", page.text)
    (cell,) = [one for one in cells if "清洗楼道扶手" in one]
    assert "</span>7<span" in cell
    assert "0/12" in cell
    assert "洗公共座椅" in cell
    assert "未发布" in cell
    other = await worker.get("/console/activities/calendar?month=2026-05")
    assert "这个月还没有活动" in other.text


async def test_posters_have_name_time_place_and_the_code_of_the_account(console: Console) -> None:
    """Asked for, made, then printed as SVG; before that there is no poster."""
    _, occasion = ahead(console)
    worker = console.visitor("worker")
    base = f"/console/occasions/{occasion}/poster"
    page = await worker.get(base)
    assert "扫码报名" in page.text
    assert "扫码签到签退" in page.text
    early = await worker.get(f"{base}/join.svg")
    assert (early.status, early.location) == (303, base)
    assert "done=asked" in (await worker.post(base)).location

    def make(session: Session) -> list[str]:
        wanted = occasion_codes.claim(session, console.clock())
        for one in wanted:
            occasion_codes.made(session, one.id, f"http://weixin.qq.com/q/{one.id}")
        return [one.scene.partition(":")[0] for one in wanted]

    assert console.write(make) == ["activity", "signin"]
    drawn = await worker.get(f"{base}/sign-in.svg")
    assert drawn.headers["Content-Type"].startswith("image/svg+xml")
    for words in ("扫码签到签退", "清洁楼道志愿活动", "社区小广场"):
        assert words in drawn.text
    assert "打印海报" in (await worker.get(base)).text


async def test_publishing_names_what_is_missing(console: Console) -> None:
    """Kept as a draft it may be incomplete; published it may not."""
    worker = console.visitor("worker")
    refused = await worker.post("/console/activities", FORM | {"risk": "", "insurance": ""})
    assert refused.status == 422
    assert "缺少：风险提示、保险说明" in refused.text
    assert 'value="2栋楼下"' in refused.text
    bare = {**FORM, "then": "draft", "risk": "", "day": ""}
    assert (await worker.post("/console/activities", bare)).status == 303
    number = console.read(newest).id
    page = await worker.get(f"/console/activities/{number}")
    assert "还缺：风险提示、时间" in page.text
    refused = await worker.post(f"/console/activities/{number}/publish")
    assert (refused.status, "缺少：风险提示、时间" in refused.text) == (422, True)
    saved = await worker.post(f"/console/activities/{number}/save", FORM)
    assert saved.status == 303
    wrong = await worker.post(f"/console/activities/{number}/occasion", {"day": "2026-03-07"})
    assert (wrong.status, "请填开始和结束的时间" in wrong.text) == (422, True)
    span = {"day": "2026-03-07", "from": "14:00", "to": "16:00"}
    assert (await worker.post(f"/console/activities/{number}/occasion", span)).status == 303
    assert (await worker.post(f"/console/activities/{number}/publish")).status == 303


def ahead(console: Console) -> tuple[int, int]:
    """A published activity tomorrow, with wang signed up and a stranger waiting."""

    def work(session: Session) -> tuple[int, int]:
        now = console.clock()
        staff = console.staff(session, "worker")
        activity, occasion = published(session, staff, CLEANING, now + timedelta(hours=20), now)
        occasion.capacity = 1
        for number in (console.seeded.resident, console.seeded.private_resident):
            signups.sign_up(session, occasion.id, session.get_one(Resident, number), now)
        return activity.id, occasion.id

    return console.write(work)


async def test_calling_off_tells_everybody(console: Console) -> None:
    """With the reason; without one nothing happens."""
    activity, occasion = ahead(console)
    worker = console.visitor("worker")
    refused = await worker.post(f"/console/activities/{activity}/cancel", {"reason": ""})
    assert (refused.status, "请写明原因" in refused.text) == (422, True)
    done = await worker.post(f"/console/occasions/{occasion}/cancel", {"reason": "台风预警"})
    assert done.status == 303
    texts = console.read(
        lambda s: [t for t in s.scalars(select(OutboxMessage.text)) if "台风预警" in t]
    )
    assert len(texts) == 2
    assert console.woken


async def test_more_places_are_offered_in_order(console: Console) -> None:
    """Widening offers the place to who waits."""
    _, occasion = ahead(console)
    worker = console.visitor("worker")
    assert (
        await worker.post(f"/console/occasions/{occasion}/capacity", {"capacity": "0"})
    ).status == 422
    assert (
        await worker.post(f"/console/occasions/{occasion}/capacity", {"capacity": "2"})
    ).status == 303
    rows = console.read(
        lambda s: list(s.scalars(select(SignUp.state).where(SignUp.occasion_id == occasion)))
    )
    assert sorted(rows) == ["confirmed", "offered"]


async def test_the_code_page_changes_by_itself_without_script(console: Console) -> None:
    """It shows the code of the minute and asks the browser to come again when that is over."""
    _, occasion = ahead(console)
    worker = console.visitor("worker")
    page = await worker.get(f"/console/occasions/{occasion}/code")
    assert "现在不在签到时间" in page.text
    assert "Refresh" not in page.headers  # an idle page must not keep a session alive
    console.clock.forward(hours=20, seconds=20)
    worker = console.visitor("worker")
    page = await worker.get(f"/console/occasions/{occasion}/code")
    code = console.read(
        lambda s: attendance.code_at(s.get_one(Occasion, occasion), console.clock())
    )
    assert f">{code}<" in page.text
    assert page.headers["Refresh"] == "41"


async def test_missing_check_out_waits_in_the_queue_and_is_no_credit(console: Console) -> None:
    """The sheet comes into the queue; confirming leaves the open line; settling gives honour."""
    occasion = console.seeded.occasion
    console.write(lambda s: attendance_sheet.close_past(s, HOURS, console.clock()))
    worker = console.visitor("worker")
    queue = await worker.get("/console/?kind=attendance")
    assert "签到表待确认：清洁楼道志愿活动，1人签到，1人没签退要核实" in queue.text
    assert KIND_NAMES["attendance"] in queue.text  # type: ignore[index]
    assert f"/console/occasions/{occasion}" in queue.text
    assert (await worker.post(f"/console/occasions/{occasion}/confirm")).status == 303
    assert console.read(hours_entered) == []
    page = await worker.get(f"/console/occasions/{occasion}")
    line = re.search(r'name="line" value="(\d+)"', page.text)
    assert line
    settle = {"line": line[1], "minutes": "500", "reason": "组织者说做到了最后"}
    refused = await worker.post(f"/console/occasions/{occasion}/settle", settle)
    assert (refused.status, "0 到 120 分钟" in refused.text) == (422, True)
    settled = await worker.post(f"/console/occasions/{occasion}/settle", settle | {"minutes": "90"})
    assert settled.status == 303
    entries = console.read(hours_entered)
    assert [(one.kind, one.minutes) for one in entries] == [("honour", 90)]
    source = f"attendance:{occasion}"
    item = console.read(
        lambda s: s.scalars(select(QueueItem).where(QueueItem.source == source)).one()
    )
    assert item.state == "done"


async def test_much_time_by_hand_needs_a_second_person(console: Console) -> None:
    """Little is entered at once; much waits for somebody else than who proposed it."""
    worker, reviewer = console.visitor("worker"), console.visitor("reviewer")
    one = f"/console/volunteers/{console.seeded.volunteer}"
    few = {"served_on": "2026-03-05", "minutes": "120", "reason": "帮忙登记，手机没电"}
    assert "done=backfilled" in (await worker.post(f"{one}/backfill", few)).location
    much = few | {"minutes": "241"}
    assert "done=backfill-proposed" in (await reviewer.post(f"{one}/backfill", much)).location
    queue = await reviewer.get("/console/?kind=hours")
    found = re.search(r'href="(/console/backfills/\d+)"', queue.text)
    assert found
    own = await reviewer.post(f"{found[1]}/approve", {"version": "1"})
    assert (own.status, "另一位同事" in own.text) == (422, True)
    seeded = f"/console/backfills/{console.seeded.backfill}"
    assert (await worker.post(f"{seeded}/approve", {"version": "1"})).status == 403
    refused = await reviewer.post(f"{seeded}/reject", {"version": "1", "note": ""})
    assert (refused.status, "退回要写明原因" in refused.text) == (422, True)
    assert (await reviewer.post(f"{seeded}/approve", {"version": "1"})).status == 303
    assert (await reviewer.post(f"{seeded}/approve", {"version": "1"})).status == 409
    page = await worker.get(one)
    assert "荣誉时长 <b>7小时</b>" in page.text
    assert "信用时长 <b>0分</b>" in page.text


async def test_a_correction_is_an_entry_of_its_own(console: Console) -> None:
    """The old entry stays, the difference is added, the volunteer hears why."""
    worker = console.visitor("worker")
    one = f"/console/volunteers/{console.seeded.volunteer}"
    await worker.post(
        f"{one}/backfill", {"served_on": "2026-03-05", "minutes": "120", "reason": "帮忙登记"}
    )
    [entry] = console.read(hours_entered)
    wish = {"entry": str(entry.id), "minutes": "90", "reason": "提前走了半小时"}
    refused = await worker.post(f"{one}/correct", wish | {"minutes": "120"})
    assert (refused.status, "现在是 120 分钟" in refused.text) == (422, True)
    assert (await worker.post(f"{one}/correct", wish)).status == 303
    assert [one.minutes for one in console.read(hours_entered)] == [120, -30]
    texts = console.read(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert any("更正为1小时30分" in text for text in texts)


async def test_the_spreadsheet_masks_names_and_runs_no_formula(console: Console) -> None:
    """Both sheets; what looks like a formula is text; the export is in the audit."""
    worker = console.visitor("worker")
    one = f"/console/volunteers/{console.seeded.volunteer}"
    await worker.post(
        f"{one}/backfill", {"served_on": "2026-03-05", "minutes": "60", "reason": "=1+1 帮忙"}
    )
    response = await worker.client.get("/console/volunteers.xlsx", headers=worker._cookie())
    book = load_workbook(io.BytesIO(await response.read()))
    assert [cell.value for cell in book["志愿者"][2]][1:4] == ["王**", "邻里队", "清洁环保"]
    assert book["时长明细"]["E2"].value == "'=1+1 帮忙"
    assert book["时长明细"]["E2"].data_type == "s"
    assert len(console.audited("volunteers.export")) == 1


async def test_ratings_are_shown_to_staff(console: Console) -> None:
    """With how many came and how many said nothing."""
    page = await console.visitor("worker").get(f"/console/occasions/{console.seeded.occasion}")
    assert "1 人到场，0 人评价，1 人没有评价" in page.text


async def test_a_certificate_is_checked_by_anybody_and_shows_only_what_was_agreed(
    console: Console,
) -> None:
    """By its code, however typed; without cookies; nothing after the person was forgotten."""

    def issue(session: Session) -> tuple[str, datetime]:
        resident = session.get_one(Resident, console.seeded.resident)
        staff, now = console.staff(session, "worker"), console.clock()
        given = volunteer_hours.Given(
            resident, volunteer_hours.HourKind.CREDIT, 150, now.date(), "test:1", "清洁"
        )
        volunteer_hours.enter(session, given, staff, now)
        return certificates.issue(session, resident, ShownName.FAMILY, now).code, now

    code, _ = console.write(issue)
    page = await console.anonymous.get(f"/public/demo/certificates/{code}")
    assert "王**" in page.text
    assert "2小时30分" in page.text
    assert "王秀兰" not in page.text
    assert "Set-Cookie" not in page.headers
    typed = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    assert (
        "这张证明是真的"
        in (await console.anonymous.get(f"/public/demo/certificates?code={typed}")).text
    )
    wrong = await console.anonymous.get("/public/demo/certificates?code=AAAA-BBBB-CCCC")
    assert "没有查到" in wrong.text
    assert "没有查到" in (await console.anonymous.get(f"/public/other/certificates/{code}")).text


async def test_the_calendar_knows_cancelled_and_full_and_no_drafts(console: Console) -> None:
    """What is not published is not public."""

    def work(session: Session) -> None:
        staff, now = console.staff(session, "worker"), console.clock()
        community = session.scalars(select(Community).where(Community.code == "demo")).one()
        activities.draft(session, staff, community.id, CLEANING, now)

    ahead(console)
    console.write(work)
    page = await console.anonymous.get("/public/demo/activities")
    assert page.text.count("清洁楼道志愿活动") == 2  # yesterday's and tomorrow's
    assert "名额已满，可以候补" in page.text
    assert (
        "这个月还没有活动"
        in (await console.anonymous.get("/public/demo/activities?month=2026-06")).text
    )
