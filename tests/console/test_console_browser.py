"""The console in a real browser: the whole loop, by mouse, by keyboard, without script, small."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.cases import Case
from storage.desk import QueueItem, Reply
from storage.messages import InboundMessage, OutboxMessage
from storage.residents import Resident
from tests.console.seed import PASSWORD
from tests.console.world import Console

SIZES = {1280: 800, 360: 740}
expect.set_options(timeout=15_000)  # a machine may stand still for seconds
PAGES = [
    "/console/",
    "/console/cases",
    "/console/cases/1",
    "/console/residents/1",
    "/console/replies/1",
    "/console/sends/1",
    "/console/figures",
    "/console/reports",
    "/console/reports/live?period=quarter",
    "/console/reports/1",
    "/console/hot-topics",
    "/console/hot-topics/1",
    "/public/demo/cases",
    "/public/demo/hot-topics",
    "/console/audit",
    "/console/staff",
    "/console/staff/1",
    "/console/talks",
    "/console/model",
    "/console/account",
    "/console/help",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll(
    "button, input:not([type=hidden]), select, textarea, summary, .button, .nav a, .me a, .chip")]
  .filter(one => one.checkVisibility() && !one.closest("[hidden]") && !one.matches("label input"))
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


async def open_page(browser: Browser, console: Console, width: int = 1280, **options: Any) -> Page:
    """A browser of somebody's own; faults of the page are collected in `page.faults`."""
    size = {"width": width, "height": SIZES[width]}
    base = str(console.client.make_url("/")).rstrip("/")
    context = await browser.new_context(viewport=size, base_url=base, locale="zh-CN", **options)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.faults = faults  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    return page


async def sign_in(page: Page, login: str, path: str = "/console/") -> None:
    await page.goto(path)
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url(f"**{path}")


async def no_faults(page: Page) -> None:
    assert await page.evaluate(OVERFLOW) <= 0, page.url
    assert page.faults == [], page.url  # type: ignore[attr-defined]


def set_delivery(console: Console, reply_text: str, state: str) -> None:
    def work(session: Session) -> None:
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.text == reply_text)
        ).one()
        message.state = state

    console.write(work)


@pytest.mark.parametrize("width", SIZES)
async def test_from_sign_in_to_delivered(browser: Browser, console: Console, width: int) -> None:
    """One claims and answers, another approves, the first sees it arrive without reloading."""
    worker = await open_page(browser, console, width)
    await sign_in(worker, "worker")
    await worker.get_by_role("button", name="领取：3栋2单元3楼楼道灯").click()
    await expect(worker.get_by_role("status").first).to_contain_text("已领取")
    await expect(worker.get_by_text("您在办理")).to_be_visible()
    await worker.get_by_label("回复居民").fill("师傅明天9点到")
    await worker.get_by_role("button", name="提交审核").click()
    await expect(worker.get_by_text("回复已提交")).to_be_visible()
    await no_faults(worker)

    reviewer = await open_page(browser, console, width)
    await sign_in(reviewer, "reviewer", "/console/?kind=approval")
    await reviewer.get_by_role("link", name="师傅明天9点到").click()
    await expect(reviewer.locator(".exact")).to_have_text("师傅明天9点到")
    await reviewer.get_by_role("button", name="通过，发给居民").click()
    await expect(reviewer.locator(".delivery").first).to_contain_text("正在发送")
    await no_faults(reviewer)

    mine = worker.locator(".by-staff", has_text="师傅明天9点到")
    await expect(mine).to_contain_text("正在发送")
    set_delivery(console, "师傅明天9点到", "sent")
    await expect(mine).to_contain_text("已送达")
    await expect(reviewer.locator(".big")).to_contain_text("已送达")
    await no_faults(worker)


async def test_by_keyboard_alone(browser: Browser, console: Console) -> None:
    """j k to walk, Enter to open, c to claim, r to answer, a to approve, / and ? for help."""
    page = await open_page(browser, console)
    await page.goto("/console/")
    await page.keyboard.type("reviewer")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/")
    for key in "jjk":
        await page.keyboard.press(key)
    await expect(page.locator("[data-row] [data-open]").first).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("楼道灯")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**words=**")
    await page.keyboard.press("j")
    await page.keyboard.press("c")
    await page.wait_for_url("**/console/cases/**")
    await expect(page.get_by_text("您在办理")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.get_by_label("回复居民")).to_be_focused()
    await page.keyboard.type("c j 不是快捷键")
    await expect(page.get_by_label("回复居民")).to_have_value("c j 不是快捷键")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await page.wait_for_url("**/console/help")
    await page.goto(f"/console/replies/{console.seeded.reply}")
    await page.keyboard.press("a")
    await expect(page.get_by_text("已通过，正在发给居民")).to_be_visible()
    await no_faults(page)


async def test_without_script_everything_still_works(browser: Browser, console: Console) -> None:
    page = await open_page(browser, console, java_script_enabled=False)
    await sign_in(page, "worker")
    await page.get_by_role("button", name="领取：3栋2单元3楼楼道灯").click()
    await page.locator(".canned summary").click()
    await page.get_by_role("link", name="请补一张照片").click()
    assert "师傅找不准位置" in await page.get_by_label("回复居民").input_value()
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_text("回复已提交")).to_be_visible()
    await page.get_by_label("受理", exact=True).check()
    await page.get_by_role("button", name="更新状态").click()
    await expect(page.get_by_text("改状态：待审 → 受理")).to_be_visible()
    case = console.read(lambda session: session.get_one(Case, console.seeded.lamp))
    assert case.state == "accepted"


