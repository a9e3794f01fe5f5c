"""A whole topic of each process, from proposal to rating: staff in a real browser, residents by
their phones.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from console.pages.hall.shared import local_field
from deliberation.definition import Method
from intents import Understander
from services import hall, hall_seats
from services.processes import Electors, Process, Stage, StageKind, shipped
from storage.hall import Topic
from tests.console.test_console_browser import SMALL, no_faults, open_page, sign_in
from tests.console.test_console_hall import HALL, newest, newest_ballot, tick
from tests.console.village import Village, open_village
from tests.console.world import Console

PEOPLE = 6
PATIENCE = 30_000
"""Milliseconds that a step may take; a whole topic has some hundred of them."""
WISH = "在东门装一排太阳能路灯，老人晚上好走路"
OPINION = "灯要装得低一点，别照进窗户"


@dataclass
class Life:
    """A worker and a reviewer at their desks, the neighbours outside, the process they follow."""

    console: Console
    village: Village
    page: Page
    reviewer: Page
    process: Process

    @property
    def topic(self) -> Topic:
        return newest(self.console)

    @property
    def address(self) -> str:
        return f"{HALL}/{self.topic.id}"

    async def open(self, path: str) -> None:
        """A page of the console, signed in again where time has gone by."""
        await self.page.goto(path)
        if "/sign-in" in self.page.url:
            await sign_in(self.page, "worker", path)

    async def let_through(self, kind: str) -> None:
        """The reviewer reads what waits and publishes it."""
        await sign_in(self.reviewer, "reviewer", f"/console/moderation?kind={kind}")
        await self.reviewer.locator("[data-open]").first.click()
        await self.reviewer.locator(".approve button").click()
        await expect(self.reviewer.get_by_text("✓ 已公开")).to_be_visible()
        await self.reviewer.context.clear_cookies()

    async def press(self, name: str) -> None:
        """A button of the topic's page, after which there is no complaint."""
        await self.page.get_by_role("button", name=name, exact=True).click()
        await expect(self.page.locator(".error")).to_have_count(0)

    def stage(self) -> Stage:
        return hall.stage_of(self.topic)


async def propose(life: Life) -> None:
    """A neighbour proposes, staff publish it, others support it, staff make it a topic."""
    village, page = life.village, life.page
    found = re.search(r"(\d) (?:都不一样，)?提交", await village.say(1, "我要提议", WISH))
    assert found
    assert "收到" in await village.say(1, found[1])
    await life.let_through("proposal")
    for number in range(2, PEOPLE + 1):
        said = await village.tap(number, "附议", WISH[:19], "附议")
        assert f"附议 {number - 1}/5人" in said
    await life.open(f"{HALL}/proposals")
    await page.get_by_role("link", name=WISH[:10]).click()
    await page.get_by_label("流程").select_option(life.process.key)
    await page.get_by_role("button", name="立项").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(WISH[:10])
    assert life.process.name in await page.inner_text("main")


async def take_seats(life: Life) -> None:
    """Every seat is offered and taken; whom it concerns answers by phone."""
    page = life.page
    if life.process.stakeholders:
        await page.get_by_label("加一个利益相关方席位").fill("东门住户")
        await life.press("加席位")
    seats = life.console.read(lambda s: hall_seats.seats_of(s, life.topic))
    for number, seat in enumerate(seats, 1):
        of_resident = not seat.required
        await page.locator("#seats summary", has_text=seat.title).click()
        await page.locator(f"#holder-{seat.id}").fill(f"代表{number}")
        if of_resident:
            await page.locator(f"#person-{seat.id}").fill("P2")
        await page.locator("#seats details[open] button").click()
        if of_resident:
            assert f"席位：{seat.title}" in await life.village.say(2, "议事邀请")
            assert "席位给您留着" in await life.village.say(2, "1")
        else:
            await page.get_by_label(f"{seat.title}：同意参加").click()
    await life.open(life.address)


async def hear_opinions(life: Life) -> None:
    """A resident says something, staff publish it, the others answer 1 2 3."""
    village, page = life.village, life.page
    await page.get_by_label("先放一条观点").fill("先看样灯再定")
    await life.press("放上去")
    said = await village.tap(1, "表态", "赞成", "我来说一句")
    assert "一句话" in said
    assert "工作人员看过后公开" in await village.say(1, OPINION)
    await life.let_through("statement")
    for number in range(2, PEOPLE + 1):
        assert "都看过了" in await village.tap(number, "表态", "赞成", "赞成")
    await life.open(life.address)
    await expect(page.locator("#opinions")).to_contain_text(OPINION)


