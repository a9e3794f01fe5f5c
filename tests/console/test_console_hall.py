"""The hall in the console: a topic played through its forms, paper votes, register, processes."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import docx
import openpyxl
import pytest
from aiohttp import FormData
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.pages.hall import plan_form
from console.pages.hall.choices import BadChoice, choice_of
from console.pages.hall.shared import local_field
from deliberation import pabulib
from deliberation.chain import Json
from deliberation.definition import Definition, Method
from deliberation.ties import Option
from deliberation.verify import verify
from services import (
    hall_blocks,
    hall_clock,
    hall_outcome,
    hall_reading,
    hall_seats,
    process_keeping,
    voting,
)
from services.ballots import BadBallot, NewBallot, plan
from services.processes import Electors, shipped, shipped_text
from services.register import HomeLine, import_homes
from services.register_files import read_rows
from storage.ballots import Ballot, PaperVote, RollEntry
from storage.hall import Topic
from storage.hot_topics import HotTopic
from storage.register import Home, RegisteredPerson
from tests.console.world import Console, Visitor

HALL = "/console/hall"


def tick(console: Console) -> None:
    """What the job of the hall does at this moment."""

    def work(session: Session) -> None:
        for one in hall_clock.due(session, console.clock()):
            hall_clock.do(session, one, console.clock())

    console.write(work)


def newest(console: Console) -> Topic:
    query = select(Topic).order_by(Topic.id.desc()).limit(1)
    return console.read(lambda session: session.scalars(query).one())


def newest_ballot(console: Console) -> Ballot:
    query = select(Ballot).order_by(Ballot.id.desc()).limit(1)
    return console.read(lambda session: session.scalars(query).one())


async def say(visitor: Visitor, path: str, **form: str) -> None:
    """Posts a form that must be taken."""
    answer = await visitor.post(path, form)
    assert answer.status == 303, answer.text


async def move(console: Console, visitor: Visitor, to: str) -> None:
    topic = newest(console)
    await say(visitor, f"{HALL}/{topic.id}/stage", to=to, version=str(topic.version))


async def open_topic(console: Console, visitor: Visitor, process: str = "3x") -> str:
    await say(
        visitor,
        HALL,
        title="6栋加装电梯",
        text="方案一在东侧，要三十万元。",
        process=process,
        place="demo",
        seats="低层住户",
    )
    return f"{HALL}/{newest(console).id}"


async def fill_seats(console: Console, visitor: Visitor, base: str) -> None:
    seats = console.read(lambda session: hall_seats.seats_of(session, newest(console)))
    for seat in seats:
        await say(visitor, f"{base}/invite", seat=str(seat.id), holder="代表")
        await say(visitor, f"{base}/answer", seat=str(seat.id), accepts="1")


async def test_a_topic_may_not_go_on_before_its_seats_are_filled(console: Console) -> None:
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor)
    page = (await visitor.get(base)).text
    assert "必需席位还空着：社区党组织、居委会、居务监督委员会" in page
    topic = newest(console)
    refused = await visitor.post(f"{base}/stage", {"to": "inform", "version": str(topic.version)})
    assert refused.status == 422
    assert "必需席位还空着" in refused.text
    await fill_seats(console, visitor, base)
    stale = await visitor.post(f"{base}/stage", {"to": "inform", "version": "0"})
    assert stale.status == 409
    await move(console, visitor, "inform")
    assert newest(console).stage == "inform"


async def test_a_whole_topic_in_the_console(console: Console) -> None:
    """From draft to rating by forms alone; the public page follows."""
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor)
    await fill_seats(console, visitor, base)
    await move(console, visitor, "inform")
    await say(visitor, f"{base}/publish", text="方案贴在东门")
    await move(console, visitor, "hearing")
    await say(visitor, f"{base}/record", text="低层担心采光")
    await move(console, visitor, "opinions")
    await say(visitor, f"{base}/statements", words="先请第三方看采光")
    await move(console, visitor, "meeting")
    await say(visitor, f"{base}/sign-in", name="居委会刘主任")
    await say(visitor, f"{base}/record", text="商定采光补偿")
    await move(console, visitor, "ballot")
    now = console.clock()
    plan = {"title": "同意加装吗", "electorate": "persons", "secret": "1", "changeable": "1"}
    span = {"opens": local_field(now), "closes": local_field(now + timedelta(days=2))}
    await say(visitor, f"{base}/ballots", **plan, **span)
    tick(console)
    public = f"/public/demo/topics/{newest(console).id}"
    assert "截止前不公布任何结果" in (await console.anonymous.get(public)).text
    console.clock.forward(days=2)
    visitor = console.visitor("worker")
    tick(console)
    await move(console, visitor, "decision")
    await say(visitor, f"{base}/decide", outcome="先做采光评估", reasons="没有人投票")
    await say(visitor, f"{base}/publish", text="结果公示七天")
    await say(visitor, f"{base}/tasks", title="采光评估", owner="物业李经理", due="2026-04-01")
    await move(console, visitor, "action")
    task = console.read(lambda session: hall_outcome.tasks_of(session, newest(console))[0])
    await say(visitor, f"{base}/progress", task=str(task.id), percent="100", words="报告已出")
    await move(console, visitor, "review")
    await say(visitor, f"{base}/record", text="都满意")
    await say(visitor, f"{base}/publish", text="评估报告公开")
    await say(visitor, f"{base}/finish")
    assert newest(console).state == "done"
    text = (await console.anonymous.get(public)).text
    for words in ("先做采光评估", "没有人投票", "物业李经理", "做完了", "评估报告公开", "已办结"):
        assert words in text
    assert "低层担心采光" not in text
    audit = (await console.visitor("admin").get("/console/audit")).text
    assert not re.search(r">\s*(topic|ballot|register)\.[a-z]", audit), "every action has a name"


async def minutes(visitor: Visitor, topic: int) -> str:
    """All words of a topic's minutes."""
    response = await visitor.client.get(f"{HALL}/{topic}/minutes.docx", headers=visitor._cookie())
    assert response.status == 200
    paper = docx.Document(io.BytesIO(await response.read()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


async def test_the_minutes_hold_each_step_with_date_person_and_document(console: Console) -> None:
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor)
    await say(visitor, f"{base}/record", text="定了三方主体")
    await say(visitor, f"{base}/sign-in", name="刘主任")
    text = await minutes(visitor, newest(console).id)
    for words in ("定了三方主体", "李社工", "刘主任", "社区党组织", "2026-03-05 17:30"):
        assert words in text


async def test_the_sign_in_sheet_has_the_seats(console: Console) -> None:
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor)
    page = (await visitor.get(f"{base}/sheet")).text
    assert "签到表" in page
    assert "居务监督委员会" in page


