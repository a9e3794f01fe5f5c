"""Partners, board, wishes, hardship and referrals in the console, and what of them is public."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import ledger
from services.ledger import Unit
from services.redacting import without_numbers
from storage.aid import Referral
from storage.board import BoardPost, Wish
from storage.messages import OutboxMessage
from storage.organisations import Organisation, OrganisationRating
from storage.residents import Resident
from tests.console.test_console_browser import SMALL, no_faults, open_page, sign_in
from tests.console.world import Console


def newest_told(console: Console) -> str:
    query = select(OutboxMessage.text).order_by(OutboxMessage.id.desc())
    return console.read(lambda s: s.scalars(query).first() or "")


async def test_a_partner_is_added_once_and_judged_once_a_day(console: Console) -> None:
    """A name twice, or a judgement twice on a day, comes back with the reason."""
    worker, path = console.visitor("worker"), "/console/organisations"
    new = {"name": "暖阳助老社", "kind": "social", "about": "上门理发"}
    assert (await worker.post(path, new)).status == 303
    assert "已经有同名" in (await worker.post(path, new)).text
    number = console.read(
        lambda s: s.scalars(select(Organisation.id).where(Organisation.name == "暖阳助老社")).one()
    )
    assert (await worker.post(f"{path}/{number}/rate", {"stars": "3"})).status == 303
    assert (await worker.post(f"{path}/{number}/rate", {"stars": "1"})).status == 422
    assert console.read(lambda s: s.scalars(select(OrganisationRating.stars)).all()) == [3]
    await worker.post(f"{path}/{number}/services", {"service": "上门理发", "about": "每月一次"})
    assert "上门理发" in (await worker.get(f"{path}/{number}")).text


async def test_a_partner_takes_a_wish_up_and_supporters_hear(console: Console) -> None:
    partner, path = console.visitor("partner"), f"/console/wishes/{console.seeded.wish}"
    assert (await partner.post(f"{path}/take", {"plan": " "})).status == 422
    assert (await partner.post(f"{path}/take", {"plan": "每月第一个周六"})).status == 303
    assert "桂园物业" in newest_told(console)
    assert (await console.visitor("grid1").post(f"{path}/done", {"result": "好"})).status == 404
    assert (await partner.post(f"{path}/done", {"result": "磨了32把"})).status == 303
    number = console.seeded.wish
    assert console.read(lambda s: s.get_one(Wish, number).state) == "done"


async def test_a_post_is_taken_off_with_a_reason(console: Console) -> None:
    worker, path = console.visitor("worker"), f"/console/board/{console.seeded.post}/take-off"
    assert (await worker.post(path, {"reason": ""})).status == 422
    assert (await worker.post(path, {"reason": "是商业广告"})).status == 303
    number = console.seeded.post
    assert console.read(lambda s: s.get_one(BoardPost, number).state) == "withdrawn"


async def test_hardship_is_hidden_from_all_but_those_with_the_right(console: Console) -> None:
    """In the queue, on its own page, and on the partner's: the agreed words and nothing else."""
    path = f"/console/aid/{console.seeded.aid}"
    assert "失业半年" in (await console.visitor("worker").get(path)).text
    for login in ("grid1", "supervisor", "partner"):
        visitor = console.visitor(login)
        assert (await visitor.get(path)).status == 403
        assert "困难帮扶" not in (await visitor.get("/console/")).text
    seen = (await console.visitor("partner").get("/console/referrals")).text
    assert "需要找工作的指导" in seen
    assert "失业半年" not in seen
    assert (await console.visitor("elsewhere").get(path)).status == 404


async def test_the_phone_of_an_applicant_is_shown_for_a_reason_only(console: Console) -> None:
    worker, path = console.visitor("worker"), f"/console/aid/{console.seeded.aid}"
    assert "13800001234" not in (await worker.get(path)).text
    assert (await worker.post(f"{path}/unmask", {"reason": " "})).status == 422
    assert "13800001234" in (await worker.post(f"{path}/unmask", {"reason": "回电"})).text
    assert console.audited("resident.unmask")[-1].reason == "回电"


