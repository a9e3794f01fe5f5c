"""The pages of keeping the desk in a real browser: by hand, small, without a request elsewhere."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.visits import COOKIE
from services.categories import Catalogues
from storage.cases import Case
from storage.communities import Community
from storage.messages import Media
from tests.console.test_console_browser import OVERFLOW, SMALL, open_page
from tests.console.world import Console

PAGES = (
    "/console/categories",
    "/console/categories/edit",
    "/console/categories/edit?code=lighting.stairwell",
    "/console/dispatch",
    "/console/terms",
    "/console/posters",
    "/console/city",
    "/console/keys",
    "/console/new-case",
)


async def signed_in(browser: Browser, console: Console, login: str, width: int = 1280) -> Page:
    page = await open_page(browser, console, width)
    base = str(console.client.make_url("/"))
    token = console.visitor(login).token
    await page.context.add_cookies([{"name": COOKIE, "value": token, "url": base}])
    return page


@pytest.mark.parametrize("width", [1280, 360])
async def test_every_page_fits_and_can_be_tapped(
    console: Console, browser: Browser, width: int
) -> None:
    page = await signed_in(browser, console, "admin", width)
    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate(OVERFLOW) <= 0, path
        assert await page.evaluate(SMALL) == [], path
    assert page.faults == []  # type: ignore[attr-defined]


async def test_rows_that_have_no_time_use_the_width(console: Console, browser: Browser) -> None:
    """Titles of the lists of information are not squeezed into the column of times."""
    page = await signed_in(browser, console, "admin")
    for path in (
        "/console/policies",
        "/console/notices",
        "/console/sheets",
        "/public/demo/policies",
    ):
        await page.goto(path)
        box = await page.locator(".row .what").first.bounding_box()
        assert box is not None
        assert box["width"] > 600, path


async def test_a_category_is_given_its_questions(console: Console, browser: Browser) -> None:
    page = await signed_in(browser, console, "reviewer")
    await page.goto("/console/categories")
    await page.get_by_role("link", name="楼道照明").click()
    await page.get_by_label("补充问题").fill("停了多久？ | 只写一个")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("选项写 2 到 8 个")).to_be_visible()
    await page.get_by_label("补充问题").fill("停了多久？ | 不到半天/更久")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("已保存")).to_be_visible()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="楼道照明"))
    await expect(row.get_by_text("1 个补充问题")).to_be_visible()

    def questions(session: Session) -> list[str]:
        community = session.scalars(select(Community).where(Community.code == "demo")).one()
        catalogue = Catalogues()(session, community.id)
        return [one.text for one in catalogue.questions("lighting.stairwell")]

    assert console.read(questions) == ["停了多久？"]


async def test_a_case_is_opened_on_a_phone_with_a_picture(
    console: Console, browser: Browser
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 110, 100)).save(picture, "JPEG")
    page = await signed_in(browser, console, "grid1", 360)
    await page.goto("/console/cases")
    await page.get_by_role("link", name="新建事项").click()
    await page.get_by_label("巡查发现").check()
    await page.get_by_label("什么事").fill("小广场的井盖松动，有人绊倒")
    await page.get_by_label("类别").select_option(label="井盖")
    await page.get_by_label("地点", exact=True).select_option(label="第一网格")
    await page.get_by_label("照片").set_input_files(
        {"name": "lid.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("事项已新建")).to_be_visible()

    def stored(session: Session) -> tuple[str, int]:
        case = session.scalars(select(Case).where(Case.origin == "patrol")).one()
        return case.title, len(session.scalars(select(Media).where(Media.case_id == case.id)).all())

    assert console.read(stored) == ("小广场的井盖松动，有人绊倒", 1)
