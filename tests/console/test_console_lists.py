"""Lists, figures, the audit and the staff page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from console import charts
from console.tables import safe_cell, to_csv
from intents.tickets import format_ticket
from services import audit, case_search, passwords
from services import staff as people
from services.case_search import CaseFilter
from services.case_states import State
from storage.cases import Case
from storage.staff import Staff
from tests.console.seed import PASSWORD
from tests.console.world import Console


def titles(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]*)<", page)


def lamp(console: Console) -> Case:
    return console.read(lambda session: session.get_one(Case, console.seeded.lamp))


async def test_cases_are_found_by_number_words_and_state(console: Console) -> None:
    visitor, number = console.visitor("worker"), lamp(console).number
    for words in (str(number), format_ticket(number), "楼道灯"):
        page = await visitor.get(f"/console/cases?words={words}")
        assert titles(page.text) == ["3栋2单元3楼楼道灯坏了好几天"]
    assert titles((await visitor.get("/console/cases?state=accepted")).text) == ["广场舞音响太吵"]
    assert len(titles((await visitor.get("/console/cases?state=open")).text)) == 3
    assert titles((await visitor.get("/console/cases?state=ended")).text) == []
    assert titles((await visitor.get("/console/cases?words=100%25")).text) == []
    assert titles((await visitor.get("/console/cases?day=not-a-day")).text)


async def test_every_figure_equals_the_list_behind_it(console: Console) -> None:
    console.clock.forward(days=2)
    visitor = console.visitor("worker")
    page = (await visitor.get("/console/figures")).text
    strip = re.findall(r'<li><a href="([^"]*)"[^>]*><b>(\d+)</b>', page)
    assert len(strip) == 6
    for address, number in strip:
        found = (await visitor.get(address.replace("&amp;", "&"))).text
        assert len(titles(found)) == int(number), address


async def test_every_bar_opens_its_cases(console: Console) -> None:
    visitor = console.visitor("worker")
    page = (await visitor.get("/console/figures")).text
    days = re.findall(r'<a href="([^"]*)" aria-label="[^"]*：(\d+) 件"', page)
    assert len(days) == 30
    assert sum(int(number) for _, number in days) == 3
    for address, number in days[-2:]:
        assert len(titles((await visitor.get(address)).text)) == int(number)


def test_a_day_is_a_day_in_china(console: Console) -> None:
    """A case of 0:30 at night belongs to that day, though it is still yesterday in UTC."""

    def move_to_night(session: Session) -> None:
        case = session.get_one(Case, console.seeded.lamp)
        case.created_at = case.created_at.replace(day=3, hour=16, minute=30)

    console.write(move_to_night)
    found = console.read(
        lambda session: case_search.count(
            session,
            console.staff(session, "worker"),
            CaseFilter(day=date(2026, 3, 4)),
            console.clock(),
        )
    )
    assert found == 1


def test_bars_are_as_high_as_their_share() -> None:
    chart = charts.columns([("a", 2, "/a"), ("b", 4, "/b"), ("c", 0, "/c")], width=30, height=8)
    assert [bar.height for bar in chart.bars] == [4, 8, 0]
    assert all(bar.y + bar.height == chart.height for bar in chart.bars)
    assert charts.rows([]).bars == ()


async def test_the_audit_is_filtered(console: Console) -> None:
    visitor = console.visitor("supervisor")
    everything = (await visitor.get("/console/audit")).text
    assert "提交回复" in everything
    who = console.seeded.staff["worker"]
    mine = (await visitor.get(f"/console/audit?who={who}&action=reply.propose")).text
    assert mine.count('data-label="时间"') == 1
    none = (await visitor.get("/console/audit?first=2027-01-01")).text
    assert "没有符合条件的记录" in none


async def test_another_community_does_not_read_our_audit(console: Console) -> None:
    page = (await console.visitor("otheradmin").get("/console/audit")).text
    assert re.findall(r'data-label="人员">([^<]*)', page) == ["郑外管"]
    assert "李社工" not in page


async def test_the_exported_audit_holds_no_formulas(console: Console) -> None:
    def tricky(session: Session) -> None:
        staff = console.staff(session, "worker")
        audit.record(session, console.clock(), staff, "case.move", reason='=HYPERLINK("x")')

    console.write(tricky)
    answer = await console.visitor("admin").get("/console/audit.csv?action=case.move")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[1][-1] == '\'=HYPERLINK("x")'
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(console.audited("audit.export")) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "  =1"])
def test_cells_that_a_spreadsheet_would_run_are_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_plain_cells_stay_as_they_are() -> None:
    assert [safe_cell(value) for value in ("王秀兰", 7, None, "a=b")] == ["王秀兰", "7", "", "a=b"]
    assert to_csv(["a"], [["b"]]).startswith("\ufeff".encode())


FORM = {
    "name": "新来的",
    "login": "newcomer",
    "role": "grid_worker",
    "scope": "g1",
    "password": "a fine sentence",
}


async def test_an_administrator_adds_somebody(console: Console) -> None:
    answer = await console.visitor("admin").post("/console/staff", FORM)
    assert answer.status == 303
    added = console.read(lambda session: people.by_login(session, "newcomer"))
    assert added is not None
    assert (added.name, added.role, added.scope_path) == ("新来的", "grid_worker", "/st/demo/g1/")
    assert passwords.fits(added.password_hash, FORM["password"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"login": "worker"}, "已经有人用了"),
        ({"login": "有 空 格"}, "登录名用"),
        ({"password": "short"}, "密码至少"),
        ({"password": "newcomer1234"}, "不要含登录名"),
        ({"password": "aaaaaaaaaaaa"}, "不同的字符太少"),
        ({"role": "king"}, "没有这个角色"),
        ({"scope": "nowhere"}, "没有这个范围"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    console: Console, wrong: dict[str, str], words: str
) -> None:
    answer = await console.visitor("admin").post("/console/staff", FORM | wrong)
    assert answer.status == 422
    assert words in answer.text
    assert FORM["name"] in answer.text
    assert (wrong.get("password") or FORM["password"]) not in answer.text


async def test_nobody_gives_more_than_they_have(console: Console) -> None:
    """An administrator of one community cannot reach into another."""
    visitor, form = console.visitor("otheradmin"), FORM | {"scope": "demo"}
    assert (await visitor.post("/console/staff", form)).status == 422


async def test_an_administrator_disables_and_resets_but_not_themselves(console: Console) -> None:
    admin, staff = console.visitor("admin"), console.seeded.staff
    worker = console.visitor("worker")
    base = f"/console/staff/{staff['worker']}"
    assert (await admin.post(f"{base}/change", {"role": "reviewer", "scope": "g2"})).status == 303
    assert "审核员" in (await worker.get("/console/")).text
    assert (await admin.post(f"{base}/reset", {"password": "brand new words"})).status == 303
    assert (await worker.get("/console/")).status == 303
    assert (await admin.post(f"{base}/active", {"active": "0"})).status == 303
    own = f"/console/staff/{staff['admin']}"
    assert (await admin.post(f"{own}/active", {"active": "0"})).status == 422
    change = {"role": "grid_worker", "scope": "g1"}
    assert (await admin.post(f"{own}/change", change)).status == 422
    actions = ("staff.change", "staff.password", "staff.disable")
    assert all(console.audited(action) for action in actions)


def test_the_last_administrator_stays(console: Console) -> None:
    """Whoever asks: the command line may not lock everybody out either."""

    def disable(session: Session) -> None:
        for login in ("otheradmin", "admin"):
            people.set_active(session, console.staff(session, login), False, None, console.clock())

    with pytest.raises(people.BadStaff, match="最后一位管理员"):
        console.write(disable)


def test_an_overdue_case_is_one_that_missed_its_next_deadline(console: Console) -> None:
    """A case that was answered in time is late only when its resolution is."""
    staff: Staff = console.read(lambda session: console.staff(session, "worker"))
    wanted = CaseFilter(overdue=True)

    def late() -> int:
        return console.read(
            lambda session: case_search.count(session, staff, wanted, console.clock())
        )

    assert late() == 0
    console.clock.forward(days=1)
    assert late() == 2
    console.clock.forward(days=30)
    assert late() == 3
    assert (
        console.read(
            lambda session: case_search.count(
                session, staff, replace(wanted, state=State.ACCEPTED.value), console.clock()
            )
        )
        == 1
    )


async def test_the_view_is_remembered_by_the_browser(console: Console) -> None:
    visitor = console.visitor("worker")
    answer = await visitor.post("/console/account/view", {"theme": "dark", "large": "1"})
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert cookie == "shuoshi_view=dark.large.nokeys"
    page = await visitor.client.get("/console/sign-in", headers={"Cookie": cookie})
    text = await page.text()
    assert 'data-theme="dark" data-type="large" data-keys="off"' in text
    assert PASSWORD not in text