async def test_a_paper_ballot_takes_two_people(console: Console) -> None:
    """The second never sees the first entry; where they differ nothing is cast."""
    first, second = console.visitor("worker"), console.visitor("reviewer")
    base = f"{HALL}/ballots/{console.seeded.ballot}"
    entry = {"elector": "P1", "origin": "paper", "choice": "yes"}
    await say(first, f"{base}/paper", **entry)
    paper = console.read(lambda session: session.scalars(select(PaperVote)).one())
    again = {"paper": str(paper.id), "choice": "yes"}
    own = await first.post(f"{base}/confirm", again)
    assert own.status == 422
    assert "另一位同事" in own.text
    page = (await second.get(base)).text
    assert "checked" not in page.split('id="second-title"')[1]
    differs = await second.post(f"{base}/confirm", again | {"choice": "no"})
    assert differs.status == 409
    assert "两次录入不一样" in differs.text
    await say(first, f"{base}/paper", **entry)
    paper = console.read(lambda session: session.scalars(select(PaperVote)).one())
    done = await second.post(f"{base}/confirm", again | {"paper": str(paper.id)})
    assert done.status == 200
    entry_row = console.read(lambda session: session.scalars(select(RollEntry)).one())
    assert entry_row.receipt in done.text
    twice = await first.post(f"{base}/paper", {"elector": "P1", "origin": "phone", "choice": "no"})
    assert twice.status == 303, "another entry of the same two hands changes the vote"
    assert (await first.post(f"{base}/paper", {"elector": "P9"})).status == 422