async def vote(life: Life) -> None:
    """A ballot is planned, opened by the clock, voted in by phone, closed by the clock."""
    console, page, stage = life.console, life.page, life.stage()
    opens = console.clock()
    plan = page.locator("#plan")
    await plan.locator("#plan-title").fill(f"{stage.name}：装不装路灯")
    await plan.locator("#opens").fill(local_field(opens))
    await plan.locator("#closes").fill(local_field(opens + timedelta(hours=2)))
    if life.process.method is Method.EQUAL_SHARES:
        await plan.get_by_label("选项", exact=True).fill("路灯 | 300\n长椅 | 200")
    await plan.locator("summary").click()
    if life.process.method is Method.EQUAL_SHARES:
        await plan.locator("#budget").fill("400")
    if life.process.electorate is Electors.LISTED:
        await plan.locator("#listed").fill("、".join(f"P{n}" for n in range(1, PEOPLE + 1)))
    await life.press("安排表决")
    tick(console)
    await life.open(life.address)
    if stage.sign_in:
        await sign_in_all(life)
    receipts = [await life.village.say(n, "表决", "1", "确认") for n in range(1, PEOPLE)]
    receipt = receipts[0].split("回执 ")[1][:8]
    await _changes_their_mind(life, receipt)
    await page.get_by_role("link", name=f"{stage.name}：装不装路灯").click()
    await expect(page.locator(".big")).to_contain_text("已投 5")
    await expect(page.get_by_text("截止前谁也看不到投了什么")).to_be_visible()
    console.clock.forward(hours=2)
    tick(console)
    assert newest_ballot(console).state == "closed"
    assert "已计入" in await life.village.say(1, f"核对 {receipt}")
    await life.open(f"{HALL}/ballots/{newest_ballot(console).id}")
    await expect(page.get_by_role("heading", name="结果")).to_be_visible()
    await no_faults(page)
    await life.open(life.address)


async def _changes_their_mind(life: Life, receipt: str) -> None:
    said = await life.village.say(1, "我要改票", "1", "确认")
    assert "已改投" in said
    assert receipt in said
    assert "这一票已收到" in await life.village.say(1, f"核对 {receipt}")


async def sign_in_all(life: Life) -> None:
    """Those who are there sign in; where the meeting votes, by their number in the list."""
    page = life.page
    there = range(1, PEOPLE + 1) if life.stage().in_meeting else (1,)
    for number in there:
        await page.locator("#sign-name").fill(f"到会{number}")
        if life.stage().in_meeting:
            await page.locator("#sign-elector").fill(f"P{number}")
        await life.press("签到")


async def ask_questions(life: Life) -> None:
    """A questionnaire is planned, filled in by phone, broken off and taken up again."""
    console, page, village = life.console, life.page, life.village
    await page.locator("#survey-title-field").fill("路灯")
    lines = (
        "要装灯吗 | 单选 | 要、不要→3\n装几盏 | 单选 | 两盏、四盏\n满意吗 | 打分\n还想说 | 填空？"
    )
    await page.locator("#questions").fill(lines)
    opens = console.clock()
    await page.locator("#survey-opens").fill(local_field(opens))
    await page.locator("#survey-closes").fill(local_field(opens + timedelta(hours=2)))
    await life.press("安排问卷")
    tick(console)
    assert "第1题" in await village.say(1, "问卷")
    assert "第2题" in await village.say(1, "1")
    assert "填过的都留着" in await village.say(1, "0")
    assert "接着上次的填" in await village.say(1, "问卷")
    assert "填完了" in await village.say(1, "2", "5", "挺好")
    for number in range(2, PEOPLE + 1):
        assert "填完了" in await village.say(number, "问卷", "不要", "4", "跳过")
    console.clock.forward(hours=2)
    tick(console)
    await life.open(life.address)
    await expect(page.locator("body")).to_contain_text("n = 6")


