"""Points in the console, in a real browser: award and approve, appeal, rules, goods, counter."""

from __future__ import annotations

import io
import json
import re

import openpyxl
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services import ledger, ledger_export, ledger_proof
from services.ledger import Unit
from storage.ledger import LedgerEntry
from storage.messages import OutboxMessage
from storage.points import Goods, PointAward, Redemption
from storage.residents import Resident
from storage.signing import public_key
from storage.staff import AuditEntry
from tests.console.test_console_browser import OVERFLOW, SIZES, SMALL, no_faults, open_page, sign_in
from tests.console.world import Console

PAGES = (
    "/console/points",
    "/console/points/awards/1",
    "/console/points/rules",
    "/console/points/rules/1",
    "/console/points/goods",
    "/console/points/goods/1",
    "/console/points/pickup",
    "/console/points/ledger",
    "/console/points/households",
    "/console/points/households/1",
    "/console/points/residents/1",
    "/public/demo/points",
)


def points_of(console: Console, resident: int) -> int:
    def work(session: Session) -> int:
        return ledger.balance(session, session.get_one(Resident, resident), Unit.POINTS)

    return console.read(work)


def told(console: Console) -> list[str]:
    """What residents were written, oldest first."""
    return console.read(
        lambda s: list(s.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)))
    )


@pytest.mark.parametrize("width", SIZES)
async def test_one_awards_and_another_approves(
    browser: Browser, console: Console, width: int
) -> None:
    """Above the limit nothing moves until a second person has looked at it."""
    who, before = console.seeded.resident, points_of(console, console.seeded.resident)
    worker = await open_page(browser, console, width)
    await sign_in(worker, "worker", "/console/points")
    await worker.get_by_label("居民").fill(str(who))
    await worker.get_by_label("规则", exact=True).select_option(label="见义勇为 +80")
    await worker.get_by_label("说明").fill("扶起摔倒老人送医")
    await worker.get_by_role("button", name="登记").click()
    await expect(worker.get_by_text("待复核")).to_be_visible()
    await expect(worker.get_by_text("请另一位同事复核")).to_be_visible()
    assert points_of(console, who) == before
    await no_faults(worker)
    address = worker.url.split("?")[0].removeprefix(str(console.client.make_url("/")).rstrip("/"))

    reviewer = await open_page(browser, console, width)
    await sign_in(reviewer, "reviewer", address)
    await reviewer.get_by_role("button", name="通过，入账").click()
    await expect(reviewer.get_by_text("已入账")).to_be_visible()
    assert points_of(console, who) == before + 80
    assert "积分 +80：见义勇为（扶起摔倒老人送医）" in told(console)[-1]
    await no_faults(reviewer)


@pytest.mark.parametrize("width", SIZES)
async def test_goods_are_handed_over_against_the_code(
    browser: Browser, console: Console, width: int
) -> None:
    """A wrong digit is said, the right code shows what and whose it is, and it is settled once."""
    seeded = console.seeded.points
    page = await open_page(browser, console, width)
    await sign_in(page, "worker", "/console/points/pickup")
    wrong = seeded.code[:-1] + str((int(seeded.code[-1]) + 1) % 10)
    await page.get_by_role("textbox", name="取货码").fill(wrong)
    await page.get_by_role("button", name="查", exact=True).click()
    await expect(page.get_by_text("这个码不对")).to_be_visible()
    await page.get_by_role("textbox", name="取货码").fill(f"{seeded.code[:3]} {seeded.code[3:]}")
    await page.get_by_role("button", name="查", exact=True).click()
    await expect(page.locator(".exact")).to_contain_text("洗衣液，20 分")
    await no_faults(page)
    await page.get_by_role("button", name="已交到手，结清").click()
    await expect(page.get_by_text("已交给居民，积分已结清")).to_be_visible()
    state = console.read(lambda s: s.get_one(Redemption, seeded.redemption).state)
    assert state == "handed"
    again = await console.visitor("reviewer").post(
        f"/console/points/redemptions/{seeded.redemption}/hand-over"
    )
    assert again.status == 409
    assert "已领取" in again.text