async def test_before_opening_the_list_is_shown_with_its_areas(console: Console) -> None:
    """As the register has it now; the frozen one has a hash."""
    visitor = console.visitor("worker")
    now = console.clock()
    span = {
        "opens": local_field(now + timedelta(hours=1)),
        "closes": local_field(now + timedelta(days=1)),
    }
    plan = {"title": "动用维修资金", "electorate": "owners", "rule": "owners-special", **span}
    topic = console.seeded.topic
    secret = await visitor.post(f"{HALL}/{topic}/ballots", plan | {"secret": "1"})
    assert secret.status == 422
    assert "只能实名" in secret.text
    await say(visitor, f"{HALL}/{topic}/ballots", **plan)
    path = f"{HALL}/ballots/{newest_ballot(console).id}"
    page = (await visitor.get(path)).text
    assert "6 票，480.00㎡" in page
    assert page.count("80.00㎡") == 7
    assert "名单校验码" not in page
    console.clock.forward(hours=1)
    tick(console)
    ballot = newest_ballot(console)
    assert ballot.electorate_hash in (await console.visitor("worker").get(path)).text


async def test_an_extension_needs_a_reason_and_comes_once(console: Console) -> None:
    visitor = console.visitor("worker")
    base = f"{HALL}/ballots/{console.seeded.ballot}"
    until = local_field(console.clock() + timedelta(days=5))
    assert (await visitor.post(f"{base}/extend", {"until": until})).status == 422
    await say(visitor, f"{base}/extend", until=until, reason="下雨，很多人没来")
    public = await console.anonymous.get(f"/public/demo/topics/{console.seeded.topic}")
    assert "下雨，很多人没来" in public.text
    later = local_field(console.clock() + timedelta(days=8))
    assert (await visitor.post(f"{base}/extend", {"until": later, "reason": "再等"})).status == 422


def _vote(console: Console, ballot_id: int, choices: Mapping[str, Json]) -> list[str]:
    """Votes come in, or are changed; the receipts."""

    def work(session: Session) -> list[str]:
        ballot = session.get_one(Ballot, ballot_id)
        return [_cast(session, console, ballot, code, c) for code, c in choices.items()]

    return console.write(work)


def _cast(session: Session, console: Console, ballot: Ballot, code: str, choice: Json) -> str:
    elector = hall_reading.elector_by_code(session, ballot, code)
    assert elector is not None
    staff = console.seeded.staff
    hand = voting.Hand("paper", entered_by=staff["worker"], confirmed_by=staff["reviewer"])
    return voting.put_in(session, ballot, elector, choice, hand, console.clock()).receipt


def _secret_ballot(console: Console) -> int:
    def work(session: Session) -> int:
        topic = session.get_one(Topic, console.seeded.topic)
        closes = console.clock() + timedelta(days=1)
        new = NewBallot("选不选新物业", console.clock(), closes, secret=True)
        wanted = replace(new, electorate=Electors.PERSONS)
        return plan(session, console.staff(session, "worker"), topic, wanted, console.clock()).id

    number = console.write(work)
    tick(console)
    return number


@pytest.mark.parametrize("secret", [True, False])
async def test_nothing_of_a_ballot_is_seen_before_closing(
    console: Console, *, secret: bool
) -> None:
    """Every page stays the same, letter by letter, when all change their votes."""
    ballot = _secret_ballot(console) if secret else console.seeded.ballot
    topic, staff = console.seeded.topic, console.visitor("admin")
    inside = [f"{HALL}/{topic}", f"{HALL}/ballots/{ballot}", f"{HALL}/{topic}/sheet", HALL]
    outside = [f"/public/demo/topics/{topic}", "/public/demo/topics", "/public/demo"]
    outside.append(f"/public/demo/ballots/{ballot}.jsonl")

    async def pages() -> list[str]:
        shown = [(await staff.get(path)).text for path in inside]
        shown.append(await minutes(staff, topic))
        return shown + [(await console.anonymous.get(path)).text for path in outside]

    receipts = _vote(console, ballot, {"P1": "yes", "P2": "yes", "P3": "no"})
    before = await pages()
    assert _vote(console, ballot, {"P1": "no", "P2": "abstain", "P3": "yes"}) == receipts
    assert await pages() == before
    assert "已投 <b>3</b> / 6 票" in before[5]
    for text in before:
        assert not any(words in text for words in ("得票", "门槛", "结果：", *receipts))
    log = await console.anonymous.get(outside[-1])
    assert log.status == 404


async def test_a_secret_ballot_never_tells_who_chose_what(console: Console) -> None:
    ballot = _secret_ballot(console)
    receipts = _vote(console, ballot, {"P1": "yes", "P2": "yes", "P3": "no"})
    console.clock.forward(days=1)
    tick(console)
    text = (await console.anonymous.get(f"/public/demo/topics/{console.seeded.topic}")).text
    assert all(receipt in text for receipt in receipts)
    assert "公示到户" not in text
    assert "3栋2单元" not in text


