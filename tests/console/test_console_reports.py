"""The pages of reports, hot topics and public cases."""

from __future__ import annotations

import html
import re
from random import Random

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.case_states import State
from storage.cases import Case
from storage.communities import Community
from storage.desk import QueueItem
from tests.console.test_console_browser import no_faults, open_page, sign_in
from tests.console.test_console_figures import length, scatter
from tests.console.world import Console, hidden

NUMBER = re.compile(r'<a href="([^"]*)" aria-label="[^"]* (\d+) 件">')
TILE = re.compile(r'<li><a href="([^"]*)"><b>(\d+)</b>')
LIVE = "/console/reports/live?period=month&end=2026-03-05"


async def every_number_is_its_list(console: Console, login: str, path: str) -> int:
    """Opens the list of a good part of the figures of a page; how many it opened."""
    visitor = console.visitor(login)
    page = (await visitor.get(path)).text
    numbers = sorted(set(NUMBER.findall(page)) | set(TILE.findall(page)))
    chosen = Random(3).sample(numbers, min(len(numbers), 30))
    for address, number in chosen:
        assert await length(visitor, address) == int(number), html.unescape(address)
    return len(chosen)


@pytest.mark.parametrize("login", ["worker", "supervisor"])
async def test_every_figure_as_it_stands_opens_its_list(console: Console, login: str) -> None:
    """By whatever it is split."""
    scatter(console, Random(5))
    assert await every_number_is_its_list(console, login, LIVE) > 20


async def test_every_figure_of_a_kept_report_opens_its_list_for_ever(console: Console) -> None:
    """Also after all the cases have moved on."""
    scatter(console, Random(6))
    visitor = console.visitor("worker")
    form = {"period": "month", "end": "2026-03-05", "scope": "demo"}
    made = await visitor.post("/console/reports", form)
    console.write(lambda s: s.execute(update(Case).values(state=State.WORKING, outcome="")))
    assert await every_number_is_its_list(console, "worker", made.location.split("?")[0]) > 20


async def test_a_report_is_looked_at_made_listed_and_handed_on(console: Console) -> None:
    """From the form to the two files, each step audited."""
    visitor = console.visitor("worker")
    assert "看数" in (await visitor.get("/console/reports")).text
    page = (await visitor.get(LIVE)).text
    assert "只供内部使用" in page
    fields = {name: hidden(page, name) for name in ("period", "end", "scope")}
    made = await visitor.post("/console/reports", fields)
    assert made.status == 303
    path = made.location.split("?")[0]
    kept = (await visitor.get(path)).text
    assert "不计入任何一个数" in kept
    assert path in (await visitor.get("/console/reports")).text
    assert (await visitor.get(f"{path}/report.html")).text.startswith("<!doctype html>")
    workbook = await visitor.client.get(f"{path}/report.xlsx", headers=visitor._cookie())
    assert (await workbook.read())[:2] == b"PK"
    assert "attachment" in workbook.headers["Content-Disposition"]
    assert len(console.audited("report.make")) == 1
    assert len(console.audited("report.export")) == 2


async def test_a_new_report_waits_in_the_queue_until_it_was_read(console: Console) -> None:
    """Not for those who may not read reports."""
    report = f"/console/reports/{console.seeded.report}"
    visitor = console.visitor("worker")
    assert report in (await visitor.get("/console/?kind=report")).text
    for login in ("grid1", "partner"):
        assert report not in (await console.visitor(login).get("/console/")).text
    assert "看过了" in (await visitor.get(report)).text
    assert (await visitor.post(f"{report}/read")).status == 303
    item = console.read(
        lambda s: s.scalars(select(QueueItem).where(QueueItem.kind == "report")).one()
    )
    assert (item.state, item.done_by) == ("done", console.seeded.staff["worker"])
    assert "看过了</button>" not in (await visitor.get(report)).text


@pytest.mark.parametrize("query", ["period=year", "end=tomorrow", "scope=other", "scope=nowhere"])
async def test_what_makes_no_sense_in_an_address_harms_nobody(console: Console, query: str) -> None:
    """Other words fall back; a place outside the scope does not exist."""
    answer = await console.visitor("worker").get(f"/console/reports/live?{query}")
    assert answer.status == (404 if query.startswith("scope") else 200)


async def test_the_list_of_another_scope_cannot_be_opened_through_a_report(
    console: Console,
) -> None:
    """A report outside the scope is none."""
    path = f"/console/cases?report={console.seeded.report}&measure=raised"
    assert (await console.visitor("elsewhere").get(path)).status == 404
    assert (await console.visitor("worker").get(path)).status == 200


