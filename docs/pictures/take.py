"""Takes the pictures of the documents from a running demo: `python docs/pictures/take.py URL`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
WIDE, NARROW = (1280, 860), (360, 780)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAMP = "3栋2单元三楼的灯坏了好几天，我妈晚上下楼看不见"
BINS = "5栋1单元门口的垃圾桶满了两天，没人来清"


def open_page(browser: Browser, size: tuple[int, int]) -> Page:
    """A page of that size, in Chinese."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    return context.new_page()


def chat(page: Page, url: str, name: str, *, persona: int, words: str) -> None:
    """Something broken, reported in two messages."""
    page.goto(f"{url}/demo")
    page.wait_for_selector("body[data-ready]")
    if persona:
        page.locator("#personas button").nth(persona).click()
    for said, answer in ((words, "记下了"), ("1", "已收到")):
        page.fill("#words", said)
        page.keyboard.press("Enter")
        page.locator(".bubble", has_text=answer).last.wait_for()
    page.screenshot(path=FOLDER / f"{name}.png")


def console(page: Page, url: str, suffix: str) -> None:
    """Signed in: the queue, a case with its conversation."""
    page.goto(f"{url}/console/sign-in")
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", "shuoshitai-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
    page.screenshot(path=FOLDER / f"queue-{suffix}.png")
    page.goto(f"{url}/console/cases")
    page.locator("main a[href*='/console/cases/']").nth(2).click()
    page.wait_for_load_state()
    page.screenshot(path=FOLDER / f"case-{suffix}.png", full_page=True)


def main(url: str) -> None:
    """All pictures, at 1280 and at 360 pixels."""
    with sync_playwright() as play:
        path = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=path, args=list(QUIET))
        chat(open_page(browser, NARROW), url, "chat-360", persona=0, words=LAMP)
        chat(open_page(browser, WIDE), url, "chat-1280", persona=1, words=BINS)
        console(open_page(browser, WIDE), url, "1280")
        console(open_page(browser, NARROW), url, "360")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
