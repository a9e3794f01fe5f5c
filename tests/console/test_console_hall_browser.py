"""The hall in a real browser: a topic from draft to result, and what everybody sees on a phone."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
from playwright.async_api import Browser, Page, expect
from sqlalchemy.orm import Session

from console.pages.hall.shared import local_field
from services import opinion_maps, residents, statements, voting
from services.hall import Draft, enter, open_topic, process_of
from services.hall_reading import elector_by_code
from storage.ballots import Ballot
from storage.communities import Community
from tests.console.test_console_browser import SMALL, no_faults, open_page, sign_in
from tests.console.test_console_hall import HALL, newest, tick
from tests.console.world import Console


async def write_and_move(page: Page, label: str, words: str, button: str, to: str) -> None:
    await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_role("button", name=button, exact=True).click()
    await page.get_by_role("button", name=f"进入“{to}”").click()
    await expect(page.get_by_role("heading", name=f"现在：{to}")).to_be_visible()


def vote(console: Console, choices: dict[str, str]) -> None:
    """Neighbours vote on the newest topic's ballot."""

    def work(session: Session) -> None:
        ballot = session.query(Ballot).order_by(Ballot.id.desc()).first()
        assert ballot is not None
        staff = console.seeded.staff
        hand = voting.Hand("paper", entered_by=staff["worker"], confirmed_by=staff["reviewer"])
        for code, choice in choices.items():
            elector = elector_by_code(session, ballot, code)
            assert elector is not None
            voting.put_in(session, ballot, elector, choice, hand, console.clock())

    console.write(work)


async def test_a_topic_from_draft_to_result(browser: Browser, console: Console) -> None:
    page = await open_page(browser, console)
    await sign_in(page, "worker", HALL)
    await page.get_by_label("标题").fill("东门换路灯")
    await page.get_by_label("流程").select_option("民意投票")
    await page.get_by_label("是什么事").fill("旧灯太暗，想换成节能灯。")
    await page.get_by_role("button", name="开议题").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("东门换路灯")
    await expect(page.get_by_text("还没有公布《投票公告》").first).to_be_visible()
    await write_and_move(page, "投票公告", "下周投票", "公布", "投票")
    await no_faults(page)

    await page.get_by_label("题目").fill("换不换路灯")
    await page.get_by_label("谁有票").select_option("名册内每个成年人一票")
    await page.get_by_label("开始").fill(local_field(console.clock()))
    await page.get_by_label("无记名，只公布回执号").check()
    await page.get_by_role("button", name="安排表决").click()
    tick(console)
    await page.get_by_role("link", name="换不换路灯").click()
    await expect(page.get_by_text("已投 0 / 6 票")).to_be_visible()
    await page.get_by_label("名单编号").fill("P1")
    await page.get_by_role("radio", name="同意", exact=True).first.check()
    await page.get_by_role("button", name="录入").click()
    await expect(page.get_by_text("等另一位同事复录")).to_be_visible()

    other = await open_page(browser, console, 360)
    await sign_in(other, "reviewer", urlsplit(page.url).path)
    await other.locator("summary", has_text="P1").click()
    await other.get_by_role("group", name="票上选的").last.get_by_label("同意", exact=True).check()
    await other.get_by_role("button", name="复录并投出").click()
    await expect(other.get_by_text("这一票已投出，回执号")).to_be_visible()
    await no_faults(other)

    vote(console, {"P2": "yes", "P3": "no"})
    public = await open_page(browser, console, 360)
    await public.goto(f"/public/demo/topics/{newest(console).id}")
    await expect(public.get_by_text("截止前不公布任何结果")).to_be_visible()
    await expect(public.get_by_text("结果：通过")).to_have_count(0)
    console.clock.forward(days=8)
    tick(console)
    await public.reload()
    await expect(public.get_by_text("结果：通过")).to_be_visible()
    await expect(public.get_by_text("同意人数 2/3")).to_be_visible()
    await public.locator("summary", has_text="核对这次表决").click()
    async with public.expect_download() as download:
        await public.get_by_role("link", name="下载日志").click()
    assert (await download.value).suggested_filename.endswith(".jsonl")
    await no_faults(public)
    assert await public.evaluate(SMALL) == []


def crowd(console: Console) -> int:
    """Sixty neighbours in two camps who answered ten statements; the topic."""

    def work(session: Session) -> int:
        community = session.query(Community).filter_by(code="demo").one()
        worker, now = console.staff(session, "worker"), console.clock()
        topic = open_topic(session, worker, Draft(community.id, "停车怎么管", "车位不够。"), now)
        enter(topic, process_of(topic).stage("opinions"), now)
        words = [statements.seed(session, worker, topic, f"看法第{n}条", now) for n in range(10)]
        chance = np.random.default_rng(7)
        for number in range(60):
            who = residents.meet(session, community.id, "main", f"crowd-{number}", now)
            for place, one in enumerate(words):
                side = 1 if (number < 30) == (place < 5) else -1
                given = side if chance.random() < 0.9 else -side
                statements.answer(session, one, who, given, now)
        votes, history = opinion_maps.wanted(session, topic.id)
        opinion_maps.keep(session, topic, opinion_maps.compute(votes, history), now)
        return topic.id

    return console.write(work)


async def test_the_opinion_map_is_drawn_and_told(browser: Browser, console: Console) -> None:
    """At 360 px: two groups in shapes of their own, each described in words."""
    number = crowd(console)
    page = await open_page(browser, console, 360)
    await page.goto(f"/public/demo/topics/{number}")
    await expect(page.locator(".map svg path")).to_have_count(60)
    await expect(page.get_by_role("heading", name="A 组（圆）")).to_be_visible()
    await expect(page.get_by_role("heading", name="B 组（方块）")).to_be_visible()
    for side in ("赞成", "反对"):
        await expect(page.get_by_text(f"更多人{side}：看法第").first).to_be_visible()
    await no_faults(page)


async def test_every_page_of_the_hall_fits_a_phone(browser: Browser, console: Console) -> None:
    page = await open_page(browser, console, 360)
    await sign_in(page, "admin", HALL)
    seeded = console.seeded
    inside = ("", "/proposals", "/register", "/processes", "/processes?process=3x")
    paths = [f"{HALL}{path}" for path in inside]
    paths += [f"{HALL}/{seeded.topic}", f"{HALL}/{seeded.topic}/sheet"]
    paths += [f"{HALL}/ballots/{seeded.ballot}", f"{HALL}/proposals/{seeded.proposal}"]
    paths += ["/public/demo", "/public/demo/topics", f"/public/demo/topics/{seeded.topic}"]
    for path in paths:
        await page.goto(path)
        await no_faults(page)
        assert await page.evaluate(SMALL) == [], path
