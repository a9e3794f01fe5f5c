"""Moderation: submitted, decided once, told, appealed once before another reviewer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import add_staff, open_community
from services import moderation, personal_data, residents, sensitive_words, submissions
from services.access import Forbidden
from services.calendar import OfficeHours
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.moderation import Submission
from storage.residents import Resident
from storage.staff import Staff

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOURS = OfficeHours()
WORDS = "出借人字梯，周末可拿，电话找李某"


class Hall:
    """A community with one resident, whose text waits; what the effects were called with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.shown: list[str] = []
        database.write_now(self._open)

    def _open(self, session: Session) -> None:
        open_community(session, NOW)
        add_staff(session, NOW)
        community = session.scalars(select(Community)).one()
        resident = residents.meet(session, community.id, "main", "o1", NOW)
        zhao = self.staff(session, "zhao")
        sensitive_words.add(session, zhao, community, "李某、电话\n中奖", NOW)
        wanted = moderation.Wanted("note", 7, "出借", WORDS, resident)
        moderation.submit(session, wanted, community.id, HOURS, NOW)

    @staticmethod
    def staff(session: Session, login: str) -> Staff:
        return session.scalars(select(Staff).where(Staff.login == login)).one()

    def one(self, session: Session) -> Submission:
        return session.scalars(select(Submission)).one()

    def decide(self, login: str, *, publish: bool, reason: str = "", version: int = 0) -> None:
        def work(session: Session) -> None:
            one = self.one(session)
            moderation.decide(
                session,
                self.staff(session, login),
                one,
                version or one.version,
                publish=publish,
                reason=reason,
                effects={"note": lambda _s, row, _now: self.shown.append(row.state)},
                now=NOW,
            )

        self.database.write_now(work)

    def appeal(self) -> None:
        self.database.write_now(lambda s: moderation.appeal(s, self.one(s), "没有隐私", HOURS, NOW))

    def see(self, look: Callable[[Session], T]) -> T:
        return self.database.read_now(look)

    def queue(self) -> list[str]:
        return self.see(lambda s: list(s.scalars(select(QueueItem.state))))

    def told(self) -> list[str]:
        return self.see(lambda s: list(s.scalars(select(OutboxMessage.text))))


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall(database)


def test_a_text_waits_with_its_sensitive_words_marked(hall: Hall) -> None:
    """The words are found; nothing is refused by them."""
    one = hall.see(hall.one)
    assert (one.state, one.hits, hall.queue()) == ("waiting", "李某、电话", ["open"])
    pieces = submissions.marked(one)
    assert [piece.text for piece in pieces if piece.hit] == ["电话", "李某"]
    assert "".join(piece.text for piece in pieces) == WORDS


def test_published_the_effect_runs_once_and_the_author_hears(hall: Hall) -> None:
    hall.decide("zhao", publish=True)
    assert (hall.shown, hall.queue()) == (["published"], ["done"])
    assert "已经公开了" in hall.told()[0]
    with pytest.raises(moderation.StaleSubmission):
        hall.decide("zhao", publish=False, reason="晚了")


def test_a_refusal_needs_a_reason_which_the_author_hears(hall: Hall) -> None:
    with pytest.raises(moderation.BadDecision):
        hall.decide("zhao", publish=False, reason="  ")
    hall.decide("zhao", publish=False, reason="有他人的电话")
    assert "原因：有他人的电话" in hall.told()[0]
    assert "申诉" in hall.told()[0]
    assert hall.see(hall.one).text == WORDS


def test_an_appeal_goes_to_another_reviewer_and_only_once(hall: Hall) -> None:
    """Who refused cannot decide again; the second decision is the last."""
    hall.decide("zhao", publish=False, reason="有他人的电话")
    hall.appeal()
    assert hall.queue() == ["open"]
    with pytest.raises(moderation.BadDecision):
        hall.decide("zhao", publish=True)
    hall.decide("admin", publish=False, reason="看过了，确实是隐私")
    assert "申诉" not in hall.told()[1]
    with pytest.raises(moderation.BadDecision):
        hall.appeal()


def test_what_was_seen_in_an_older_version_is_not_decided(hall: Hall) -> None:
    hall.decide("zhao", publish=False, reason="写不清楚")
    hall.appeal()
    with pytest.raises(moderation.StaleSubmission):
        hall.decide("admin", publish=True, version=1)


def test_nobody_decides_without_the_right(hall: Hall) -> None:
    with pytest.raises(Forbidden):
        hall.decide("wang", publish=True)


def test_a_forgotten_author_leaves_no_words(hall: Hall) -> None:
    """The text and the queue item go with the resident; the row stays, decided."""

    def work(session: Session) -> None:
        personal_data.forget(session, session.scalars(select(Resident)).one(), NOW)

    hall.database.write_now(work)
    one = hall.see(hall.one)
    assert (one.text, one.hits, one.state, hall.queue()) == ("", "", "refused", ["done"])
