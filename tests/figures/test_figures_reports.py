"""Reports: when they are made, what they hold, what never leaves the house with them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.report_book import to_xlsx
from console.report_file import to_html
from console.report_view import no_link, view_of_report
from jobs.desk_reports import make_reports
from services import case_search, reports
from services.access import Forbidden, Permission
from services.calendar import OfficeHours
from services.case_figures import GROUPINGS, listed, split, tally
from services.case_measures import Measure
from services.case_states import State
from services.figure_lists import filter_of_report
from services.periods import PeriodKind, containing
from services.report_data import ReportData, from_json, to_json
from services.report_drawing import draw_up
from storage.cases import Case
from storage.communities import Place
from storage.desk import QueueItem
from storage.engine import Database
from storage.reports import Report
from tests.figures.world import NOW, Spec, add, clear, found, specs

HOURS = OfficeHours()
MARCH = containing(PeriodKind.MONTH, date(2026, 3, 1))
APRIL_FOOLS = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in China
OPEN = st.lists(specs.map(lambda s: replace(s, private=False, anonymous=False, confidential="")))
HIDDEN = st.lists(
    st.builds(
        lambda s, key: replace(s, **key),
        specs,
        st.sampled_from([{"private": True}, {"anonymous": True}, {"confidential": "tip_off"}]),
    ),
)


def place(session: Session, path: str = "/st/one/") -> Place:
    return session.scalars(select(Place).where(Place.path == path)).one()


def draw(session: Session, path: str = "/st/one/", now: datetime = NOW) -> ReportData:
    return draw_up(session, place(session, path), MARCH, str, now)


def begin(session: Session) -> None:
    found(session)
    clear(session)


@settings(max_examples=5)
@given(OPEN.filter(lambda cases: len(cases) < 9), HIDDEN.filter(lambda cases: len(cases) < 5))
def test_few_hidden_cases_leave_no_trace_in_a_report(
    shared: Database, cases: list[Spec], hidden: list[Spec]
) -> None:
    """Up to four private, anonymous or confidential cases change not one byte of it."""

    def work(session: Session) -> None:
        begin(session)
        for spec in cases:
            add(session, spec)
        without = json.dumps(to_json(draw(session)))
        for spec in hidden:
            add(session, spec)
        assert json.dumps(to_json(draw(session))) == without

    shared.write_now(work)


@pytest.mark.parametrize(("hidden", "told"), [(4, 0), (5, 5), (9, 5), (10, 10)])
def test_hidden_cases_are_told_in_steps_of_five(
    shared_sqlite: Database, hidden: int, told: int
) -> None:
    """So that no difference between two reports tells of fewer."""

    def work(session: Session) -> None:
        begin(session)
        for _ in range(hidden):
            add(session, Spec(anonymous=True))
        data = draw(session)
        assert (data.withheld, tally(data.facts)[Measure.RAISED]) == (told, 0)

    shared_sqlite.write_now(work)


def test_a_report_is_the_same_after_it_was_kept(database: Database) -> None:
    """Kept as JSON and read again, and its lists are those of the day it was made."""

    def work(session: Session) -> None:
        begin(session)
        for _ in range(3):
            add(session, Spec(state=State.REVIEW, outcome="fixed", responded=1, resolved=9))
        data = draw(session)
        report = reports.keep(session, data, "test", None, NOW)
        session.flush()
        session.expire_all()
        again = reports.data_of(session.get_one(Report, report.id))
        assert again == data == from_json(json.loads(json.dumps(to_json(data))))
        session.query(Case).filter(Case.place_path == "/st/one/g1/").update({"state": "working"})
        boss = found(session)["supervisor"]
        wanted = filter_of_report(again, Measure.FIXED, "grid", "/st/one/g1/")
        assert case_search.count(session, boss, wanted, NOW) == 3

    database.write_now(work)


def test_the_parts_of_every_split_add_up(database: Database) -> None:
    """No case is lost or doubled by splitting, and each part equals its list."""

    def work(session: Session) -> None:
        begin(session)
        for responsible in ("", "grid", "partner"):
            for path in ("/st/one/", "/st/one/g2/", "/st/two/g3/"):
                add(session, Spec(place=path, responsible=responsible))
        data = draw(session, "/st/")
        for by in GROUPINGS:
            parts = split(data.facts, by)
            assert sum((counted for _, counted in parts), tally(())) == tally(data.facts)
            for key, counted in parts:
                assert len(listed(data.facts, Measure.RAISED, by, key)) == counted[Measure.RAISED]
        assert {data.name("grid", key) for key, _ in split(data.facts, "grid")} == {
            ["桂园社区", "桂园社区（未到网格）"][1],
            "桂园社区 第二网格",
            "河西社区 河西网格",
        }

    database.write_now(work)


async def test_the_clock_makes_each_report_once_in_office_hours(database: Database) -> None:
    """On the first working morning: half month, month and quarter of each place with cases."""

    def work(session: Session) -> None:
        begin(session)
        add(session, Spec(age=40 * 24))
        add(session, Spec(age=10 * 24, place="/st/two/g3/"))

    database.write_now(work)
    night = APRIL_FOOLS - timedelta(hours=6)
    assert await make_reports(database, HOURS, night) == 0
    assert await make_reports(database, HOURS, APRIL_FOOLS) == 9
    assert await make_reports(database, HOURS, APRIL_FOOLS + timedelta(hours=1)) == 0
    made = database.read_now(
        lambda s: set(s.execute(select(Report.place_path, Report.period, Report.last_day)).all())
    )
    assert made == {
        (path, kind, date(2026, 3, 31))
        for path in ("/st/", "/st/one/", "/st/two/")
        for kind in PeriodKind
    }
    items = database.read_now(lambda s: list(s.scalars(select(QueueItem))))
    assert {item.needs for item in items} == {Permission.REPORT}
    assert len(items) == 9
    assert all(item.due_at > APRIL_FOOLS and item.state == "open" for item in items)


async def test_nothing_is_reported_where_nothing_was_raised(database: Database) -> None:
    """A new installation is not greeted with the empty reports of the quarter before."""
    database.write_now(begin)
    assert await make_reports(database, HOURS, APRIL_FOOLS) == 0


async def test_a_report_leaves_the_queue_when_it_was_read(database: Database) -> None:
    """By somebody who may read it, and nobody else."""
    database.write_now(lambda s: add(s, Spec(age=400)).id)
    await make_reports(database, HOURS, APRIL_FOOLS)

    def work(session: Session) -> None:
        staff = found(session)
        rows, total = reports.stored(session, staff["worker"])
        assert total == 3
        assert reports.stored(session, staff["elsewhere"])[1] == 0
        with pytest.raises(Forbidden):
            reports.note_read(session, staff["elsewhere"], rows[0], NOW)
        reports.note_read(session, staff["worker"], rows[0], NOW)
        source = reports.item_of(rows[0])
        item = session.scalars(select(QueueItem).where(QueueItem.source == source)).one()
        assert item.state == "done"

    database.write_now(work)


def test_staff_make_reports_of_their_own_scope_only(database: Database) -> None:
    """A grid worker makes none at all."""

    def work(session: Session) -> None:
        begin(session)
        staff = found(session)
        report = reports.make(session, staff["worker"], place(session), MARCH, str, NOW)
        assert report.made_by == staff["worker"].id
        for login, path in (
            ("worker", "/st/two/"),
            ("grid", "/st/one/g1/"),
            ("partner", "/st/one/"),
        ):
            with pytest.raises(Forbidden):
                reports.make(session, staff[login], place(session, path), MARCH, str, NOW)
        assert session.scalar(select(func.count()).select_from(Report)) == 1

    database.write_now(work)


def hostile(database: Database) -> ReportData:
    """A report in which a name tries to be a formula and markup."""

    def work(session: Session) -> ReportData:
        begin(session)
        found(session)["grid"].name = '=HYPERLINK("x")<script>'
        session.flush()
        for responsible in ("grid", "partner", ""):
            add(session, Spec(state=State.REVIEW, outcome="fixed", responsible=responsible))
        return draw(session, "/st/")

    return database.write_now(work)


def test_a_workbook_holds_the_figures_and_no_formula(shared_sqlite: Database) -> None:
    """A spreadsheet runs nothing that somebody wrote into a name."""
    data = hostile(shared_sqlite)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(view_of_report(data, no_link))))
    assert book.sheetnames[0] == "三率"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert next(cell.value for cell in cells if "HYPERLINK" in str(cell.value)).startswith("'=")
    rates = {row[0].value: [cell.value for cell in row[1:4]] for row in book["三率"].iter_rows()}
    assert rates["办结率"] == [1, 3, 3]
    assert rates["满意率"] == [None, 0, 0]


def test_a_file_needs_nothing_beside_it(shared_sqlite: Database) -> None:
    """No address of another host, no script; charts tell their numbers in words; names escaped."""
    page = to_html(view_of_report(hostile(shared_sqlite), no_link))
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    assert "src=" not in page
    assert "&lt;script&gt;" in page
    assert 'role="img" aria-label="三率，近六期：' in page
    assert "@media print" in page
    assert "<a " not in page