async def test_rules_get_versions_and_goods_a_shelf(browser: Browser, console: Console) -> None:
    """A rule that changes keeps its history; goods come onto the shelf and off it."""
    page = await open_page(browser, console)
    await sign_in(page, "worker", "/console/points/rules")
    await page.get_by_label("名称").fill("垃圾分类督导")
    await page.get_by_label("每次几分").fill("5")
    await page.get_by_role("button", name="添加").click()
    await expect(page.get_by_role("heading", name="垃圾分类督导 +5")).to_be_visible()
    await page.get_by_label("每次几分").fill("8")
    await page.get_by_role("button", name="存为新版").click()
    await expect(page.get_by_text("第 2 版：垃圾分类督导 +8")).to_be_visible()
    await expect(page.get_by_text("第 1 版：垃圾分类督导 +5")).to_be_visible()
    await page.goto("/console/points/goods")
    await page.get_by_label("名称").fill("抽纸")
    await page.get_by_label("要几分").fill("6")
    await page.get_by_label("库存").fill("30")
    await page.get_by_role("button", name="上架").click()
    await page.get_by_role("link", name="抽纸").click()
    await page.get_by_role("button", name="下架").click()
    await expect(page.get_by_text("已下架")).to_be_visible()
    await no_faults(page)


async def test_an_appeal_is_decided_by_somebody_else(console: Console) -> None:
    """Who took the points cannot decide; the reviewer gives them back, the resident hears why."""
    seeded, who = console.seeded.points, console.seeded.resident
    before = points_of(console, who)
    path = f"/console/points/awards/{seeded.appealed}"
    own = await console.visitor("worker").post(f"{path}/appeal", {"keep": "0", "note": "是的"})
    assert own.status == 422
    assert "没有经手过的同事" in own.text
    other = await console.visitor("reviewer").post(f"{path}/appeal", {"keep": "0", "note": "查实"})
    assert other.status == 303
    assert points_of(console, who) == before + 5
    assert told(console)[-1] == "您的积分申诉有结果了：5 分已经退回。理由：查实"


async def test_a_form_sent_twice_awards_once(console: Console) -> None:
    """A double click has one effect."""
    visitor, seeded = console.visitor("worker"), console.seeded
    form = {"resident": f"{seeded.resident} 王**", "rule": str(seeded.points.rule), "once": "a1"}
    before = points_of(console, seeded.resident)
    first = await visitor.post("/console/points/awards", form)
    second = await visitor.post("/console/points/awards", form)
    assert first.location == second.location
    assert points_of(console, seeded.resident) == before + 10


async def test_a_deduction_without_a_reason_is_refused(console: Console) -> None:
    """Nothing is taken without a word that the resident can read."""
    seeded = console.seeded
    form = {"resident": str(seeded.resident), "rule": str(seeded.points.deduction), "once": "d1"}
    answer = await console.visitor("worker").post("/console/points/awards", form)
    assert answer.status == 422
    assert "扣分要写明原因" in answer.text


async def test_a_shelf_changed_meanwhile_is_shown_first(console: Console) -> None:
    """A count made before somebody reserved does not bring the piece back."""
    seeded = console.seeded.points
    answer = await console.visitor("worker").post(
        f"/console/points/goods/{seeded.goods}/change",
        {"name": "洗衣液", "price": "20", "stock": "5", "version": "1"},
    )
    assert answer.status == 409
    assert "看新的数字再改" in answer.text
    assert console.read(lambda s: s.get_one(Goods, seeded.goods).stock) == 4


