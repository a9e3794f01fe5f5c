"""The demo's month: everything a page may show is there, and all of it could have happened."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commands.support import office_hours
from demo.community import PASSWORD, PERSONAS, STAFF
from services import cases, desk, passwords, sign_in
from services.case_states import MOVES, Actor, State
from services.desk import ItemKind
from storage.base import Base
from storage.case_ties import CaseFollower
from storage.cases import Case, CaseEvent
from storage.desk import QueueItem, Reply
from storage.hot_topics import HotTopic
from storage.messages import InboundMessage, Media, OutboxMessage
from storage.reports import Report
from storage.residents import Dialog, Resident
from storage.staff import AuditEntry, Staff
from storage.types import UtcDateTime
from tests.demo_community.conftest import Loaded, load

AHEAD = {
    *("response_due", "resolve_due", "due_at", "claimed_until", "lease_until", "next_at"),
    *("expires_at", "locked_until", "starts_at", "ends_at", "offered_until"),
    *("update_due", "escalate_at", "valid_until", "repeat_at"),
    *("stage_due", "closes_at", "opens_at", "until"),
}
"""Columns that speak of the future."""


def test_every_state_of_a_case_is_there(demo: Loaded) -> None:
    states = demo.look(lambda s: set(s.scalars(select(Case.state))))
    assert states == {state.value for state in State}


def test_everything_that_can_wait_waits(demo: Loaded) -> None:
    kinds = demo.look(
        lambda s: set(s.scalars(select(QueueItem.kind).where(QueueItem.state == "open")))
    )
    assert kinds >= {kind.value for kind in ItemKind}


def test_what_the_clock_and_the_residents_add_is_there(demo: Loaded) -> None:
    """Return visits answered well and badly, neighbours who follow, a report, a week's list."""

    def look(session: Session) -> None:
        rated = Counter(session.scalars(select(Case.satisfaction)))
        assert sum(count for value, count in rated.items() if value) >= 8
        assert any(value and value < 4 for value in rated)
        assert session.scalars(select(func.count(CaseFollower.id))).one() >= 1
        assert session.scalars(select(func.count(Report.id))).one() >= 1
        assert session.scalars(select(func.count(HotTopic.id))).one() >= 1
        climbed = select(CaseEvent.id).where(CaseEvent.kind == "escalated")
        assert session.scalars(climbed.limit(1)).all()

    demo.look(look)


def test_the_month_is_full(demo: Loaded) -> None:
    """At least 60 cases in 20 categories and 40 residents; urgent, private and anonymous ones."""

    def look(session: Session) -> None:
        found = session.scalars(select(Case)).all()
        assert len(found) >= 60
        assert len({case.category for case in found}) >= 20
        assert any(case.urgent for case in found)
        assert any(case.private for case in found)
        assert any(case.anonymous for case in found)
        assert session.scalars(select(func.count(Resident.id))).one() >= 40

    demo.look(look)


def test_messages_and_replies_stand_at_every_point_of_their_way(demo: Loaded) -> None:
    def look(session: Session) -> None:
        assert {"sent", "waiting", "unknown", "dead"} <= set(
            session.scalars(select(OutboxMessage.state))
        )
        assert {"customer_service", "passive"} <= set(session.scalars(select(OutboxMessage.way)))
        assert session.scalars(select(func.max(OutboxMessage.attempts))).one() >= 2
        assert {"awaiting", "approved", "rejected"} == set(session.scalars(select(Reply.state)))
        handovers = set(session.scalars(select(Dialog.handover)))
        assert handovers == {"bot", "waiting", "person"}
        assert session.scalar(select(Resident.id).where(Resident.forgotten_at.is_not(None)))

    demo.look(look)


def test_a_case_was_reopened_because_it_was_not_solved(demo: Loaded) -> None:
    query = select(CaseEvent).where(
        CaseEvent.from_state.in_(("resolved", "review")),
        CaseEvent.to_state == "working",
        CaseEvent.actor_kind == "resident",
    )
    assert demo.look(lambda s: s.scalars(query).all())


