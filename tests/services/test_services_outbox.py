"""The outbox: what may be sent is known before sending; nothing is lost, nothing sent twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.community import open_community
from services import delivery, outbox
from services.calendar import OfficeHours
from services.delivery import Fate, Postman
from services.outbox import Way
from services.personal_data import forget
from services.residents import meet
from services.send_windows import window
from storage.communities import Community
from storage.desk import QueueItem
from storage.engine import Database
from storage.messages import OutboxMessage
from storage.residents import Resident

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # 23:00 in China
FULL = Postman("p1", {"": ("customer_service", "template:case_progress")}, OfficeHours())
BARE = Postman("p1", {"": ()}, OfficeHours())


def resident_of(session: Session, **state: object) -> Resident:
    """A resident of the demo community who wrote just now."""
    if session.scalar(select(Community)) is None:
        open_community(session, NOW)
    community = session.scalars(select(Community)).one()
    resident = meet(session, community.id, "", "o1", NOW)
    resident.last_message_at = NOW
    for name, value in state.items():
        setattr(resident, name, value)
    return resident


def posted(database: Database, text: str = "好了", **options: object) -> int:
    """A message on its way to a resident who wrote just now; its number."""
    state = {k: options.pop(k) for k in ("last_message_at",) if k in options}

    def work(session: Session) -> int:
        resident = resident_of(session, **state)
        source = str(options.pop("source", text))
        return outbox.post(session, resident, text, source=source, now=NOW, **options).id  # type: ignore[arg-type]

    return database.write_now(work)


def state_of(database: Database, message: int) -> str:
    return database.read_now(lambda s: s.get_one(OutboxMessage, message).state)


def claim(database: Database, postman: Postman = FULL, now: datetime = NOW) -> list[int]:
    return [p.id for p in database.write_now(lambda s: delivery.claim(s, postman, now))]


def settle(database: Database, message: int, fate: Fate, now: datetime = NOW) -> None:
    database.write_now(lambda s: delivery.settle(s, message, fate, "why", now))


def test_the_same_cause_posts_once(database: Database) -> None:
    """A second post of one source gives the message that is already on its way."""
    assert posted(database, source="case-event:1") == posted(database, source="case-event:1")


def test_a_claimed_message_is_not_claimed_again(database: Database) -> None:
    """The lease keeps a message with one worker."""
    message = posted(database)
    assert claim(database) == [message]
    assert claim(database) == []
    settle(database, message, Fate.SENT)
    assert state_of(database, message) == "sent"


def test_the_quota_is_known_before_sending(database: Database) -> None:
    """Five messages within 48 hours of the last word; the sixth waits for the next."""
    messages = [posted(database, f"第{n}条") for n in range(7)]
    assert claim(database) == messages[:5]
    assert [state_of(database, m) for m in messages[5:]] == ["waiting", "waiting"]


def test_a_template_carries_what_the_window_does_not(database: Database) -> None:
    """Out of the window a message with a template of the account goes as template."""
    message = posted(database, template="case_progress", last_message_at=NOW - timedelta(hours=49))
    parcel = database.write_now(lambda s: delivery.claim(s, FULL, NOW))[0]
    assert (parcel.id, parcel.way) == (message, Way.TEMPLATE)


def test_an_account_that_may_send_nothing_loses_nothing(database: Database) -> None:
    """Without any permission the text waits and goes out with the next passive reply."""
    message = posted(database)
    assert claim(database, BARE) == []
    assert state_of(database, message) == "waiting"
    taken = database.write_now(lambda s: outbox.take_waiting(s, resident_of(s), 2000, NOW))
    assert taken == ["好了"]
    assert state_of(database, message) == "sent"


def test_waiting_messages_go_in_order_and_only_as_many_as_fit(database: Database) -> None:
    """A passive reply takes the oldest first and never more than its room."""
    for n in range(3):
        posted(database, f"{n}" * 30)
    claim(database, BARE)
    taken = database.write_now(lambda s: outbox.take_waiting(s, resident_of(s), 70, NOW))
    assert taken == ["0" * 30, "1" * 30]


def test_at_night_only_a_running_conversation_is_answered(database: Database) -> None:
    """Quiet hours hold a message until the morning, unless the resident is talking just now."""
    asleep = posted(database, "夜里", last_message_at=NIGHT - timedelta(hours=2))
    assert claim(database, now=NIGHT) == []
    morning = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert claim(database, now=morning) == [asleep]
    awake = posted(database, "还在说", last_message_at=NIGHT - timedelta(minutes=1))
    assert claim(database, now=NIGHT) == [awake]


@pytest.mark.parametrize(
    ("fate", "policy", "state", "asks"),
    [
        (Fate.SENT, "chat", "sent", False),
        (Fate.NO_WINDOW, "chat", "waiting", False),
        (Fate.AGAIN, "chat", "retry", False),
        (Fate.UNKNOWN, "chat", "unknown", True),
        (Fate.UNKNOWN, "decision", "retry", False),
        (Fate.REFUSED, "chat", "dead", True),
    ],
)
def test_what_becomes_of_a_send(
    database: Database, fate: Fate, policy: str, state: str, asks: bool
) -> None:
    """Each fate leads to its state; what nobody can know, or is refused, asks the staff."""
    message = posted(database, policy=policy)
    claim(database)
    settle(database, message, fate)
    assert state_of(database, message) == state
    items = database.read_now(lambda s: s.scalars(select(QueueItem.kind)).all())
    assert items == (["failed_send"] if asks else [])


def test_a_message_is_given_up_after_eight_tries_and_shown(database: Database) -> None:
    """What fails again and again is not tried for ever; the staff see it."""
    message = posted(database)
    for attempt in range(delivery.MAX_ATTEMPTS):
        assert claim(database, now=NOW + timedelta(hours=attempt)) == [message]
        settle(database, message, Fate.AGAIN)
    assert state_of(database, message) == "dead"


def test_a_sender_that_died_leaves_no_message_behind(database: Database) -> None:
    """A lease that ran out counts as unknown: a chat reply asks, a decision goes again."""
    chat = posted(database, "聊", policy="chat")
    decision = posted(database, "办结", policy="decision")
    assert set(claim(database)) == {chat, decision}
    later = NOW + delivery.LEASE + timedelta(seconds=1)
    assert database.write_now(lambda s: delivery.recover(s, later)) == 2
    assert (state_of(database, chat), state_of(database, decision)) == ("unknown", "retry")


def test_nothing_goes_to_somebody_who_left(database: Database) -> None:
    """Messages to the forgotten are dead, waiting ones too."""
    message = posted(database)
    database.write_now(lambda s: forget(s, resident_of(s), NOW))
    assert claim(database) == []
    assert state_of(database, message) == "dead"


def _slow_left(message_age: float | None, sent: int, touch_age: float | None, touched: int) -> int:
    by_message = 5 - sent if message_age is not None and message_age < 48 * 3600 else 0
    by_touch = 3 - touched if touch_age is not None and touch_age < 60 else 0
    return max(by_message, by_touch, 0)


AGES = st.none() | st.floats(0, 60 * 3600)


@given(AGES, st.integers(0, 5), AGES.map(lambda a: a and a / 1800), st.integers(0, 3))
def test_the_window_is_the_one_wechat_grants(
    message_age: float | None, sent: int, touch_age: float | None, touched: int
) -> None:
    """5 within 48 hours of a message, 3 within a minute of a touch, whichever leaves more."""

    def at(age: float | None) -> datetime | None:
        return None if age is None else NOW - timedelta(seconds=age)

    resident = Resident(
        last_message_at=at(message_age),
        sent_since_message=sent,
        last_touch_at=at(touch_age),
        sent_since_touch=touched,
    )
    assert window(resident, NOW).left == _slow_left(message_age, sent, touch_age, touched)