async def test_after_closing_result_receipts_and_log_are_public(console: Console) -> None:
    receipts = _vote(console, console.seeded.ballot, {"P1": "yes", "P2": "yes", "P3": "no"})
    console.clock.forward(days=3)
    tick(console)
    text = (await console.anonymous.get(f"/public/demo/topics/{console.seeded.topic}")).text
    assert "结果：通过" in text
    assert "同意人数 2/3" in text
    assert all(receipt in text for receipt in receipts)
    log = await console.anonymous.get(f"/public/demo/ballots/{console.seeded.ballot}.jsonl")
    ballot = console.read(lambda session: session.get_one(Ballot, console.seeded.ballot))
    assert verify(log.text, (ballot.head_opened, ballot.head_closed)).whole
    assert (
        await console.anonymous.get(f"/public/other/topics/{console.seeded.topic}")
    ).status == 404


def _more_homes(console: Console) -> None:
    """Seven homes outside of the building."""
    lines = [
        HomeLine(f"z{n}", f"东门{n}号", "g2", "60", (f"Z{n}",), (f"Z{n}",)) for n in range(1, 8)
    ]

    def work(session: Session) -> None:
        topic = session.get_one(Topic, console.seeded.topic)
        worker = console.staff(session, "worker")
        import_homes(session, worker, topic.community_id, lines, console.clock())

    console.write(work)


async def _budget(console: Console) -> int:
    """A budget ballot by equal shares, planned in the console and closed with thirteen votes."""
    _more_homes(console)
    span = {
        "opens": local_field(console.clock()),
        "closes": local_field(console.clock() + timedelta(days=1)),
    }
    await say(
        console.visitor("worker"),
        f"{HALL}/{console.seeded.topic}/ballots",
        title="今年先做哪几件",
        method="equal-shares",
        electorate="persons",
        options="3栋：楼道灯 | 600\n东门：长椅 | 500\n花坛｜900元",
        budget="1300",
        secret="1",
        changeable="1",
        **span,
    )
    tick(console)
    ballot = newest_ballot(console)
    votes = {f"P{n}": ["o1"] for n in range(1, 7)} | {f"Z{n}": ["o2", "o3"] for n in range(1, 8)}
    _vote(console, ballot.id, votes)
    console.clock.forward(days=1)
    tick(console)
    return ballot.id


def test_a_building_without_votes_or_money_has_none_of_both() -> None:
    """It stands in the list with noughts."""
    row = hall_blocks.BlockRow("7栋", 6, 0)
    assert hall_blocks._row(row, {}) == replace(row, voters=0, money=0)
    assert hall_blocks._row(row, None).money is None


async def test_a_budget_is_explained_round_by_round(console: Console) -> None:
    """Rounds in sentences, turnout and money per building, and the file that others can read."""
    number = await _budget(console)
    text = (await console.anonymous.get(f"/public/demo/topics/{console.seeded.topic}")).text
    assert "东门：长椅：7人支持，造价500元" in text
    assert "3栋：楼道灯：6人支持，造价600元" in text
    assert "每人的份额是100元" in text
    assert '<th scope="row">3栋</th><td>6 / 6</td><td>46.1%</td><td>54.5%</td>' in text
    assert 'role="img" aria-label="已投的占应投 100.0%"' in text
    assert '<th scope="row">其他楼栋</th><td>7 / 7</td>' in text
    file = await console.anonymous.get(f"/public/demo/ballots/{number}.pb")
    election = pabulib.election(pabulib.read(file.text))
    assert election.budget == 1300
    assert sorted(map(len, election.ballots)) == [1] * 6 + [2] * 7
    other = await console.anonymous.get(f"/public/demo/ballots/{console.seeded.ballot}.pb")
    assert other.status == 404