async def test_the_public_pages_show_moderated_words_without_numbers(console: Console) -> None:
    """No name, no phone, no door; nothing that still waits; no cookie."""

    def write(session: Session) -> None:
        post = session.get_one(BoardPost, console.seeded.post)
        post.text = "人字梯可以借，3栋2单元501，13800001234"

    console.write(write)
    page = await console.anonymous.get("/public/demo/neighbours")
    assert "人字梯可以借" in page.text
    for secret in ("13800001234", "2单元", "501", "王"):
        assert secret not in page.text
    assert "Set-Cookie" not in page.headers
    assert "每月来一次磨剪刀" in (await console.anonymous.get("/public/demo/wishes")).text
    console.write(lambda s: setattr(s.get_one(BoardPost, console.seeded.post), "state", "waiting"))
    assert "人字梯" not in (await console.anonymous.get("/public/demo/neighbours")).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打 138 0000 1234 找我", "打 ＊＊ 找我"),
        ("3栋2单元门口", "3栋＊＊门口"),
        ("周六9点，送3本书", "周六9点，送3本书"),
    ],
)
def test_numbers_that_tell_who_are_struck_out(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


@pytest.mark.parametrize("width", [1280, 360])
async def test_staff_bring_a_giver_to_an_elder_and_settle_the_time(
    browser: Browser, console: Console, width: int
) -> None:
    """Welcome, match, settle: the hours are on the giver's account."""
    tab = await open_page(browser, console, width)
    await sign_in(tab, "worker", "/console/care")
    await no_faults(tab)
    assert await tab.evaluate(SMALL) == []
    await tab.get_by_role("button", name="同意：王**", exact=True).click()
    await expect(tab.get_by_text("在帮忙")).to_be_visible()
    await tab.get_by_role("link", name="陪诊 · 周三上午").click()
    await expect(tab.get_by_text("有心脏病")).to_be_visible()
    await tab.get_by_label("来帮忙的人").select_option(label="王**：能陪诊")
    await tab.get_by_role("button", name="牵线").click()
    await tab.get_by_label("依据").fill("两边都问过")
    await no_faults(tab)
    assert await tab.evaluate(SMALL) == []
    await tab.get_by_role("button", name="记账").click()
    await expect(tab.get_by_role("status").first).to_contain_text("已记账")
    await expect(tab.get_by_text("2小时，社区出")).to_be_visible()

    def saved(session: Session) -> int:
        giver = session.get_one(Resident, console.seeded.resident)
        return ledger.balance(session, giver, Unit.HOURS)

    assert console.read(saved) == 120


@pytest.mark.parametrize("width", [1280, 360])
async def test_a_partner_answers_a_referral_in_the_browser(
    browser: Browser, console: Console, width: int
) -> None:
    """Every page of mutual help fits; the answer reaches applicant and staff."""
    tab = await open_page(browser, console, width)
    await sign_in(tab, "partner", "/console/referrals")
    await tab.get_by_role("link", name="需要找工作的指导").click()
    await tab.get_by_label("给申请人和社区看的话").fill("周三上午9点来谈")
    await tab.get_by_role("button", name="答复").click()
    await expect(tab.get_by_role("status").first).to_contain_text("已答复")
    number = console.seeded.referral
    assert console.read(lambda s: s.get_one(Referral, number).state) == "accepted"
    assert newest_told(console) == "桂园物业接了：周三上午9点来谈"
    worker = await open_page(browser, console, width)
    await sign_in(worker, "worker", f"/console/aid/{console.seeded.aid}")
    await expect(worker.get_by_text("答复：周三上午9点来谈")).to_be_visible()
    seeded = console.seeded
    for path in (
        f"/console/aid/{seeded.aid}",
        "/console/aid",
        "/console/organisations",
        f"/console/organisations/{seeded.organisation}",
        "/console/board",
        "/console/wishes",
        f"/console/wishes/{seeded.wish}",
        "/public/demo/neighbours",
        "/public/demo/wishes",
    ):
        await worker.goto(path)
        await no_faults(worker)
        assert await worker.evaluate(SMALL) == [], path
