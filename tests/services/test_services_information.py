"""Notices, lists and funds: drafts nobody sees, a second look, editions, sums, subscriptions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from demo.community import open_community
from services import notices, publishing, sheets, subscriptions, tip_offs
from services.access import Forbidden, Role
from services.calendar import OfficeHours
from services.money import BadAmount, read_fen, say_yuan
from services.notices import Wording
from services.personal_data import forget
from services.places import community_path
from services.publishing import BadPublication, Stage, StalePublication
from services.residents import meet
from services.sheet_files import read_lines
from services.sheets import FundLine, ServiceLine
from services.tip_offs import Told
from storage.communities import Community
from storage.engine import Database
from storage.information import FundEntry, Notice, Sheet, Subscription, TipOff
from storage.messages import OutboxMessage
from storage.residents import Resident
from storage.staff import Staff

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
TODAY = date(2026, 3, 4)
HOURS = OfficeHours()
PEOPLE = {"wang": Role.COMMUNITY_WORKER, "zhao": Role.REVIEWER, "li": Role.GRID_WORKER}
WORDING = Wording("outage", "明天停水", "9:00到11:00，换水表。", TODAY + timedelta(days=3))
FUNDS = [FundLine("楼道灯", "市级", 4_200_000, 4_186_000), FundLine("充电棚", "街道", 550_001)]


@pytest.fixture
def open_database(database: Database) -> Database:
    def work(session: Session) -> None:
        open_community(session, NOW)
        path = community_path(session, home(session).id)
        for login, role in PEOPLE.items():
            row = Staff(login=login, name=login, role=role, scope_path=path, created_at=NOW)
            row.password_hash = "nobody signs in here"
            session.add(row)

    database.write_now(work)
    return database


def who(session: Session, login: str) -> Staff:
    return session.scalars(select(Staff).where(Staff.login == login)).one()


def home(session: Session) -> Community:
    return session.scalars(select(Community)).one()


def someone(session: Session, openid: str = "o1") -> Resident:
    return meet(session, home(session).id, "", openid, NOW)


def waiting_notice(session: Session, wording: Wording = WORDING) -> Notice:
    notice = notices.write(session, who(session, "wang"), home(session), wording, NOW)
    publishing.submit(session, who(session, "wang"), notice, 1, "停水", HOURS, NOW)
    return notice


def edition(session: Session, kind: str = "funds", year: int = 2026) -> Sheet:
    lines = FUNDS if kind == "funds" else [ServiceLine("居住证明")]
    author = who(session, "wang")
    sheet = sheets.begin(session, author, home(session), kind, year, lines, NOW)
    publishing.submit(session, author, sheet, 1, "表", HOURS, NOW)
    return sheet


def test_a_notice_is_public_only_between_approval_and_its_last_day(
    open_database: Database,
) -> None:
    def work(session: Session) -> list[int]:
        notice = waiting_notice(session)
        before = len(notices.public(session, notice.community_id, TODAY))
        notices.publish(session, who(session, "zhao"), notice, notice.version, NOW)
        days = (TODAY, notice.until, notice.until + timedelta(days=1))
        return [before, *(len(notices.public(session, notice.community_id, d)) for d in days)]

    assert open_database.write_now(work) == [0, 1, 1, 0]


def test_nobody_approves_their_own_and_workers_approve_nothing(open_database: Database) -> None:
    def work(session: Session) -> None:
        notice = waiting_notice(session)
        with pytest.raises(Forbidden):
            notices.publish(session, who(session, "wang"), notice, notice.version, NOW)
        with pytest.raises(StalePublication):
            notices.publish(session, who(session, "zhao"), notice, 1, NOW)
        own = notices.write(session, who(session, "zhao"), home(session), WORDING, NOW)
        publishing.submit(session, who(session, "zhao"), own, 1, "停水", HOURS, NOW)
        with pytest.raises(BadPublication, match="另一位"):
            notices.publish(session, who(session, "zhao"), own, own.version, NOW)
        with pytest.raises(Forbidden):
            notices.write(session, who(session, "li"), home(session), WORDING, NOW)

    open_database.write_now(work)


@pytest.mark.parametrize(
    "wording",
    [
        Wording("outage", "", "正文", TODAY),
        Wording("outage", "标题", " ", TODAY),
        Wording("weather", "标题", "正文", TODAY),
        Wording("outage", "标题", "正文", TODAY - timedelta(days=1)),
        Wording("outage", "标题", "正文", None),
    ],
)
def test_what_a_notice_must_have(open_database: Database, wording: Wording) -> None:
    def work(session: Session) -> None:
        with pytest.raises(BadPublication):
            notices.write(session, who(session, "wang"), home(session), wording, NOW)

    open_database.write_now(work)


def test_subscribers_of_the_topic_hear_once_and_others_do_not(open_database: Database) -> None:
    def work(session: Session) -> list[str]:
        subscriptions.subscribe(session, someone(session, "a"), ["outage"], NOW)
        subscriptions.subscribe(session, someone(session, "a"), ["outage"], NOW)
        subscriptions.subscribe(session, someone(session, "b"), ["health"], NOW)
        notice = waiting_notice(session)
        told = notices.publish(
            session, who(session, "zhao"), notice, notice.version, NOW, "https://x/n"
        )
        assert told == 1
        return list(session.scalars(select(OutboxMessage.text)))

    [text] = open_database.write_now(work)
    assert text.startswith("【停水停电】明天停水\n9:00到11:00")
    assert "https://x/n" in text
    assert text.endswith("回复“退订”。")


def test_a_new_edition_takes_the_place_of_the_one_before(open_database: Database) -> None:
    def work(session: Session) -> tuple[str, str, int, int]:
        first, reviewer = edition(session), who(session, "zhao")
        sheets.publish(session, reviewer, first, first.version, NOW)
        second = edition(session)
        sheets.publish(session, reviewer, second, second.version, NOW)
        shown = sheets.public(session, second.community_id, "funds")
        sums = sheets.totals(sheets.funds_of(session, shown[0]))
        assert [one.id for one in shown] == [second.id]
        return first.state, second.state, sums.amount, sums.used

    assert open_database.write_now(work) == ("replaced", "published", 4_750_001, 4_186_000)


def test_the_database_lets_only_one_edition_be_published(open_database: Database) -> None:
    def work(session: Session) -> None:
        for _ in range(2):
            edition(session).state = Stage.PUBLISHED.value
        session.flush()

    with pytest.raises(IntegrityError):
        open_database.write_now(work)


def test_money_is_never_negative_in_the_database(open_database: Database) -> None:
    def work(session: Session) -> None:
        sheet = edition(session)
        session.add(
            FundEntry(
                community_id=sheet.community_id, sheet_id=sheet.id, project="x", amount=-1, used=0
            )
        )
        session.flush()

    with pytest.raises(IntegrityError):
        open_database.write_now(work)


def test_a_tip_off_is_unreadable_at_rest_and_open_to_reviewers_alone(
    open_database: Database,
) -> None:
    def work(session: Session) -> tuple[int, str]:
        told = Told("有人挪用慰问金", someone(session), "13900001111")
        tip = tip_offs.leave(session, home(session), told, HOURS, NOW)
        with pytest.raises(Forbidden):
            tip_offs.go_on(session, who(session, "wang"), tip, 1, "checking", "", NOW)
        with pytest.raises(tip_offs.BadTipOff):
            tip_offs.go_on(session, who(session, "zhao"), tip, 1, "settled", " ", NOW)
        tip_offs.go_on(session, who(session, "zhao"), tip, 1, "settled", "已查实退回", NOW)
        assert tip_offs.by_receipt(session, someone(session), tip.receipt) is tip
        assert tip_offs.by_receipt(session, someone(session, "o2"), tip.receipt) is None
        return tip.id, session.scalars(select(OutboxMessage.text)).one()

    number, told = open_database.write_now(work)
    assert "挪用" not in told
    raw = open_database.read_now(
        lambda s: s.connection().exec_driver_sql("SELECT text, contact FROM tip_offs").one()
    )
    assert not any(b"\xe6\x8c\xaa" in bytes(cell) or b"139" in bytes(cell) for cell in raw)
    assert number


def test_forgetting_leaves_the_tip_off_without_its_author(open_database: Database) -> None:
    def work(session: Session) -> tuple[int | None, str | None, int]:
        resident = someone(session)
        subscriptions.subscribe(session, resident, ["outage"], NOW)
        tip = tip_offs.leave(session, home(session), Told("内容", resident, "139"), HOURS, NOW)
        forget(session, resident, NOW)
        session.flush()
        session.expire_all()
        kept = session.get_one(TipOff, tip.id)
        count = len(session.scalars(select(Subscription)).all())
        return kept.resident_id, kept.contact, count

    assert open_database.write_now(work) == (None, None, 0)


@pytest.mark.parametrize(
    ("written", "fen"),
    [("12,000.50", 1_200_050), ("1.2万", 1_200_000), ("￥300元", 30_000), (" 0 ", 0)],
)
def test_amounts_as_people_write_them(written: str, fen: int) -> None:
    assert read_fen(written) == fen


@pytest.mark.parametrize("written", ["一千", "-5", "1.234", "1e9", "=1+1", "9" * 20])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(BadAmount):
        read_fen(written)


def test_amounts_are_said_with_fen_only_where_there_are_any() -> None:
    assert (say_yuan(1_200_000), say_yuan(30_050)) == ("12,000元", "300.50元")


def test_a_csv_of_a_chinese_spreadsheet_is_read() -> None:
    """GB 18030, a line above the table, ten thousands in the header, a sum at the end."""
    text = (
        "2026年惠民资金\n项目,资金来源,金额（万元）,已用（万元）,日期\n"
        "楼道灯,市级,4.2,4.186,2026年2月\n\n合计,,4.2,4.186,\n"
    )
    [line] = read_lines("a.csv", text.encode("gb18030"), "funds")
    assert line == FundLine("楼道灯", "市级", 4_200_000, 4_186_000, date(2026, 2, 1), "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("名字,金额\n灯,3\n", "没找到表头"),
        ("项目,已用\n灯,3\n", "金额"),
        ("项目,金额\n灯,三块\n", "第2行"),
        ("项目,金额,日期\n灯,3,2026-13-01\n", "第2行"),
        ("项目,金额\n,3\n", "第2行：没有项目名称"),
        ("项目,金额\n", "没有内容"),
    ],
)
def test_a_fault_in_a_table_is_told_by_its_line(text: str, fault: str) -> None:
    with pytest.raises(BadPublication, match=fault):
        read_lines("a.csv", text.encode(), "funds")


@pytest.mark.parametrize("name", ["a.xls", "a.exe", "a.xlsx"])
def test_what_is_no_table_is_refused(name: str) -> None:
    with pytest.raises(BadPublication):
        read_lines(name, b"MZ\x00 nothing to read", "service")


def test_a_table_of_libreoffice_is_read() -> None:
    """Numbers stay exact, the line of sums is left out."""
    file = Path(__file__).parent.parent / "knowledge" / "office" / "funds.xlsx"
    lines = read_lines(file.name, file.read_bytes(), "funds")
    assert lines == [
        FundLine("楼道灯改造", "市级惠民资金", 4_200_000, 4_186_050, date(2025, 2, 20)),
        FundLine("充电棚", "街道", 5_500_000, 3_850_000, date(2025, 3, 1)),
    ]
