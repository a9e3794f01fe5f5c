"""The simulator in a real browser: what a thumb, a keyboard and a reader meet."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect
from playwright.async_api import Page as Tab

from tests.demo.demo_world import Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CHOICES = "记下了，您看对不对：\n【楼道照明】3栋2单元3楼\n1 提交　2 修改　0 取消"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, or the one that playwright brings."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        await chromium.close()


async def open_tab(browser: Browser, page: Page, width: int = 1280, **options: Any) -> Tab:
    context = await browser.new_context(viewport={"width": width, "height": 800}, **options)
    tab = await context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    await tab.goto(f"{page.origin}/demo")
    await expect(tab.locator("body[data-ready]")).to_be_visible()
    assert faults == []
    return tab


async def test_words_go_out_and_a_number_in_the_reply_is_a_button(
    browser: Browser, page: Page
) -> None:
    page.world.answers = [CHOICES, "已受理，编号 1042-7。\n随时回复“进度”查看。", "您有1件在办。"]
    tab = await open_tab(browser, page)
    await tab.fill("#words", "3栋2单元三楼的灯坏了")
    await tab.press("#words", "Enter")
    await expect(tab.locator(".choice")).to_have_text(["1 提交", "2 修改", "0 取消"])
    await tab.click(".choice >> nth=0")
    await tab.click("button.say:text('进度')")
    await expect(tab.locator(".line:not(.mine) .bubble").last).to_contain_text("您有1件在办。")
    assert [incoming.text for incoming in page.world.heard][1:] == ["1", "进度"]


async def test_a_later_message_arrives_by_itself_also_for_the_others(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page)
    page.world.fake.record("wang", "text", {"content": "网格员李某已出发"})
    data = {"thing1": {"value": "楼道照明"}}
    page.world.fake.record("wang", "template", {"template_id": "T1", "data": data})
    page.world.fake.record("li", "text", {"content": "给老李的"})
    await expect(tab.locator("#log .bubble")).to_contain_text(["网格员李某已出发"])
    await expect(tab.locator("#log .card")).to_contain_text("楼道照明")
    await expect(tab.locator("#unread")).to_have_text("1")
    await tab.click("#personas button:has-text('李建国')")
    await expect(tab.locator("#log .bubble")).to_contain_text(["给老李的"])
    await expect(tab.locator("#unread")).to_be_hidden()


async def test_the_menu_unfolds_and_sends_its_key_by_keyboard_alone(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page, 360)
    await tab.focus("[data-act=show-menu]")
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")
    await expect(tab.locator(".submenu button")).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#log .bubble")).to_contain_text(["听到："])
    assert page.world.heard[0].event_key == "track"


async def test_photo_place_code_and_voice_are_sent_from_the_tray(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page, 360)
    for act, choose in (
        ("photo", "#sheet button:has-text('车库积水')"),
        ("location", "#sheet-done"),
        ("scan", "#sheet .options button >> nth=0"),
        ("voice", "#sheet .options button >> nth=2"),
    ):
        await tab.click("#plus")
        await tab.click(f"#tray [data-act={act}]")
        async with tab.expect_response("**/demo/push"):
            await tab.click(choose)
        await expect(tab.locator("#sheet")).to_be_hidden()
    kinds = [incoming.kind.value for incoming in page.world.heard]
    assert kinds == ["image", "location", "event", "voice"]


async def test_a_newcomer_follows_first(browser: Browser, page: Page) -> None:
    page.world.answers = ["您好，我是说事台。"]
    tab = await open_tab(browser, page)
    await tab.click("#personas button:has-text('新邻居')")
    await expect(tab.locator("#words")).to_be_hidden()
    await tab.click("#follow-bar [data-act=follow]")
    await expect(tab.locator("#words")).to_be_visible()
    await expect(tab.locator("#log .bubble")).to_contain_text(["您好，我是说事台。"])


@pytest.mark.parametrize("large", [False, True])
async def test_nothing_is_wider_than_a_small_phone(
    browser: Browser, page: Page, large: bool
) -> None:
    page.world.answers = [CHOICES, "很长的网址 https://example.com/" + "a" * 120]
    tab = await open_tab(browser, page, 360)
    if large:
        await tab.click("[data-act=open-people]")
        await tab.click("[data-act=large]")
        await tab.click("[data-act=close-sides]")
    for count in (1, 2):
        await tab.fill("#words", "一" * 60)
        await tab.click("#send")
        await expect(tab.locator(".line:not(.mine)")).to_have_count(count)
    widths = "[document.documentElement, document.getElementById('log')].map(n => n.scrollWidth)"
    assert await tab.evaluate(widths) == [360, 360]


async def test_the_page_comes_back_after_a_reload_with_its_conversation(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page)
    await tab.click("#personas button:has-text('李建国')")
    await tab.fill("#words", "车库积水")
    await tab.press("#words", "Enter")
    await expect(tab.locator(".line")).to_have_count(2)
    await tab.reload()
    await expect(tab.locator("#who")).to_have_text("李建国 · 45岁")
    await expect(tab.locator(".line")).to_have_count(2)


async def test_a_reader_is_told_of_new_messages_and_who_speaks(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page)
    log = tab.get_by_role("log", name="聊天记录")
    await expect(log).to_have_attribute("aria-live", "polite")
    await tab.fill("#words", "你好")
    await tab.press("#words", "Enter")
    await expect(log).to_contain_text("和平里说事台：听到：你好")


PIECES = [
    ("1 提交　2 修改　0 取消", [["1", "提交"], ["2", "修改"], ["0", "取消"]]),
    ("照片收到。1 提交 2 修改 0 取消", [["1", "提交"], ["2", "修改"], ["0", "取消"]]),
    (
        "1 我反映的事（您有2件在办）\n2 别的事",
        [["1", "我反映的事（您有2件在办）"], ["2", "别的事"]],
    ),
    ("请问在哪栋？　0 取消", [["0", "取消"]]),
    ("9 我来说一句　0 先到这里", [["9", "我来说一句"], ["0", "先到这里"]]),
    ("您家现有 126 分（其中 30 分 12月31日到期）。", []),
    ("燃气抢修 ****　火警119　急救120", []),
    ("3 号楼的事已受理，编号 1042-7。", []),
    ("您家 2 口人，住了 3 年。", []),
]


async def test_choices_are_found_where_they_are_and_nowhere_else(
    browser: Browser, page: Page
) -> None:
    tab = await open_tab(browser, page)
    script = """async (text) => {
        const { pieces } = await import("/demo/pages/words.js");
        return pieces(text).filter((p) => p.kind === "choice").map((p) => [p.send, p.text]);
    }"""
    for text, expected in PIECES:
        assert await tab.evaluate(script, text) == expected, text


async def test_links_of_a_reply_open_pages_or_send_words(browser: Browser, page: Page) -> None:
    page.world.answers = [
        '看图：https://example.com/a?b=1，或<a href="weixin://bizmsgmenu?msgmenucontent=好&msgmenuid=7">说好</a>'
        '<a href="javascript:alert(1)">坏</a><b>粗</b>'
    ]
    tab = await open_tab(browser, page)
    await tab.fill("#words", "链接")
    await tab.press("#words", "Enter")
    bubble = tab.locator(".line:not(.mine) .bubble")
    await expect(bubble.locator("a")).to_have_attribute("href", "https://example.com/a?b=1")
    await expect(bubble).to_contain_text("坏<b>粗</b>")
    async with tab.expect_response("**/demo/push"):
        await bubble.locator("button.say").click()
    assert page.world.heard[-1].text == "好"
    assert page.world.heard[-1].detail["bizmsgmenuid"] == "7"