def test_nothing_is_later_than_the_present(demo: Loaded) -> None:
    def look(session: Session) -> None:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, UtcDateTime) and column.name not in AHEAD:
                    latest = session.scalar(select(func.max(column)))
                    assert latest is None or latest <= demo.now, (table.name, column.name)

    demo.look(look)


def test_nothing_is_much_older_than_a_month(demo: Loaded) -> None:
    oldest = demo.look(lambda s: s.scalars(select(func.min(InboundMessage.received_at))).one())
    assert demo.now - timedelta(days=31) <= oldest <= demo.now - timedelta(days=28)


def test_rows_are_in_the_order_of_time(demo: Loaded) -> None:
    def look(session: Session) -> None:
        for moments in (
            session.scalars(select(InboundMessage.received_at).order_by(InboundMessage.id)).all(),
            session.scalars(select(CaseEvent.at).order_by(CaseEvent.id)).all(),
            session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)).all(),
            session.scalars(select(Case.created_at).order_by(Case.number)).all(),
        ):
            assert all(earlier <= later for earlier, later in pairwise(moments))

    demo.look(look)


def test_each_case_has_come_its_way_by_legal_moves(demo: Loaded) -> None:
    def look(session: Session) -> None:
        for case in session.scalars(select(Case)):
            state = State.SUBMITTED
            for event in cases.events_of(session, case):
                if event.kind != "moved":
                    continue
                assert State(event.from_state) is state
                state = State(event.to_state)
                assert Actor(event.actor_kind) in MOVES[State(event.from_state)][state]
            assert State(case.state) is state

    demo.look(look)


def test_open_cases_wait_in_the_queue_and_ended_ones_do_not(demo: Loaded) -> None:
    """A case that waits for its resident comes back to the staff after five working days only."""

    def look(session: Session) -> None:
        waiting = set(
            session.scalars(
                select(QueueItem.case_id).where(
                    QueueItem.state == "open", QueueItem.kind.in_(("case", "emergency"))
                )
            )
        )
        wanted = set(
            session.scalars(
                select(Case.id).where(
                    Case.state.in_(
                        ("submitted", "accepted", "assigned", "working", "planned", "transferred")
                    )
                )
            )
        )
        patient = set(session.scalars(select(Case.id).where(Case.state == "waiting")))
        assert waiting - patient == wanted

    demo.look(look)


def test_staff_work_in_working_hours_unless_there_is_danger(demo: Loaded) -> None:
    hours = office_hours(demo.settings)

    def look(session: Session) -> None:
        query = (
            select(CaseEvent.at)
            .join(Case, Case.id == CaseEvent.case_id)
            .where(CaseEvent.actor_kind == "staff", Case.urgent.is_(False))
            .where(Case.category != "neighbours.elderly")
        )
        late = [at for at in session.scalars(query) if not hours.is_open(at - timedelta(seconds=1))]
        assert late == []

    demo.look(look)


def test_most_residents_write_by_day_and_in_the_evening(demo: Loaded) -> None:
    """Between 7 and 23 o'clock: all but one message in twenty."""
    moments = demo.look(lambda s: s.scalars(select(InboundMessage.received_at)).all())
    by_night = [at for at in moments if (at + timedelta(hours=8)).hour in {23, *range(7)}]
    assert len(by_night) < len(moments) / 20


def test_every_report_is_understood_at_once(workday_demo: Loaded) -> None:
    """Nobody had to tap 反映问题 before the bot took a report: the script shows the bot at work."""
    query = select(InboundMessage).where(InboundMessage.event == "click")
    clicks = workday_demo.look(lambda s: s.scalars(query).all())
    assert {click.detail["key"] for click in clicks} == {"track"}