async def test_the_files_for_staff_and_resident(console: Console) -> None:
    """The workbook has the sheets and masked names; the signed statement can be checked."""
    visitor = console.visitor("worker")
    response = await visitor.client.get("/console/points/points.xlsx", headers=visitor._cookie())
    book = openpyxl.load_workbook(io.BytesIO(await response.read()))
    assert book.sheetnames == ["余额", "分录", "兑换"]
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row]
    assert any("王**" in cell for cell in cells)
    assert not any("王秀兰" in cell for cell in cells)
    proof = await visitor.get(f"/console/points/residents/{console.seeded.resident}/proof.json")
    assert ledger_proof.check(proof.text) >= 4
    forged = json.loads(proof.text)
    forged["accounts"][0]["balance"] += 100
    with pytest.raises(ledger_proof.BrokenProof, match="signature"):
        ledger_proof.check(json.dumps(forged))
    assert [one.action for one in console.audited("points.proof")] == ["points.proof"]


async def test_a_link_of_ones_own_opens_the_signed_statement_for_half_an_hour(
    console: Console,
) -> None:
    """No sign-in; later, changed, or of another community it opens nothing."""
    link = console.read(
        lambda s: ledger_export.ticket(
            s, s.get_one(Resident, console.seeded.resident), console.clock()
        )
    )
    answer = await console.anonymous.get(f"/public/demo/points/{link}")
    assert answer.headers["Cache-Control"] == "no-store"
    key = console.read(public_key)
    assert ledger_proof.check(answer.text, [key]) > 0
    number, _, rest = link.partition("-")
    other = await console.anonymous.get(f"/public/demo/points/{int(number) + 1}-{rest}")
    assert other.status == 404
    console.clock.forward(minutes=31)
    late = await console.anonymous.get(f"/public/demo/points/{link}")
    assert (late.status, "过期" in late.text) == (404, True)


async def test_the_months_of_hours_are_public_too(console: Console) -> None:
    """Points first; time saved and time served under their own names."""
    page = await console.anonymous.get("/public/demo/points")
    assert "时间银行" in page.text
    hours = await console.anonymous.get("/public/demo/points?unit=service")
    assert "信用时长公示" in hours.text
    odd = await console.anonymous.get("/public/demo/points?unit=gold")
    assert "积分公示" in odd.text


async def test_the_solvency_page_needs_no_sign_in_and_names_nobody(console: Console) -> None:
    """What is out and what is reserved is there for everybody; no name, no cookie."""
    answer = await console.anonymous.get("/public/demo/points")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "王" not in re.sub(r"<title>.*?</title>", "", answer.text)
    amounts = console.read(lambda s: [a.amount for a in s.scalars(select(PointAward))])
    out = sum(a for a in amounts if a < 80) - 20
    assert f"大家手里现有 <b>{out}</b> 分，另有 20 分" in answer.text


@pytest.mark.parametrize("width", SIZES)
async def test_the_pages_fit_and_can_be_tapped(
    browser: Browser, console: Console, width: int
) -> None:
    """No sideways scrolling, nothing too small for a thumb, no fault of a script."""
    page = await open_page(browser, console, width)
    await sign_in(page, "worker", PAGES[0])
    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate(OVERFLOW) <= 0, path
        assert await page.evaluate(SMALL) == [], path
    await no_faults(page)


async def test_the_ledger_is_checked_from_the_console(console: Console) -> None:
    """Whole: how many entries; one altered in the database itself: from which one on."""
    visitor, form = console.visitor("worker"), {"community": "demo"}
    whole = await visitor.post("/console/points/ledger", form)
    entries = console.read(lambda s: s.scalar(select(func.max(LedgerEntry.number))))
    assert f"第 1 到 {entries} 笔都和写下时一样" in whole.text

    def tamper(session: Session) -> None:
        session.execute(text("DROP TRIGGER ledger_entries_no_update"))
        session.execute(text("UPDATE ledger_entries SET amount = amount + 1 WHERE number = 2"))

    console.write(tamper)
    broken = await visitor.post("/console/points/ledger", form)
    assert "第 2 笔起对不上" in broken.text
    outside = await console.visitor("elsewhere").post("/console/points/ledger", form)
    assert outside.status == 404
    found = select(AuditEntry.after).where(AuditEntry.action == "ledger.check")
    assert console.read(lambda s: list(s.scalars(found))) == [{"entries": entries}, {"broken": 2}]