async def test_a_blank_left_open_is_pointed_out_and_not_sent(
    browser: Browser, console: Console
) -> None:
    page = await open_page(browser, console)
    await sign_in(page, "worker", f"/console/cases/{console.seeded.lamp}")
    await page.locator(".canned summary").click()
    await page.get_by_role("link", name="已受理，告诉负责人").click()
    await expect(page.locator("[data-blanks]")).to_contain_text("还有 1 处没填：{负责人}")
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.locator("#reply-text-error")).to_contain_text("没填的空格")
    await expect(page.locator("[data-blanks]")).to_contain_text("{负责人}")
    await page.get_by_label("回复居民").focus()
    await page.evaluate("document.querySelector('#reply-text').setSelectionRange(0, 0)")
    await page.keyboard.press("Tab")
    await page.keyboard.type("陈网格员")
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_text("回复已提交")).to_be_visible()
    newest = console.read(
        lambda session: session.scalars(select(Reply).order_by(Reply.id.desc())).first()
    )
    assert newest is not None
    assert "由陈网格员跟进" in newest.text


async def test_a_draft_survives_until_it_is_handed_in(browser: Browser, console: Console) -> None:
    page = await open_page(browser, console)
    path = f"/console/cases/{console.seeded.lamp}"
    await sign_in(page, "worker", path)
    await page.get_by_label("回复居民").fill("写到一半")
    await page.goto("/console/")
    await page.goto(path)
    await expect(page.get_by_label("回复居民")).to_have_value("写到一半")
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_label("回复居民")).to_have_value("")
    await page.get_by_label("回复居民").fill("又一半")
    await page.get_by_role("button", name="退出").click()
    await page.wait_for_url("**/sign-in**")
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_a_message_that_comes_while_one_writes_is_shown_and_pointed_out(
    browser: Browser, console: Console
) -> None:
    """What is being typed stays; handing in takes having seen the newer message."""
    page = await open_page(browser, console)
    await sign_in(page, "worker", f"/console/cases/{console.seeded.lamp}")
    await page.get_by_label("回复居民").fill("师傅明天来")

    def write(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        session.add(
            InboundMessage(
                account="main",
                key="later",
                community_id=resident.community_id,
                resident_id=resident.id,
                kind="text",
                text="灯又亮了",
                sent_at=console.clock(),
                received_at=console.clock(),
            )
        )

    console.write(write)
    await expect(page.locator(".by-resident").last).to_contain_text("灯又亮了")
    await expect(page.get_by_text("居民又发来了消息")).to_be_visible()
    await expect(page.get_by_label("回复居民")).to_have_value("师傅明天来")
    await page.get_by_role("button", name="看过了").click()
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_text("回复已提交")).to_be_visible()


async def test_the_queue_follows_what_others_do(browser: Browser, console: Console) -> None:
    page = await open_page(browser, console)
    await sign_in(page, "worker")
    await page.keyboard.press("j")

    def claim(session: Session) -> None:
        item = session.get_one(QueueItem, console.seeded.lamp_item)
        item.title, item.version = "刚刚改过的标题", item.version + 1

    console.write(claim)
    await expect(page.get_by_role("link", name="刚刚改过的标题")).to_be_visible()
    await expect(page.locator("[data-announce]")).to_contain_text("待办有更新")
    await expect(page.locator("[data-row] [data-open]").first).to_be_focused()
    await no_faults(page)


@pytest.mark.parametrize("width", SIZES)
async def test_every_page_fits_and_can_be_hit(
    browser: Browser, console: Console, width: int
) -> None:
    """No sideways scrolling, no fault, no target below 24 px (WCAG 2.2, 1.4.10 and 2.5.8), also
    in large type and the dark."""
    page = await open_page(browser, console, width)
    await sign_in(page, "admin")
    for view in ("auto", "dark.large"):
        cookie = {"name": "shuoshi_view", "value": view, "path": "/console"}
        cookie["domain"] = console.client.host
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        for path in PAGES:
            await page.goto(path)
            await no_faults(page)
            assert await page.evaluate(SMALL) == [], path


async def test_the_first_stop_of_the_keyboard_skips_to_the_text(
    browser: Browser, console: Console
) -> None:
    page = await open_page(browser, console)
    await sign_in(page, "worker")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


async def test_what_is_being_set_right_stays_while_the_conversation_goes_on(
    browser: Browser, console: Console
) -> None:
    """The opened box and what was chosen in it survive the next message."""
    page = await open_page(browser, console)
    await sign_in(page, "worker", f"/console/residents/{console.seeded.resident}")
    box = page.locator(f"#said-{console.seeded.message}")
    await box.locator("summary").click()
    await box.get_by_role("combobox").select_option("困难帮扶")
    await page.get_by_role("heading", level=1).click()

    def write(session: Session) -> None:
        resident = session.get_one(Resident, console.seeded.resident)
        session.add(
            InboundMessage(
                account="main",
                key="later",
                community_id=resident.community_id,
                resident_id=resident.id,
                kind="text",
                text="还有一件事",
                sent_at=console.clock(),
                received_at=console.clock(),
            )
        )

    console.write(write)
    await expect(page.locator(".by-resident").last).to_contain_text("还有一件事")
    await expect(box.get_by_role("combobox")).to_have_value("aid")
    await box.get_by_role("button", name="改正").click()
    await expect(page.get_by_text("下次训练时会学到")).to_be_visible()
    await box.locator("summary").click()
    await expect(box).to_contain_text("机器人当作：困难帮扶")
    await no_faults(page)
