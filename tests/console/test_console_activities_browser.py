"""Activities in a real browser: from an empty form to a confirmed sheet, wide and at 360 pixels."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import attendance, signups
from services.calendar import CHINA
from storage.activities import Occasion
from storage.residents import Resident
from tests.console.test_console_browser import OVERFLOW, SIZES, SMALL, no_faults, open_page, sign_in
from tests.console.world import Console

PAGES = [
    "/console/activities",
    "/console/activities/calendar",
    "/console/activities/new",
    "/console/residents/1/acting",
    "/console/activities/1",
    "/console/activities/1/edit",
    "/console/occasions/1",
    "/console/occasions/1/code",
    "/console/occasions/1/poster",
    "/console/volunteers",
    "/console/volunteers/1",
    "/console/volunteers/report",
    "/console/backfills/1",
    "/public/demo/activities",
    "/public/demo/certificates",
    "/public/demo/certificates?code=AAAA",
]


@pytest.mark.parametrize("width", SIZES)
async def test_pages_fit_and_have_targets_that_fingers_hit(
    browser: Browser, console: Console, width: int
) -> None:
    """No page is wider than the screen, no control smaller than 24 pixels, nothing fails."""
    page = await open_page(browser, console, width)
    await sign_in(page, "worker", "/console/activities")
    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate(OVERFLOW) <= 0, path
        assert await page.evaluate(SMALL) == [], path
        await no_faults(page)


async def test_from_an_empty_form_to_a_confirmed_sheet(browser: Browser, console: Console) -> None:
    """On a phone and without script: make, publish, show the code, confirm, see the hours."""
    page = await open_page(browser, console, 360, java_script_enabled=False)
    await sign_in(page, "worker", "/console/activities")
    await page.get_by_role("link", name="新建活动").click()
    await page.get_by_label("名称").fill("擦洗扶手")
    await page.get_by_label("集合地点").fill("2栋楼下")
    for label in ("活动内容", "参加条件", "风险提示", "保险说明"):
        await page.get_by_label(label).fill("写在这里的说明")
    local = (console.clock() + timedelta(days=1)).astimezone(CHINA)
    await page.get_by_label("日期").fill(f"{local:%Y-%m-%d}")
    await page.get_by_label("开始").fill("09:00")
    await page.get_by_label("结束").fill("11:00")
    await page.get_by_role("button", name="保存并发布").click()
    await expect(page.get_by_role("status").first).to_contain_text("已发布")

    occasion = console.read(
        lambda s: s.scalars(select(Occasion).order_by(Occasion.id.desc())).first()
    )
    assert occasion is not None
    _sign_up(console, occasion)
    console.clock.now = occasion.starts_at
    page = await open_page(browser, console, 360, java_script_enabled=False)
    await sign_in(page, "worker", f"/console/occasions/{occasion.id}")
    await page.get_by_role("link", name="显示签到码").click()
    code = attendance.code_at(occasion, console.clock())
    await expect(page.locator(".sign-in-code .code")).to_have_text(code)
    _check(console, code)
    console.clock.now = occasion.ends_at
    _check(console, attendance.code_at(occasion, console.clock()))

    page = await open_page(browser, console, 360, java_script_enabled=False)
    await sign_in(page, "worker", f"/console/occasions/{occasion.id}")
    await expect(page.get_by_text("待确认")).to_be_visible()
    await page.get_by_role("button", name="确认签到表").click()
    await expect(page.get_by_role("status").first).to_contain_text("时长已记入")
    await expect(page.get_by_text("已记信用时长")).to_be_visible()
    await page.goto("/console/volunteers")
    await expect(page.get_by_text("2小时")).to_be_visible()


def _sign_up(console: Console, occasion: Occasion) -> None:
    def work(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        signups.sign_up(session, occasion.id, resident, console.clock())

    console.write(work)


def _check(console: Console, code: str) -> None:
    def work(session: Session) -> attendance.Step:
        resident = session.get_one(Resident, console.seeded.resident)
        return attendance.by_code(session, resident, code, console.clock()).step

    assert console.write(work) in (attendance.Step.IN, attendance.Step.OUT)
