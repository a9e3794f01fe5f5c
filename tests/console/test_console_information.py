"""The policy library, notices, lists, funds and tip-offs in the console, and their public pages."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from playwright.async_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.importing.guards import MAX_BYTES
from services import policy_questions, subscriptions
from storage.communities import Community
from storage.information import Notice, Sheet, TipOff
from storage.messages import InboundMessage, OutboxMessage
from storage.policies import PolicyDocument, PolicyQuestion
from storage.residents import Resident
from storage.staff import AuditEntry
from tests.console.seed_information import SECRET_WORDS
from tests.console.test_console_browser import SIZES, SMALL, no_faults, open_page, sign_in
from tests.console.world import Console, Visitor, hidden

OFFICE = Path(__file__).parent.parent / "knowledge" / "office"
PUBLIC = ("", "/notices", "/notices/1", "/lists", "/funds", "/policies", "/policies/1")
PAGES = (
    *("/console/policies", "/console/policies/1", "/console/policies/1/edit"),
    *("/console/policies/new", "/console/policies/gaps", "/console/policies/verdicts"),
    *("/console/notices", "/console/notices/1", "/console/notices/new"),
    *("/console/sheets", "/console/sheets/1", "/console/tips", "/console/tips/1"),
)
NOTICE = {"topic": "health", "title": "周六义诊", "text": "8:30开始，60岁以上优先。"}


async def pass_on(console: Console, path: str) -> None:
    """The worker asks for the second look, the reviewer passes it."""
    worker, reviewer = console.visitor("worker"), console.visitor("reviewer")
    seen = hidden((await worker.get(path)).text, "seen")
    assert (await worker.post(f"{path}/submit", {"seen": seen})).location.endswith("submitted")
    seen = hidden((await reviewer.get(path)).text, "seen")
    answer = await reviewer.post(f"{path}/approve", {"seen": seen})
    assert answer.location.endswith("published"), answer.text


def newest(console: Console, table: type[Notice] | type[Sheet] | type[PolicyDocument]) -> int:
    return console.read(
        lambda s: s.scalars(select(table.id).order_by(table.id.desc())).first() or 0
    )


async def test_a_notice_is_seen_by_nobody_before_its_second_look(console: Console) -> None:
    worker, public = console.visitor("worker"), console.anonymous
    answer = await worker.post("/console/notices", {**NOTICE, "until": "2026-04-01"})
    number = newest(console, Notice)
    assert answer.location == f"/console/notices/{number}?done=saved"
    page = f"/public/demo/notices/{number}"
    assert (await public.get(page)).status == 404
    assert "周六义诊" not in (await public.get("/public/demo/notices")).text
    await pass_on(console, f"/console/notices/{number}")
    assert "8:30开始" in (await public.get(page)).text
    assert (await public.get(f"/public/other/notices/{number}")).status == 404
    seen = hidden((await worker.get(f"/console/notices/{number}")).text, "seen")
    withdrawn = {"seen": seen, "note": "改期了"}
    await worker.post(f"/console/notices/{number}/withdraw", withdrawn)
    assert (await public.get(page)).status == 404
    assert console.audited("publication.withdraw")[-1].reason == "改期了"


async def test_what_is_wrong_with_a_notice_is_said_beside_what_was_written(
    console: Console,
) -> None:
    answer = await console.visitor("worker").post("/console/notices", {**NOTICE, "until": "昨天"})
    assert answer.status == 422
    assert "公开到哪天要选今天或以后的日期" in answer.text
    assert "60岁以上优先" in answer.text


async def test_a_picture_of_a_notice_loses_what_it_tells_of_its_maker(console: Console) -> None:
    worker = console.visitor("worker")
    await worker.post("/console/notices", {**NOTICE, "until": "2026-04-01"})
    number = newest(console, Notice)
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "secret telephone"
    Image.new("RGB", (40, 30), (200, 90, 10)).save(file, "JPEG", exif=exif)
    path = f"/console/notices/{number}/pictures"
    answer = await worker.send(path, "pictures", "a.jpg", file.getvalue(), {"alt": "义诊现场"})
    assert answer.location.endswith("saved"), answer.text
    stored = console.read(lambda s: s.get_one(Notice, number).pictures)
    assert stored[0][1] == "义诊现场"
    assert b"secret telephone" not in (console.media_dir / stored[0][0]).read_bytes()
    bad = await worker.send(path, "pictures", "a.jpg", b"no picture at all")
    assert bad.status == 422
    await pass_on(console, f"/console/notices/{number}")
    shown = await console.anonymous.get(f"/public/demo/notices/{number}/pictures/0")
    assert shown.headers["Content-Type"] == "image/jpeg"


async def test_funds_come_from_a_spreadsheet_and_go_out_as_one(console: Console) -> None:
    """Imported, reviewed, public with their sums, downloaded without a live formula."""
    worker, public = console.visitor("worker"), console.anonymous
    data = (OFFICE / "funds.xlsx").read_bytes()
    values = {"kind": "funds", "year": "2025"}
    answer = await worker.send("/console/sheets/upload", "file", "funds.xlsx", data, values)
    number = newest(console, Sheet)
    assert answer.location == f"/console/sheets/{number}?done=imported", answer.text
    assert "2025年" not in (await public.get("/public/demo/funds")).text
    await pass_on(console, f"/console/sheets/{number}")
    page = (await public.get("/public/demo/funds?year=2025")).text
    assert "97,000元" in page
    assert 'aria-label="楼道灯改造：安排42,000元，已用41,860.50元"' in page
    response = await public.client.get("/public/demo/funds.xlsx?year=2026")
    sheet = openpyxl.load_workbook(io.BytesIO(await response.read())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:5] == ("楼道灯改造", "市级惠民资金", 42000, 41860, rows[1][4])
    assert rows[2][0] == "'=充电棚"
    assert rows[-1][:4] == ("合计", None, 97000, 41860.5)


async def test_an_edition_is_edited_as_text_and_faults_are_told_by_line(console: Console) -> None:
    worker, old = console.visitor("worker"), console.seeded.information.funds
    answer = await worker.post(f"/console/sheets/{old}/copy")
    path = answer.location.split("?")[0]
    seen = hidden((await worker.get(path)).text, "seen")
    wrong = await worker.post(path, {"seen": seen, "lines": "项目,金额\n灯,三块\n"})
    assert wrong.status == 422
    assert "第2行：金额“三块”看不懂" in wrong.text
    assert "灯,三块" in wrong.text
    right = await worker.post(path, {"seen": seen, "lines": "项目,金额\n灯,300\n"})
    assert right.location.endswith("saved")
    assert (await worker.post(path, {"seen": seen, "lines": "项目,金额\n灯,1\n"})).status == 409
    assert "97,000元" in (await console.anonymous.get("/public/demo/funds")).text


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0", "不支持这种文件"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 .doc/.xls"),
        ("a.pdf", b"%PDF-1.4 broken", "a.pdf："),
        ("empty.md", b"", "文件是空的"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_plain_words(
    console: Console, name: str, data: bytes, fault: str
) -> None:
    worker = console.visitor("worker")
    answer = await worker.send("/console/policies/upload", "file", name, data)
    assert answer.status == 422
    assert fault in answer.text


async def test_a_file_beyond_the_limit_is_refused_and_others_take_no_files(
    console: Console,
) -> None:
    worker = console.visitor("worker")
    huge = b"0" * (MAX_BYTES + 10)
    answer = await worker.send("/console/policies/upload", "file", "a.md", huge)
    assert answer.status == 422
    assert "最大 20 MB" in answer.text
    assert (await worker.send("/console/notices", "file", "a.md", b"0" * 1_200_000)).status == 413


@pytest.mark.parametrize("suffix", ["docx", "pdf", "html"])
async def test_an_uploaded_document_is_a_draft_until_it_is_passed(
    console: Console, suffix: str
) -> None:
    worker, public = console.visitor("worker"), console.anonymous
    data = (OFFICE / f"rule.{suffix}").read_bytes()
    answer = await worker.send("/console/policies/upload", "file", f"rule.{suffix}", data)
    number = newest(console, PolicyDocument)
    assert answer.location == f"/console/policies/{number}?done=imported", answer.text
    assert (await public.get(f"/public/demo/policies/{number}")).status == 404
    await pass_on(console, f"/console/policies/{number}")
    page = (await public.get(f"/public/demo/policies/{number}")).text
    assert "积分按一分兑换一元" in page
    assert "乙民发〔2025〕12号" in page


def ask(session: Session, text: str) -> None:
    resident = session.scalars(select(Resident).order_by(Resident.id)).first()
    inbound = session.scalars(select(InboundMessage).order_by(InboundMessage.id)).first()
    assert resident is not None
    assert inbound is not None
    question = policy_questions.record(session, resident, inbound, text, inbound.received_at)
    policy_questions.left_to_staff(question)


async def write_answer(visitor: Visitor, console: Console) -> int:
    page = (await visitor.get("/console/policies/gaps")).text
    link = page.split('data-open href="')[1].split('"')[0].replace("&amp;", "&")
    asked = (await visitor.get(link)).text
    values = {name: hidden(asked, name) for name in ("questions",)}
    said = asked.split('name="asked"')[1].split("</textarea>")[0]  # how people ask for it
    assert "婚前检查在哪里做" in said
    assert "婚前检查去哪里做呀" in said
    body = {
        "title": "婚前医学检查",
        "body": "## 地点\n区妇幼保健院，免费。",
        "aliases": "婚检",
        "asked": "婚前检查在哪里做\r\n\r\n结婚前体检要钱不",
    }
    await visitor.post("/console/policies", {**values, **body})
    return newest(console, PolicyDocument)


async def test_the_answer_to_a_group_of_questions_reaches_those_who_asked(
    console: Console,
) -> None:
    console.write(lambda s: ask(s, "婚前检查在哪里做"))
    console.write(lambda s: ask(s, "婚前检查去哪里做呀"))
    worker = console.visitor("worker")
    assert "看 2 条原话" in (await worker.get("/console/policies/gaps")).text
    number = await write_answer(worker, console)
    assert "都答上了" in (await worker.get("/console/policies/gaps")).text
    shown = (await worker.get(f"/console/policies/{number}")).text
    assert "<li>婚前检查在哪里做</li><li>结婚前体检要钱不</li>" in shown
    again = (await worker.get(f"/console/policies/{number}/edit")).text
    assert "婚前检查在哪里做\n结婚前体检要钱不</textarea>" in again
    await pass_on(console, f"/console/policies/{number}")
    texts = console.read(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert sum("现在有答案了：\n【婚前医学检查】区妇幼保健院" in text for text in texts) == 1
    states = console.read(lambda s: set(s.scalars(select(PolicyQuestion.state))))
    assert states == {"settled"}
    assert console.woken


async def test_the_sample_is_marked_and_a_draft_of_a_new_version_is_not_public(
    console: Console,
) -> None:
    number = console.seeded.information.policy
    page = (await console.anonymous.get(f"/public/demo/policies/{number}")).text
    assert "这是示例文本" in page
    worker = console.visitor("worker")
    seen = hidden((await worker.get(f"/console/policies/{number}/edit")).text, "seen")
    body = {"seen": seen, "body": "## 材料\n只要身份证。", "valid_until": "2027-01-01"}
    answer = await worker.post(f"/console/policies/{number}", body)
    draft = newest(console, PolicyDocument)
    assert answer.location == f"/console/policies/{draft}?done=saved"
    assert "只要身份证" not in (await console.anonymous.get("/public/demo/policies")).text
    await pass_on(console, f"/console/policies/{draft}")
    assert (await console.anonymous.get(f"/public/demo/policies/{number}")).status == 404
    assert "只要身份证" in (await console.anonymous.get(f"/public/demo/policies/{draft}")).text


async def test_a_tip_off_is_read_by_reviewers_alone_and_its_contact_for_a_reason(
    console: Console,
) -> None:
    number = console.seeded.information.tip
    path = f"/console/tips/{number}"
    assert (await console.visitor("worker").get(path)).status == 403
    assert (await console.visitor("supervisor").get(path)).status == 403
    assert (await console.visitor("elsewhere").get(path)).status == 404
    reviewer = console.visitor("reviewer")
    page = await reviewer.get(path)
    assert SECRET_WORDS in page.text
    assert "13900007777" not in page.text
    assert SECRET_WORDS not in (await reviewer.get("/console/tips")).text
    assert (await reviewer.post(f"{path}/contact", {"reason": " "})).status == 422
    shown = await reviewer.post(f"{path}/contact", {"reason": "核实金额"})
    assert "13900007777" in shown.text
    assert console.audited("tip_off.contact")[-1].reason == "核实金额"


async def test_a_tip_off_stands_nowhere_else(console: Console) -> None:
    """Not in the queue, not with the resident, not in the audit, not in what is sent."""
    admin, number = console.visitor("admin"), console.seeded.information.tip
    values = {"seen": "1", "state": "settled", "result": "已退回"}
    await admin.post(f"/console/tips/{number}/go-on", values)
    resident = console.seeded.resident
    for page in ("/console/", f"/console/residents/{resident}", "/console/audit"):
        assert "空调" not in (await admin.get(page)).text
    texts = console.read(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert any("您的反映有了进展" in text for text in texts)
    assert not any("空调" in text for text in texts)
    assert console.read(lambda s: s.get_one(TipOff, number).state) == "settled"
    entries = console.read(lambda s: [(e.before, e.after) for e in s.scalars(select(AuditEntry))])
    assert not any("空调" in str(entry) for entry in entries)


async def test_public_pages_set_no_cookie_and_name_no_resident(console: Console) -> None:
    for page in PUBLIC:
        answer = await console.anonymous.get(f"/public/demo{page}")
        assert answer.status == 200, page
        assert "Set-Cookie" not in answer.headers
        assert "王秀兰" not in answer.text


@pytest.mark.parametrize("width", SIZES)
async def test_all_pages_fit_and_can_be_hit(browser: Browser, console: Console, width: int) -> None:
    """No fault, nothing wider than the screen, no target below 24 pixels."""
    page = await open_page(browser, console, width)
    for path in PUBLIC:
        await page.goto(f"/public/demo{path}")
        await no_faults(page)
    await sign_in(page, "admin", "/console/policies")
    for path in PAGES:
        await page.goto(path)
        await no_faults(page)
        assert await page.evaluate(SMALL) == [], path


async def test_a_notice_in_the_browser_from_draft_to_resident(
    browser: Browser, console: Console
) -> None:
    """One writes it on a phone, another passes it by a key, who subscribed is told."""

    def subscribe(session: Session) -> None:
        community = session.scalars(select(Community).where(Community.code == "demo")).one()
        resident = session.scalars(
            select(Resident).where(Resident.community_id == community.id)
        ).first()
        assert resident is not None
        subscriptions.subscribe(session, resident, ["health"], console.clock())

    console.write(subscribe)
    worker = await open_page(browser, console, 360)
    await sign_in(worker, "worker", "/console/notices/new")
    await worker.get_by_label("类别").select_option("health")
    await worker.get_by_label("标题").fill("周六义诊")
    await worker.get_by_label("正文").fill("8:30开始，60岁以上优先。")
    await worker.get_by_label("公开到哪天").fill(date(2026, 4, 1).isoformat())
    await worker.get_by_role("button", name="存为草稿").click()
    await expect(worker.get_by_role("status").first).to_contain_text("已保存")
    await worker.get_by_role("button", name="提交审核").click()
    await expect(worker.get_by_text("要由另一位同事审核")).to_be_visible()
    reviewer = await open_page(browser, console)
    await sign_in(reviewer, "reviewer", "/console/")
    await reviewer.get_by_role("link", name="通知：周六义诊").click()
    await reviewer.wait_for_url("**/console/notices/*")
    await reviewer.keyboard.press("a")
    await expect(reviewer.get_by_role("status").first).to_contain_text("已公开")
    await no_faults(reviewer)
    texts = console.read(lambda s: list(s.scalars(select(OutboxMessage.text))))
    assert any(text.startswith("【健康义诊】周六义诊") for text in texts)


async def test_how_people_ask_is_folded_away_and_found_by_the_public(console: Console) -> None:
    """Forty wordings do not push away what may be done; a search knows them all."""
    number = console.seeded.information.policy
    page = (await console.visitor("worker").get(f"/console/policies/{number}")).text
    assert "<summary>1 句</summary>" in page
    found = (await console.anonymous.get("/public/demo/policies?words=敬老卡")).text
    assert f"/public/demo/policies/{number}" in found
