"""时限与日历: kept by each community in versions, and running clocks stay explainable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services import case_work, cases, desk_terms, desk_terms_keeping, return_visit
from services.access import Forbidden
from services.calendar import CHINA, OfficeHours
from services.case_states import Actor, Outcome, State
from services.desk_terms_keeping import BadTerms, StaleTerms, Wanted
from services.sla import PROMISES, Terms, class_names, deadlines
from storage.cases import Case, CaseEvent
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from storage.staff import AuditEntry, Staff
from tests.console.seed import NOW, UNIT, fill
from tests.services import slow_clock

HOURS = OfficeHours()
QUICK = PROMISES | {"normal": replace(PROMISES["normal"], response_minutes=60, resolve_days=2)}
WANTED = Wanted(0, 8 * 60 + 30, 17 * 60, QUICK, "2026-03-09 休息 停电检修", "居民盼快一点")
MOMENTS = st.datetimes(datetime(2026, 2, 9), datetime(2026, 3, 12)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CHINA).astimezone(UTC)
)


def keep(session: Session, wanted: Wanted = WANTED, login: str = "admin") -> int:
    """Stores a version of the terms of 桂园社区."""
    staff = session.scalars(select(Staff).where(Staff.login == login)).one()
    return desk_terms_keeping.keep(session, staff, here(session), wanted, HOURS, NOW).version


def here(session: Session, code: str = "demo") -> int:
    return session.scalars(select(Community.id).where(Community.code == code)).one()


def submit(session: Session, now: datetime = NOW, sla: str = "normal") -> Case:
    new = cases.NewCase(
        community_id=here(session),
        category="lighting.stairwell",
        title="灯坏了",
        description="灯坏了",
        place_path=UNIT,
        sla=sla,
    )
    return cases.submit(session, new, None, HOURS, now)


def test_new_cases_run_by_the_new_terms_and_old_ones_by_theirs(database: Database) -> None:
    """A promise once given is not changed behind anybody's back; another community has its own."""

    def work(session: Session) -> None:
        fill(session, NOW)
        old = submit(session)
        before = (old.response_due, old.resolve_due)
        assert keep(session) == 1
        new = submit(session)
        session.expire(old)
        assert (old.response_due, old.resolve_due, old.terms_version) == (*before, 0)
        assert new.terms_version == 1
        # 17:30 on Thursday: the office has closed at 17:00; Friday 9:30; Monday is closed
        assert new.response_due.astimezone(CHINA) == datetime(2026, 3, 6, 9, 30, tzinfo=CHINA)
        assert new.resolve_due.astimezone(CHINA) == datetime(2026, 3, 10, 17, tzinfo=CHINA)
        elsewhere = desk_terms.newest(session, here(session, "other"), HOURS)
        assert (elsewhere.version, elsewhere.promises) == (0, PROMISES)

    database.write_now(work)


def test_a_case_that_waited_goes_on_by_the_terms_it_began_with(database: Database) -> None:
    """What was left is counted on the calendar of its own version; opened again, on the newest."""

    def work(session: Session) -> None:
        fill(session, NOW)
        keep(session)
        case = submit(session)
        staff = session.scalars(select(Staff).where(Staff.login == "worker")).one()
        friday = datetime(2026, 3, 6, 8, 30, tzinfo=CHINA).astimezone(UTC)

        def go(to: State, now: datetime, outcome: Outcome | None = None) -> None:
            seen = State(case.state)
            wish = cases.Move(to, "请说说是哪一层", outcome)
            case_work.move(session, staff, case, wish, seen, now, hours=HOURS)

        go(State.ACCEPTED, friday)
        go(State.WAITING, friday + timedelta(hours=1))
        keep(session, replace(WANTED, seen=1, days="", reason="不停电了"))
        sunday = datetime(2026, 3, 8, 12, tzinfo=CHINA).astimezone(UTC)
        go(State.WORKING, sunday)
        # of two days of 510 minutes 60 were used; its own calendar still has Monday closed
        assert case.resolve_due.astimezone(CHINA) == datetime(2026, 3, 11, 16, tzinfo=CHINA)
        go(State.RESOLVED, sunday + timedelta(days=3), Outcome.FIXED)
        wish = cases.Move(State.WORKING, "居民反映没有解决")
        cases.move(session, case, wish, Actor.RESIDENT, None, sunday + timedelta(days=4))
        assert case.terms_version == 2

    database.write_now(work)


def test_running_cases_are_carried_over_where_that_is_wanted(database: Database) -> None:
    """What is left stays left, on the new calendar; the case says why, the queue follows; what was
    missed stays missed, and danger does not know office hours."""

    def work(session: Session) -> None:
        fill(session, NOW)
        late = submit(session, NOW - timedelta(days=30))
        running, urgent = submit(session), submit(session, sla="urgent")
        missed, danger = late.resolve_due, urgent.resolve_due
        left = HOURS.between(NOW, running.resolve_due)
        keep(session, replace(WANTED, carry_over=True))
        own = desk_terms.newest(session, here(session), HOURS).hours
        assert own.between(NOW, running.resolve_due) == left
        assert (late.resolve_due, urgent.resolve_due) == (missed, danger)
        query = select(CaseEvent).where(CaseEvent.case_id == running.id, CaseEvent.kind == "terms")
        event = session.scalars(query).one()
        assert event.reason == "时限与日历第 1 版：居民盼快一点"
        source = cases.source_of(running)
        item = session.scalars(select(QueueItem).where(QueueItem.source == source)).one()
        session.refresh(item)
        assert item.due_at == running.response_due
        assert running.terms_version == late.terms_version == urgent.terms_version == 1
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "terms.keep")).one()
        assert entry.after is not None
        assert entry.after["carried_over"] >= 3

    database.write_now(work)


