"""时限与日历 in the console: shown, changed by those who keep the desk, its versions readable."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import desk_terms
from storage.communities import Community
from tests.console.seed import HOURS
from tests.console.world import Console

FORM = {
    "seen": "0",
    "opens": "08:30",
    "closes": "17:00",
    "urgent-response": "20",
    "urgent-update": "120",
    "urgent-resolve": "1",
    "normal-response": "90",
    "normal-update": "1080",
    "normal-resolve": "3",
    "planned-response": "540",
    "planned-update": "2700",
    "planned-resolve": "15",
    "days": "2026-10-12 休息 停电检修",
    "reason": "居民盼快一点",
}


async def test_the_terms_are_changed_and_seen_wherever_they_count(console: Console) -> None:
    """The page, the categories and the case name them; a case says which version it runs by."""
    visitor = console.visitor("reviewer")
    page = await visitor.get("/console/terms")
    assert 'value="240"' in page.text
    assert "用的是程序自带的时限" in page.text
    answer = await visitor.post("/console/terms", FORM)
    assert (answer.status, answer.location) == (303, "/console/terms?done=saved")
    page = await visitor.get("/console/terms")
    assert "第 1 版：居民盼快一点" in page.text
    assert "2026-10-12 休息 停电检修" in page.text
    edit = await visitor.get("/console/categories/edit?code=lighting.stairwell")
    assert "一般：1 小时 30 分钟响应，3 个工作日办结" in edit.text
    case = await visitor.get(f"/console/cases/{console.seeded.lamp}")
    assert "程序自带" in case.text

    def version(session: Session, code: str) -> int:
        number = session.scalars(select(Community.id).where(Community.code == code)).one()
        return desk_terms.newest(session, number, HOURS).version

    assert console.read(lambda s: (version(s, "demo"), version(s, "other"))) == (1, 0)


async def test_a_fault_comes_back_beside_its_field_with_all_that_was_entered(
    console: Console,
) -> None:
    """Nothing is lost; who comes second is told that somebody was first."""
    visitor = console.visitor("reviewer")
    wrong = await visitor.post("/console/terms", FORM | {"urgent-response": "600"})
    assert wrong.status == 422
    assert "紧急：最慢 240 分钟要有人响应" in wrong.text
    assert 'value="600"' in wrong.text
    assert "2026-10-12 休息 停电检修" in wrong.text
    for field, value in (("opens", "早上"), ("normal-resolve", "三")):
        assert (await visitor.post("/console/terms", FORM | {field: value})).status == 422
    assert (await visitor.post("/console/terms", FORM)).status == 303
    assert (await visitor.post("/console/terms", FORM)).status == 409


async def test_cases_are_carried_over_and_say_so(console: Console) -> None:
    """The timeline has the version and the reason."""
    visitor = console.visitor("reviewer")
    await visitor.post("/console/terms", FORM | {"carry_over": "1"})
    case = await visitor.get(f"/console/cases/{console.seeded.lamp}")
    assert "时限与日历第 1 版：居民盼快一点" in case.text
    assert "（第 1 版）" in case.text
    assert "改时限与日历" in (await console.visitor("admin").get("/console/audit")).text