async def test_a_hot_topic_is_proposed_with_one_click(console: Console) -> None:
    """And cannot be proposed twice."""
    path = f"/console/hot-topics/{console.seeded.hot_topic}"
    visitor = console.visitor("worker")
    assert path in (await visitor.get("/console/hot-topics")).text
    page = (await visitor.get(path)).text
    assert f"/console/cases/{console.seeded.lamp}" in page
    assert (await visitor.post(f"{path}/propose")).status == 303
    assert "已建议成为议题" in (await visitor.get(path)).text
    assert (await visitor.post(f"{path}/propose")).status == 409
    assert path in (await visitor.get("/console/?kind=topic")).text


async def test_the_list_of_topics_is_worked_out_when_asked(console: Console) -> None:
    """What was in it and is not proposed goes."""
    before = await console.visitor("worker").get("/console/hot-topics")
    assert "热度 9.9" in before.text
    answer = await console.visitor("worker").post("/console/hot-topics")
    assert answer.status == 303
    assert "热度 9.9" not in (await console.visitor("worker").get("/console/hot-topics")).text


async def test_the_public_sees_kinds_places_and_states_and_nobody(console: Console) -> None:
    """No words, no name, no door, nothing private or anonymous; no cookie."""

    def hide(number: int, **values: object) -> None:
        console.write(lambda s: s.execute(update(Case).where(Case.id == number).values(**values)))

    path = "/public/demo/cases"
    answer = await console.anonymous.get(path)
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    numbers = re.findall(r'class="number">([\d-]+)<', answer.text)
    assert len(numbers) == 2
    assert "楼道照明" in answer.text
    assert "第一网格" in answer.text
    for secret in ("灯坏了", "王", "2单元", "音响", "老人", "陈网格", "邻里纠纷"):
        assert secret not in answer.text.split('<ol class="rows">')[1], secret
    hide(console.seeded.lamp, anonymous=True)
    hide(console.seeded.far, confidential="hardship")
    empty = (await console.anonymous.get(path)).text
    assert not re.findall(r'class="number">', empty)
    assert "新增 0 件" in empty


async def test_the_public_hot_topics_have_no_words(console: Console) -> None:
    """Kind, grid, number and days."""
    page = (await console.anonymous.get("/public/demo/hot-topics")).text
    assert "楼道照明" in page
    assert "第一网格" in page
    assert "灯坏了" not in page
    assert (await console.anonymous.get("/public/nowhere/hot-topics")).status == 404


async def test_closed_public_cases_show_their_outcome(console: Console) -> None:
    """Dealt with is not solved."""
    values = {"state": "review", "outcome": "explained", "resolved_at": console.clock.now}
    console.write(
        lambda s: s.execute(update(Case).where(Case.id == console.seeded.lamp).values(**values))
    )
    assert "已说明" in (await console.anonymous.get("/public/demo/cases?closed=1")).text
    assert "已说明" not in (await console.anonymous.get("/public/demo/cases")).text


async def test_the_street_compares_its_communities(console: Console) -> None:
    """The supervisor sees a row for each."""

    def move(session: Session) -> None:
        other = session.scalars(select(Community).where(Community.code == "other")).one()
        values = {"community_id": other.id, "place_path": "/st/other/"}
        session.execute(update(Case).where(Case.id == console.seeded.far).values(**values))

    console.write(move)
    page = (await console.visitor("supervisor").get(LIVE)).text
    assert "各社区比较" in page
    for name in ("桂园社区", "河西社区"):
        assert f'<th scope="row">{name}</th>' in page


async def test_a_report_in_the_browser(browser: Browser, console: Console) -> None:
    """From the queue to the report, to a list and back, and out of the queue."""
    scatter(console, Random(1))
    page = await open_page(browser, console)
    await sign_in(page, "worker", "/console/?kind=report")
    await page.locator("[data-open]").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(
        "桂园社区 2026年3月 月度汇总"
    )
    await expect(page.get_by_role("img", name=re.compile("三率，近六期：响应率"))).to_be_visible()
    await no_faults(page)
    tile = page.locator(".strip a").first
    number = await tile.locator("b").inner_text()
    await tile.click()
    await expect(page.locator(".figure-note")).to_contain_text(f"共 {number} 件")
    await page.go_back()
    await page.get_by_role("button", name="看过了").click()
    await expect(page.get_by_text("已从待办里拿走")).to_be_visible()
    await no_faults(page)