def test_pictures_are_files_without_metadata(workday_demo: Loaded) -> None:
    folder = workday_demo.settings.paths.media

    def look(session: Session) -> None:
        found = session.scalars(select(Media)).all()
        assert Counter(one.state for one in found)["failed"] == 1
        pictures = [one for one in found if one.kind == "image" and one.state == "stored"]
        assert len(pictures) >= 20
        for picture in pictures:
            content = (folder / picture.file).read_bytes()
            assert len(content) < 60_000
            assert not Image.open(io.BytesIO(content)).getexif()

    workday_demo.look(look)


def test_the_files_of_those_who_left_are_gone(workday_demo: Loaded) -> None:
    folder: Path = workday_demo.settings.paths.media
    kept = set(workday_demo.look(lambda s: s.scalars(select(Media.file)).all())) - {""}
    on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert on_disk == kept


@pytest.mark.parametrize("login", [login for login, *_ in STAFF])
def test_staff_sign_in_with_the_demo_password(workday_demo: Loaded, login: str) -> None:
    stored = workday_demo.look(lambda s: sign_in.stored_hash(s, login))
    assert passwords.fits(stored, PASSWORD)


def test_who_left_cannot_sign_in(workday_demo: Loaded) -> None:
    assert workday_demo.look(lambda s: sign_in.stored_hash(s, "wu")) is None


def test_each_grid_worker_finds_work_of_their_own_grid_only(workday_demo: Loaded) -> None:
    def look(session: Session) -> None:
        for worker in session.scalars(select(Staff).where(Staff.role == "grid_worker")):
            if not worker.active:
                continue
            items, total = desk.waiting(session, worker, desk.QueueFilter(), workday_demo.now)
            assert total >= 3
            assert all(item.place_path.startswith(worker.scope_path) for item in items)

    workday_demo.look(look)


def test_the_personas_of_the_chat_page_have_a_history(workday_demo: Loaded) -> None:
    def look(session: Session) -> None:
        for persona in PERSONAS:
            row = session.scalar(select(Resident).where(Resident.openid == persona.openid))
            assert (row is not None) is persona.following
            if row is not None:
                assert row.name == persona.name
                assert len(cases.cases_of(session, row)) >= 2

    workday_demo.look(look)


def test_the_same_moment_gives_the_same_month(workday_demo: Loaded, tmp_path: Path) -> None:
    again = load(tmp_path, workday_demo.now)
    try:
        assert again.look(_told) == workday_demo.look(_told)
    finally:
        again.database.close()


_CHANCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{3}|\b\d{3} \d{3}\b|[0-9A-Z]{6}-[0-9A-Z]{4}")
"""Receipts and pick-up codes are chance."""


def _told(session: Session) -> list[tuple[datetime, str, str | None]]:
    said = session.execute(
        select(InboundMessage.received_at, InboundMessage.text, InboundMessage.reply)
    ).all()
    happened = session.execute(select(CaseEvent.at, CaseEvent.to_state, CaseEvent.text)).all()
    sent = session.execute(
        select(OutboxMessage.created_at, OutboxMessage.state, OutboxMessage.text)
    ).all()
    rows = (
        (at, state, _CHANCE.sub("", text or "")) for at, state, text in (*said, *happened, *sent)
    )
    return list(rows)


def test_residents_write_one_thing_after_another(demo: Loaded) -> None:
    """Nobody writes two messages in the same second."""

    def look(session: Session) -> None:
        rows = session.execute(
            select(InboundMessage.resident_id, InboundMessage.received_at).order_by(
                InboundMessage.resident_id, InboundMessage.id
            )
        ).all()
        for _, mine in groupby(rows, key=lambda row: row[0]):
            assert all(a[1] < b[1] for a, b in pairwise(list(mine)))

    demo.look(look)


def test_the_moments_of_the_database_are_aware(workday_demo: Loaded) -> None:
    newest = workday_demo.look(lambda s: s.scalars(select(func.max(CaseEvent.at))).one())
    assert newest.tzinfo is UTC