async def test_a_questionnaire_always_tells_its_n(console: Console) -> None:
    """Planned in the console; before closing the public page has n and nothing else."""
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor, "questionnaire")
    await say(visitor, f"{base}/publish", text="请大家填")
    await move(console, visitor, "survey")
    now = console.clock()
    span = {"opens": local_field(now), "closes": local_field(now + timedelta(days=2))}
    lines = "常去活动室吗 | 单选 | 去、不去\n满意吗 | 打分?"
    form = {"title": "活动室", "questions": lines, "audience": "census", **span}
    assert (await visitor.post(f"{base}/surveys", form | {"questions": "去吗"})).status == 422
    await say(visitor, f"{base}/surveys", **form)
    tick(console)
    public = f"/public/demo/topics/{newest(console).id}"
    text = (await console.anonymous.get(public)).text
    assert "n = 0），应填 6 份，回收率 0.0%" in text
    assert "常去活动室吗" not in text
    console.clock.forward(days=2)
    tick(console)
    text = (await console.anonymous.get(public)).text
    assert "常去活动室吗" in text
    assert "答的人太少，不分项公布" in text


async def test_a_meeting_counts_those_who_signed_in(console: Console) -> None:
    """四议两公开: the electors of the members' meeting sign by their code, no others do."""
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor, "four_two")
    await fill_seats(console, visitor, base)
    for to in ("confer", "members"):
        await say(visitor, f"{base}/record", text="同意往下走")
        seats = console.read(lambda session: hall_seats.seats_of(session, newest(console)))
        await say(visitor, f"{base}/sign-in", name="支部书记", seat=str(seats[0].id))
        await move(console, visitor, to)
    now = console.clock()
    span = {"opens": local_field(now), "closes": local_field(now + timedelta(days=1))}
    plan = {"title": "同意修路吗", "electorate": "listed", "listed": "P1、P2 P3", **span}
    await say(visitor, f"{base}/ballots", **plan)
    tick(console)
    assert (await visitor.post(f"{base}/sign-in", {"name": "甲", "elector": "P9"})).status == 422
    await say(visitor, f"{base}/sign-in", name="党员甲", elector="P1")
    sheet = (await visitor.get(f"{base}/sheet")).text
    assert "应到 3 人" in sheet
    assert "应到 3，实到 1，到会率 33.3%，签到共 1 人" in sheet
    text = await minutes(visitor, newest(console).id)
    assert "应到 4，实到 1，到会率 25.0%，签到共 1 人" in text
    console.clock.forward(days=1)
    tick(console)
    public = (await console.anonymous.get(f"/public/demo/topics/{newest(console).id}")).text
    assert "到会人数 1/3，需要 2，没达到" in public


async def test_a_building_of_few_is_not_told_apart(console: Console) -> None:
    """Neither by its own line nor as what is left of the others."""
    ballot_id = console.seeded.ballot
    _vote(console, ballot_id, {"P1": "yes"})
    rows = console.read(lambda s: hall_blocks.blocks(s, s.get_one(Ballot, ballot_id)))
    assert rows == []


async def test_the_register_is_imported_from_a_workbook(console: Console) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "名称", "地点", "面积", "业主", "住户", "未售"])
    sheet.append(["h9", "3栋2单元901", "b3u2", 88.5, "Q1、Q2", "Q1", ""])
    data = io.BytesIO()
    book.save(data)
    visitor = console.visitor("worker")
    assert (await _upload(visitor, data.getvalue())) == 303
    home = console.read(lambda s: s.scalars(select(Home).where(Home.code == "h9")).one())
    assert home.area == 8850
    page = (await visitor.get(f"{HALL}/register")).text
    assert "88.50㎡" in page
    people = "编号,姓名,成年\nQ1,林小芳,是\n".encode("gb18030")
    assert (await _upload(visitor, people)) == 303
    named = select(RegisteredPerson).where(RegisteredPerson.code == "Q1")
    assert console.read(lambda s: s.scalars(named).one()).name == "林小芳"
    assert "林小芳" not in (await visitor.get(f"{HALL}/register")).text
    bursting = io.BytesIO()
    with zipfile.ZipFile(bursting, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 60_000_000)
    unknown_place = "编号,名称,地点\nx,x,nowhere\n".encode()
    for wrong in (b"", b"PK broken", b"a,b\n1,2\n", bursting.getvalue(), unknown_place):
        assert (await _upload(visitor, wrong)) == 422


async def _upload(visitor: Visitor, data: bytes) -> int:
    form = FormData()
    form.add_field("csrf", visitor.csrf)
    form.add_field("community", "demo")
    form.add_field("file", data, filename="list.xlsx")
    here = str(visitor.client.make_url("/")).rstrip("/")
    headers = visitor._cookie() | {"Origin": here}
    response = await visitor.client.post(
        f"{HALL}/register", data=form, headers=headers, allow_redirects=False
    )
    return response.status


