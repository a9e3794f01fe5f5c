"""Hours: what counts, what is only entered by hand, corrections, points, certificates, data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services import (
    attendance,
    attendance_sheet,
    certificates,
    ledger,
    personal_data,
    signups,
    volunteer_hours,
)
from services.attendance import Step
from services.certificates import NoHours, ShownName
from services.ledger import Unit
from services.volunteer_hours import BadHours
from storage.activities import Occasion, SignUp
from storage.communities import Community
from storage.engine import Database
from tests.volunteers.people import HOURS, NOW, Neighbourhood, open_neighbourhood


@pytest.fixture
def here(database: Database) -> Neighbourhood:
    """The community of the test."""
    return database.write_now(open_neighbourhood)


def served(
    here: Neighbourhood, session: Session, early: int = 10, late: int = 30
) -> tuple[Occasion, SignUp]:
    """Somebody signed up, came `early` minutes before and left `late` minutes after the end."""
    _, occasion = here.activity(session)
    me = here.resident(session, "a")
    row = signups.sign_up(session, occasion.id, me, NOW)
    for moment in (
        occasion.starts_at - timedelta(minutes=early),
        occasion.ends_at + timedelta(minutes=late),
    ):
        done = attendance.by_code(session, me, attendance.code_at(occasion, moment), moment)
        assert done.step in (Step.IN, Step.OUT)
    return occasion, row


def test_time_counts_inside_the_occasion_and_gives_points_once(
    database: Database, here: Neighbourhood
) -> None:
    """Coming early and staying late adds nothing; confirming twice credits once."""

    def work(session: Session) -> None:
        occasion, row = served(here, session)
        assert attendance.minutes_served(row, occasion) == 120
        me = here.resident(session, "a")
        with pytest.raises(BadHours):
            attendance_sheet.confirm(session, here.staff(session), occasion, NOW)
        for _ in range(2):
            attendance_sheet.confirm(session, here.staff(session), occasion, occasion.ends_at)
        assert volunteer_hours.totals(session, me) == volunteer_hours.Hours(120, 0)
        assert ledger.balance(session, me, Unit.POINTS) == 20

    database.write_now(work)


def test_codes_live_for_their_minute_and_the_next_and_only_in_the_window(
    database: Database, here: Neighbourhood
) -> None:
    """A code of two minutes ago is none; too early is too early; another's code is no help."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        me, start = here.resident(session, "a"), occasion.starts_at
        signups.sign_up(session, occasion.id, me, NOW)
        old = attendance.code_at(occasion, start - timedelta(minutes=2))
        assert attendance.by_code(session, me, old, start).step is Step.WRONG
        fresh = attendance.code_at(occasion, start)
        early = start - timedelta(minutes=31)
        assert attendance.by_code(session, me, fresh, early).step is Step.NOTHING
        stranger = here.resident(session, "b")
        assert attendance.by_code(session, stranger, fresh, start).step is Step.NOTHING
        scene = attendance.scene_of(occasion)
        assert attendance.by_scene(session, stranger, scene, start).step is Step.NOTHING
        later = start + timedelta(seconds=59)
        assert attendance.by_code(session, me, fresh, later).step is Step.IN

    database.write_now(work)


def test_entries_are_never_changed_and_a_correction_takes_its_points(
    database: Database, here: Neighbourhood
) -> None:
    """The database refuses; the correction is the difference, in hours and in points."""

    def work(session: Session) -> int:
        occasion, _ = served(here, session)
        attendance_sheet.confirm(session, here.staff(session), occasion, occasion.ends_at)
        [entry] = volunteer_hours.entries_of(session, here.resident(session, "a"))
        volunteer_hours.correct(session, here.staff(session), entry, 60, "只做了一半", NOW)
        me = here.resident(session, "a")
        assert volunteer_hours.totals(session, me).credit == 60
        assert ledger.balance(session, me, Unit.POINTS) == 10
        ledger.withdraw(session, me, Unit.POINTS, 10, "test:fine", "乱停车", NOW)
        with pytest.raises(BadHours):
            volunteer_hours.correct(session, here.staff(session), entry, 0, "没有来", NOW)
        session.rollback()
        return 0

    database.read_now(work)
    database.write_now(lambda s: served_and_confirmed(here, s))
    for statement in (
        "UPDATE ledger_entries SET amount = 1",
        "DELETE FROM ledger_entries",
        "UPDATE service_records SET served_on = served_on",
        "DELETE FROM service_records",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            database.write_now(lambda s, statement=statement: s.execute(text(statement)))  # type: ignore[misc]


def served_and_confirmed(here: Neighbourhood, session: Session) -> None:
    """One entry of hours."""
    occasion, _ = served(here, session)
    attendance_sheet.confirm(session, here.staff(session), occasion, occasion.ends_at)


def test_who_is_forgotten_leaves_hours_without_a_person(
    database: Database, here: Neighbourhood
) -> None:
    """The entries stay, the certificate is void; before, the export holds all of it."""

    def work(session: Session) -> None:
        me = here.resident(session, "a")
        with pytest.raises(NoHours):
            certificates.issue(session, me, ShownName.FULL, NOW)
        served_and_confirmed(here, session)
        me.name = "王秀兰"
        issued = certificates.issue(session, me, ShownName.FAMILY, NOW)
        assert issued.shown_name == "王**"
        data = personal_data.export(session, me)
        assert data["hours"][0]["minutes"] == 120
        assert data["certificates"][0]["code"] == issued.code
        personal_data.forget(session, me, NOW)
        community = session.get_one(Community, here.community)
        assert certificates.find(session, community, issued.code) is None
        assert volunteer_hours.totals(session, me) == volunteer_hours.Hours(120, 0)

    database.write_now(work)


def test_a_line_without_check_out_is_no_credit(database: Database, here: Neighbourhood) -> None:
    """It waits for a person, who enters honour time, once."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        me, staff = here.resident(session, "a"), here.staff(session)
        row = signups.sign_up(session, occasion.id, me, NOW)
        row.checked_in_at = occasion.starts_at
        over = occasion.ends_at + attendance.LATE + timedelta(minutes=1)
        assert attendance_sheet.close_past(session, HOURS, over) == 1
        assert attendance_sheet.close_past(session, HOURS, over) == 0
        assert attendance_sheet.confirm(session, staff, occasion, over) == 0
        found = attendance_sheet.Settlement(90, "组织者看着他做完")
        attendance_sheet.settle(session, staff, occasion, row, found, HOURS, over)
        with pytest.raises(BadHours):
            attendance_sheet.settle(session, staff, occasion, row, found, HOURS, over)
        assert volunteer_hours.totals(session, me) == volunteer_hours.Hours(0, 90)
        assert ledger.balance(session, me, Unit.POINTS) == 0

    database.write_now(work)