def test_versions_are_never_changed_and_two_editors_not_lost(database: Database) -> None:
    """The second of two who read the same version is told; the database refuses a change."""

    def work(session: Session) -> None:
        fill(session, NOW)
        keep(session)
        with pytest.raises(StaleTerms):
            keep(session)
        assert keep(session, replace(WANTED, seen=1)) == 2
        for login in ("worker", "grid1", "partner", "otheradmin"):
            with pytest.raises(Forbidden):
                keep(session, replace(WANTED, seen=2), login)

    database.write_now(work)
    for statement in ("UPDATE desk_terms SET opens = 0", "DELETE FROM desk_terms"):
        with pytest.raises(DBAPIError):
            database.write_now(lambda s, sql=statement: s.execute(text(sql)))  # type: ignore[misc]


def check(wanted: Wanted) -> None:
    desk_terms_keeping.read_days(wanted.days)
    desk_terms_keeping.check(wanted)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"opens": 18 * 60}, "opens"),
        ({"closes": 8 * 60 + 45}, "opens"),
        ({"reason": " "}, "reason"),
        ({"days": "下周一 休息"}, "days"),
        ({"days": "2026-02-30 休息"}, "days"),
        ({"days": "2026-03-08 休息"}, "days"),  # a Sunday
        ({"days": "2026-02-28 上班"}, "days"),  # a Saturday that the country works
        ({"days": "2026-03-09 休息\n2026-3-9 休息"}, "days"),
    ],
)
def test_what_cannot_be_is_refused_and_named(change: dict[str, object], field: str) -> None:
    """Each with the field at fault; checked before anything is stored."""
    wanted = replace(WANTED, **change)  # type: ignore[arg-type]
    with pytest.raises(BadTerms) as wrong:
        check(wanted)
    assert wrong.value.field == field


@pytest.mark.parametrize(
    ("name", "response", "update", "resolve", "field"),
    [
        ("normal", 0, 600, 5, "normal-response"),
        ("normal", 240, 5, 5, "normal-update"),
        ("planned", 540, 600, 0, "planned-resolve"),
        ("planned", 600, 600, 1, "planned-response"),
        ("urgent", 300, 240, 1, "urgent-response"),
    ],
)
def test_promises_have_bounds(
    name: str, response: int, update: int, resolve: int, field: str
) -> None:
    """In danger somebody answers within hours, whatever a community would like."""
    promise = replace(
        PROMISES[name], response_minutes=response, update_minutes=update, resolve_days=resolve
    )
    with pytest.raises(BadTerms) as wrong:
        desk_terms_keeping.check(replace(WANTED, promises={**PROMISES, name: promise}))
    assert wrong.value.field == field


@settings(max_examples=40, deadline=None)
@given(
    MOMENTS,
    st.frozensets(st.dates(date(2026, 2, 12), date(2026, 3, 20)), max_size=6),
    st.frozensets(st.dates(date(2026, 2, 12), date(2026, 3, 20)), max_size=6),
    st.sampled_from([(time(9), time(18)), (time(8, 30), time(17)), (time(14), time(20, 15))]),
)
def test_deadlines_on_an_own_calendar_equal_the_slow_clock(
    start: datetime,
    worked: frozenset[date],
    closed: frozenset[date],
    office: tuple[time, time],
) -> None:
    """Own closed days, own working days and own hours, over the Spring Festival and its 调休."""
    own = replace(HOURS, opens=office[0], closes=office[1], worked=worked - closed, closed=closed)
    due = deadlines("normal", start, Terms(own, QUICK, 1))
    assert due.response == slow_clock.runs_out(start, 60, own)
    assert due.resolve == slow_clock.runs_out(start, 2 * own.minutes_a_day, own)
    assert own.between(start, due.resolve) == 2 * own.minutes_a_day


def test_own_days_are_read_back_as_they_were_written() -> None:
    """By date, with their reasons."""
    days = desk_terms_keeping.read_days("2026-10-11 上班 入户走访\n\n2026-3-9，休息，停电")
    assert desk_terms_keeping.write_days(days) == "2026-03-09 休息 停电\n2026-10-11 上班 入户走访"
    shipped = class_names(Terms(HOURS, PROMISES))
    assert shipped["normal"] == "一般：4 小时响应，5 个工作日办结"


def test_nobody_is_visited_on_a_day_that_the_office_is_closed(database: Database) -> None:
    """回访 knows the calendar of its community."""

    def work(session: Session) -> tuple[int, int]:
        fill(session, NOW)
        keep(session)
        case = submit(session)
        case.state, case.resolved_at = State.RESOLVED.value, NOW
        session.flush()
        closed = datetime(2026, 3, 9, 11, tzinfo=CHINA)
        monday = return_visit.ask_due(session, HOURS, closed.astimezone(UTC))
        tuesday = (closed + timedelta(days=1)).astimezone(UTC)
        return monday, return_visit.ask_due(session, HOURS, tuesday)

    assert database.write_now(work) == (0, 1)