def test_empty_rows_of_a_table_are_left_out() -> None:
    assert len(list(read_rows("编号,姓名\nA,甲\n,\n".encode()))) == 1


async def test_an_account_is_bound_once(console: Console) -> None:
    visitor = console.visitor("worker")
    form = {"community": "demo", "person": "P1", "resident": str(console.seeded.resident)}
    await say(visitor, f"{HALL}/register/bind", **form)
    taken = await visitor.post(f"{HALL}/register/bind", form | {"person": "P2"})
    assert taken.status == 422
    assert "已经绑定" in taken.text


async def test_a_process_of_ones_own_is_for_later_topics_only(console: Console) -> None:
    visitor = console.visitor("worker")
    base = await open_topic(console, visitor)
    text = (
        shipped_text("3x")
        .replace("名: 3+X协商议事", "")
        .replace("name: 3+X协商议事", "name: 邻里议事")
    )
    await say(visitor, f"{HALL}/processes", community="demo", text=text)
    assert "3+X协商议事" in (await visitor.get(base)).text
    assert "邻里议事（第 2 版）" in (await visitor.get(await open_topic(console, visitor))).text
    bad = await visitor.post(f"{HALL}/processes", {"community": "demo", "text": "key: x"})
    assert bad.status == 422
    kept = console.read(lambda s: process_keeping.all_current(s, newest(console).community_id))
    assert {process.version for process in kept} == {1, 2}


class FormReader(HTMLParser):
    """What the form of a process on a page would send as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._open = ("", "")
        self.feed(page.split('id="edit"')[1].split("</form>", maxsplit=1)[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given["type"] != "checkbox" or "checked" in given):
            self.sent[given["name"]] = given["value"]
        elif tag in ("select", "textarea"):
            self._open = (tag, given["name"])
            self.sent[given["name"]] = ""
        elif tag == "option" and "selected" in given:
            self.sent[self._open[1]] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._open[0] == "textarea":
            self.sent[self._open[1]] += data.lstrip("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._open = ("", "")


async def test_staff_edit_a_process_in_a_form(console: Console) -> None:
    """Sent as it stands it is the same process; a stage is renamed, one moved in, one taken out."""
    visitor = console.visitor("worker")
    base, path = await open_topic(console, visitor), f"{HALL}/processes?process=3x"
    form = FormReader((await visitor.get(path)).text).sent
    await say(visitor, f"{HALL}/processes/form", **form)
    community = newest(console).community_id
    same = console.read(lambda s: process_keeping.current(s, community, "3x"))
    assert replace(same, version=1) == shipped()["3x"]

    walk = {"s10-name": "现场看一看", "s10-kind": "meeting", "s10-place": "3", "s10-days": "2"}
    walk |= {"s10-actors": "低层住户、物业", "s10-sign_in": "1", "s10-records": "踏勘记录"}
    changed = form | walk | {"name": "邻里议事", "s4-name": "", "s0-days": "9"}
    await say(visitor, f"{HALL}/processes/form", **changed)
    kept = console.read(lambda s: process_keeping.current(s, community, "3x"))
    assert (kept.name, kept.version, kept.stages[0].days) == ("邻里议事", 3, 9)
    assert [stage.name for stage in kept.stages][2:5] == ["事前听证", "现场看一看", "居民表态"]
    assert kept.stages[3].actors == ("低层住户", "物业")
    assert "事中协调" not in {stage.name for stage in kept.stages}
    assert kept.seats == shipped()["3x"].seats
    assert "3+X协商议事（第 1 版）" in (await visitor.get(base)).text, "it keeps its version"
    assert "邻里议事（第 3 版）" in (await visitor.get(await open_topic(console, visitor))).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"s1-days": "几天"}, "“通报内容”的天数"),
        ({"name": ""}, "流程的名称要写"),
        ({"seats": "", "stakeholders": "0"}, "流程里没有席位"),
        ({"s9-entry-surveys_closed": "1"}, "前面没有“问卷”的阶段"),
        ({"s0-name": ""}, "第一个阶段“通报内容”"),
    ],
)
async def test_a_form_of_a_process_comes_back_with_what_was_wrong(
    console: Console, wrong: dict[str, str], words: str
) -> None:
    """In the keeper's language, with all that was typed; nothing is stored."""
    visitor = console.visitor("worker")
    form = FormReader((await visitor.get(f"{HALL}/processes?process=3x")).text).sent
    typed = {"s2-actors": "利益相关方、居民、记者"}
    answer = await visitor.post(f"{HALL}/processes/form", form | typed | wrong)
    assert answer.status == 422
    assert words in html.unescape(answer.text)
    assert "利益相关方、居民、记者" in answer.text
    community = newest(console).community_id
    assert console.read(lambda s: process_keeping.newest(s, community, "3x")) is None