async def decide(life: Life) -> None:
    """The decision with its reasons; where there is work to do, a task with owner and date."""
    page = life.page
    await page.locator("#outcome").fill("装六盏低位路灯")
    await page.locator("#reasons").fill("多数赞成；怕晃眼的，灯罩朝下")
    await life.press("公布决议")
    assert "装六盏低位路灯" in await life.village.tap(3, "议题", WISH[:10], "决议和进度")
    if any(stage.kind is StageKind.ACTION for stage in life.process.stages):
        await page.locator("#task-title").fill("装灯")
        await page.locator("#task-owner").fill("物业李经理")
        await page.locator("#task-due").fill(
            f"{life.console.clock() + timedelta(days=30):%Y-%m-%d}"
        )
        await life.press("加任务")


async def act(life: Life) -> None:
    """The task goes forward to its end; residents see how far it is."""
    for percent, words in (("60", "灯杆到了"), ("100", "都亮了")):
        await life.page.locator("#tasks summary").click()
        await life.page.get_by_label("进度（0–100）").fill(percent)
        await life.page.get_by_label("做了什么").fill(words)
        await life.press("记进度")
    assert "已完成" in await life.village.tap(4, "议题", WISH[:10], "决议和进度")


async def rate(life: Life) -> None:
    """Residents rate by phone; staff see the mean."""
    for number, label in ((1, "很满意"), (2, "满意"), (3, "很满意")):
        said = await life.village.tap(number, "议题", WISH[:10], "评一评", label)
        assert f"记下了：{label}" in said
    await life.open(life.address)
    await expect(life.page.get_by_text("4.67")).to_be_visible()


DEEDS: dict[StageKind, Callable[[Life], Awaitable[None]]] = {
    StageKind.OPINIONS: hear_opinions,
    StageKind.BALLOT: vote,
    StageKind.QUESTIONNAIRE: ask_questions,
    StageKind.DECISION: decide,
    StageKind.ACTION: act,
    StageKind.REVIEW: rate,
}


async def live_through(life: Life, stage: Stage) -> None:
    """Does what a stage is for, with its sign-in sheet, its record and its publication."""
    page = life.page
    await expect(page.get_by_role("heading", name=f"现在：{stage.name}")).to_be_visible()
    if stage.kind in DEEDS:
        await DEEDS[stage.kind](life)
    if stage.sign_in and not stage.in_meeting:
        await sign_in_all(life)
    if stage.records:
        await page.get_by_label(stage.records, exact=True).fill(f"{stage.records}：都到了，都说了")
        await life.press("存记录")
    if stage.publishes:
        await page.get_by_label(stage.publishes, exact=True).fill(f"{stage.publishes}全文")
        await life.press("公布")
    await no_faults(page)


async def see_the_end(life: Life, browser: Browser) -> None:
    """What everybody reads on a phone, and what those who took part have heard."""
    public = await open_page(browser, life.console, 360)
    await public.goto(f"/public/demo/topics/{life.topic.id}")
    words = ["已办结", "装六盏低位路灯", "灯罩朝下", "4.67"]
    words += [f"{stage.publishes}全文" for stage in life.process.stages if stage.publishes]
    for one in words:
        await expect(public.locator("body")).to_contain_text(one)
    await no_faults(public)
    assert await public.evaluate(SMALL) == []
    said = await life.village.say(1, "我的意见")
    assert "（已办结）" in said
    if any(stage.kind is StageKind.OPINIONS for stage in life.process.stages):
        assert f"您说的“{OPINION}”：5人赞成，0人反对" in said


@pytest.fixture
async def village(
    console: Console, understander: Understander, tmp_path: Path
) -> AsyncIterator[Village]:
    """The neighbours, after the seeded ballot is over."""
    console.clock.forward(days=4)
    tick(console)
    async with open_village(console, understander, tmp_path / "village", PEOPLE) as opened:
        yield opened


@pytest.mark.parametrize("key", list(shipped()))
async def test_a_topic_lives_from_proposal_to_rating(
    browser: Browser, console: Console, village: Village, key: str
) -> None:
    """Every stage by its forms, the optional ones too."""
    page, other = await open_page(browser, console), await open_page(browser, console)
    for one in (page, other):
        one.set_default_timeout(PATIENCE)
    await sign_in(page, "worker", HALL)
    life = Life(console, village, page, other, shipped()[key])
    await propose(life)
    if life.process.seats:
        await take_seats(life)
    for stage, following in zip(life.process.stages, (*life.process.stages[1:], None), strict=True):
        await live_through(life, stage)
        if following:
            await life.press(f"进入“{following.name}”")
    await life.press("办结议题")
    assert life.topic.state == "done"
    await see_the_end(life, browser)
