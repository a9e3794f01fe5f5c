"""Hand-over: asked, answered, ended; nobody who still waits is given back to the bot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from dialogue.messages import Incoming, Kind
from services import handover, inbound
from services.calendar import OfficeHours
from services.residents import dialog_of, meet
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from storage.residents import Dialog, Resident

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
HOURS = OfficeHours()


def _ask(session: Session) -> None:
    open_community(session, NOW)
    community = session.scalars(select(Community)).one()
    resident = meet(session, community.id, "", "o1", NOW)
    dialog = dialog_of(session, resident, NOW)
    session.add(inbound.new(Incoming("", "o1", "text:1", Kind.TEXT, NOW, "找人"), resident, NOW))
    handover.hand_over(session, resident, dialog, "找人", HOURS, NOW)


def _state(database: Database) -> tuple[str, list[str]]:
    return database.read_now(
        lambda s: (
            s.scalars(select(Dialog.handover)).one(),
            list(s.scalars(select(QueueItem.state)).all()),
        )
    )


def _resident(session: Session) -> Resident:
    return session.scalars(select(Resident)).one()


def test_who_asked_waits_until_answered_and_ended(database: Database) -> None:
    """waiting → person → bot, and the queue item goes with it."""
    database.write_now(_ask)
    assert _state(database) == ("waiting", ["open"])
    database.write_now(lambda s: handover.take(s, _resident(s), NOW))
    assert _state(database) == ("person", ["done"])
    database.write_now(lambda s: handover.end(s, _resident(s), None, NOW))
    assert _state(database) == ("bot", ["done"])


def test_an_answered_conversation_that_fell_asleep_goes_back_to_the_bot(
    database: Database,
) -> None:
    """After twelve hours of silence on both sides the bot listens again."""
    database.write_now(_ask)
    database.write_now(lambda s: handover.take(s, _resident(s), NOW))
    soon, later = NOW + timedelta(hours=11), NOW + timedelta(hours=13)
    assert database.write_now(lambda s: handover.end_idle(s, soon)) == 0
    assert database.write_now(lambda s: handover.end_idle(s, later)) == 1
    assert _state(database)[0] == "bot"


def test_who_still_waits_for_an_answer_is_never_given_back(database: Database) -> None:
    """Silence of the staff is no end: the item stays open, the bot stays quiet."""
    database.write_now(_ask)
    database.write_now(lambda s: handover.take(s, _resident(s), NOW))
    database.write_now(lambda s: handover.heard(s, _resident(s), "还有个事", HOURS, NOW))
    later = NOW + timedelta(days=3)
    assert database.write_now(lambda s: handover.end_idle(s, later)) == 0
    assert _state(database) == ("person", ["open"])