async def test_a_proposal_becomes_a_topic(console: Console) -> None:
    visitor = console.visitor("worker")
    path = f"{HALL}/proposals/{console.seeded.proposal}"
    assert "楼下加一盏灯" in (await visitor.get(f"{HALL}/proposals")).text
    await say(visitor, f"{path}/adopt", process="three_by_three")
    assert newest(console).source == f"proposal:{console.seeded.proposal}"
    assert (await visitor.post(f"{path}/adopt", {"process": "3x"})).status == 422


@pytest.mark.parametrize(
    ("method", "form", "choice"),
    [
        (Method.YES_NO, {"choice": "abstain"}, "abstain"),
        (Method.SINGLE, {"choice": "o2"}, "o2"),
        (Method.SINGLE, {"choice": "-"}, None),
        (Method.APPROVAL, {"o-o1": "1", "o-o2": "1"}, ["o1", "o2"]),
        (Method.EQUAL_SHARES, {"o-o2": "1"}, ["o2"]),
        (Method.SCORE, {"o-o1": "0", "o-o2": "5"}, {"o1": 0, "o2": 5}),
        (Method.IRV, {"o-o1": "2", "o-o2": "1"}, ["o2", "o1"]),
        (Method.SCHULZE, {}, []),
    ],
)
def test_a_paper_is_read_by_its_method(
    method: Method, form: dict[str, str], choice: object
) -> None:
    options = () if method is Method.YES_NO else (Option("o1", name="甲"), Option("o2", name="乙"))
    assert choice_of(Definition(method, options), form) == choice


@pytest.mark.parametrize("form", [{"o-o1": "1", "o-o2": "1"}, {"o-o1": "2"}, {"o-o1": "x"}])
def test_a_ranking_with_gaps_or_doubles_is_refused(form: dict[str, str]) -> None:
    options = (Option("o1", name="甲"), Option("o2", name="乙"))
    with pytest.raises(BadChoice):
        choice_of(Definition(Method.IRV, options), form)


def test_questions_are_written_a_line_each() -> None:
    lines = "常去吗 | 单选 | 去、不去→3\n满意吗 | 打分？\n还有话说 | 填空"
    span = {"opens": "2026-03-06T09:00", "closes": "2026-03-09T09:00"}
    wanted = plan_form.new_questionnaire({"title": "活动室", "questions": lines, **span})
    first, second, third = wanted.questions
    assert first["goto"] == {"不去": "q3"}
    assert second["optional"]
    assert third["kind"] == "text"


def test_a_plan_with_a_broken_number_is_refused() -> None:
    span = {"opens": "2026-03-06T09:00", "closes": "2026-03-09T09:00"}
    for wrong in ({"budget": "很多"}, {"method": "dice"}, {"opens": ""}):
        with pytest.raises(BadBallot):
            plan_form.new_ballot(span | {"options": "", **wrong})


async def test_a_hot_topic_becomes_a_topic_of_the_hall_once(console: Console) -> None:
    """Proposed with one click, opened from a form that is filled already, taken by the first."""
    worker, hot = console.visitor("worker"), console.seeded.hot_topic
    await worker.post(f"/console/hot-topics/{hot}/propose")
    page = await worker.get(f"{HALL}?hot={hot}")
    assert f'name="hot" value="{hot}"' in page.text
    title = console.read(lambda s: s.get_one(HotTopic, hot).summary)
    wanted = {
        "title": title,
        "text": "大家说的事",
        "process": "3x",
        "place": "demo",
        "hot": str(hot),
    }
    first = await worker.post(HALL, wanted)
    assert first.status == 303
    assert console.read(lambda s: s.get_one(HotTopic, hot).state) == "taken"
    opened = int(first.location.split("?")[0].rsplit("/", 1)[1])
    assert console.read(lambda s: s.get_one(Topic, opened).source) == f"hot:{hot}"
    again = await worker.post(HALL, wanted)
    assert again.status == 422
    assert "已经立项" in again.text
