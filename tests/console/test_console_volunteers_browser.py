"""Volunteers in a real browser: a second person's word, the report as a file, partners, acting."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import goods, ledger
from services.goods import Label
from services.ledger import Unit
from storage.points import Redemption
from storage.residents import Resident
from storage.staff import Staff
from tests.console.test_console_browser import SIZES, no_faults, open_page, sign_in
from tests.console.world import Console
from tests.volunteers.plans import CLEANING, published


async def saved(page: Page, link: str) -> bytes:
    """What a link downloads."""
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name=link).click()
    file = await (await waiting.value).path()
    return file.read_bytes()


@pytest.mark.parametrize("width", SIZES)
async def test_hours_above_the_limit_are_passed_by_a_second_person_and_reported(
    browser: Browser, console: Console, width: int
) -> None:
    """Entered by one, passed by another from the queue, then in the report and in its file."""
    worker = await open_page(browser, console, width)
    await sign_in(worker, "worker", f"/console/volunteers/{console.seeded.volunteer}")
    await worker.get_by_label("服务日期").fill("2026-03-03")
    await worker.get_by_label("分钟", exact=True).fill("300")
    await worker.get_by_label("说明").fill("整天值守，没有网络")
    await worker.get_by_role("button", name="补录").click()
    await expect(worker.get_by_role("status").first).to_contain_text("等另一位同事复核")

    reviewer = await open_page(browser, console, width)
    await sign_in(reviewer, "reviewer", "/console/?kind=hours")
    await reviewer.get_by_role("link", name="整天值守").first.click()
    await reviewer.get_by_role("button", name="通过，记入").click()
    await expect(reviewer.get_by_text("已记入").first).to_be_visible()

    await worker.goto("/console/volunteers/report")
    await expect(worker.get_by_text("5小时").first).to_be_visible()
    await no_faults(worker)
    sheet = load_workbook(io.BytesIO(await saved(worker, "导出表格")))["志愿和积分月报"]
    columns = [cell.value for cell in sheet[1]]
    newest = dict(zip(columns, (cell.value for cell in sheet[sheet.max_row]), strict=True))
    assert newest["荣誉时长（分钟）"] == 300
    await worker.goto("/console/volunteers")
    book = load_workbook(io.BytesIO(await saved(worker, "导出表格")))
    assert book["时长明细"]["D2"].value == 300


async def test_a_partner_and_its_service_are_kept(browser: Browser, console: Console) -> None:
    """On a phone: the partner is added, then what it offers."""
    page = await open_page(browser, console, 360)
    await sign_in(page, "worker", "/console/organisations")
    await page.get_by_label("名称").fill("暖阳助老社")
    await page.get_by_role("button", name="添加", exact=True).click()
    await page.get_by_label("新的服务").fill("上门理发")
    await page.get_by_role("button", name="添加服务").click()
    await expect(page.get_by_text("上门理发")).to_be_visible()
    await no_faults(page)


@pytest.mark.parametrize("width", SIZES)
async def test_a_grid_worker_acts_for_an_elder(
    browser: Browser, console: Console, width: int
) -> None:
    """From the resident's page: leave is recorded, then signing up and redeeming."""

    def offer(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        ledger.credit(session, resident, Unit.POINTS, 50, "acting", "清扫", console.clock())
        goods.add(session, None, resident.community_id, Label("洗衣皂", 20, 3), console.clock())
        staff = session.get_one(Staff, console.seeded.staff["worker"])
        published(session, staff, CLEANING, console.clock() + timedelta(days=2), console.clock())

    console.write(offer)
    page = await open_page(browser, console, width)
    await sign_in(page, "grid1", f"/console/residents/{console.seeded.resident}")
    await page.get_by_role("link", name="替本人代办").click()
    await page.get_by_label("替办什么").select_option(label="所有服务")
    await page.get_by_label("怎么同意的").select_option(label="当面说的")
    await page.get_by_label("说明").fill("3月4日上门问过本人")
    await page.get_by_role("button", name="登记").click()
    await expect(page.get_by_role("status").first).to_contain_text("授权已登记")
    await page.get_by_role("button", name="替本人报名").click()
    await expect(page.get_by_role("status").first).to_contain_text("已替本人办好")
    option = page.get_by_label("换哪一样").locator("option", has_text="洗衣皂")
    await page.get_by_label("换哪一样").select_option(await option.get_attribute("value"))
    await page.get_by_role("button", name="替本人兑换").click()
    await expect(page.get_by_role("status").first).to_contain_text("已替本人办好")
    await no_faults(page)
    made = select(Redemption).where(Redemption.source.startswith("staff:"))
    assert console.read(lambda s: s.scalars(made).one().points) == 20
