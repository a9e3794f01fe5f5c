"""Signing up: places in order, offers with a time limit, clashes, reminders, calling off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services import activities, consents, personal_data, signup_line, signups
from services.activities import BadActivity, Plan
from services.consents import NoConsent, Scope
from storage.activities import Occasion, SignUp
from storage.engine import Database
from storage.messages import OutboxMessage
from tests.volunteers.people import HOURS, NOW, Neighbourhood, open_neighbourhood
from tests.volunteers.plans import CLEANING


@pytest.fixture
def here(database: Database) -> Neighbourhood:
    """The community of the test."""
    return database.write_now(open_neighbourhood)


def states(session: Session, occasion: int) -> dict[str, str]:
    """The state of everybody's sign-up, by name."""
    rows = session.scalars(
        select(SignUp).where(SignUp.occasion_id == occasion).order_by(SignUp.number)
    )
    return {str(row.resident_id): row.state for row in rows}


def told(session: Session, like: str) -> list[str]:
    """The texts put on their way whose source begins so."""
    query = select(OutboxMessage.text).where(OutboxMessage.source.like(f"{like}%"))
    return list(session.scalars(query.order_by(OutboxMessage.id)))


def sign_up(here: Neighbourhood, session: Session, occasion: int, *names: str) -> list[SignUp]:
    """Signs these people up, one after another."""
    return [signups.sign_up(session, occasion, here.resident(session, name), NOW) for name in names]


def test_nothing_is_published_that_lacks_what_people_must_know(
    database: Database, here: Neighbourhood
) -> None:
    """The refusal names all that is missing."""

    def work(session: Session) -> None:
        bare = Plan(title="扫楼道", kind="clean")
        activity = activities.draft(session, here.staff(session), here.community, bare, NOW)
        with pytest.raises(BadActivity) as refused:
            activities.publish(session, here.staff(session), activity, NOW)
        for name in ("地点", "活动内容", "参加条件", "风险提示", "保险说明", "人数", "时间"):
            assert name in str(refused.value)
        for plan in (
            replace(CLEANING, place_text=" "),
            replace(CLEANING, content=""),
            replace(CLEANING, conditions=""),
            replace(CLEANING, risk=""),
            replace(CLEANING, insurance=""),
        ):
            activities.change(session, here.staff(session), activity, plan, NOW)
            with pytest.raises(BadActivity):
                activities.publish(session, here.staff(session), activity, NOW)
        assert activity.state == "draft"

    database.write_now(work)


def test_places_then_the_line_in_order_of_coming(database: Database, here: Neighbourhood) -> None:
    """Two places: two in, the others wait with their position; coming twice changes nothing."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        rows = sign_up(here, session, occasion.id, "a", "b", "c", "d", "c")
        assert [row.state for row in rows] == ["confirmed"] * 2 + ["waiting"] * 3
        assert [signup_line.position(session, row) for row in rows[2:4]] == [1, 2]
        assert rows[4] is rows[2]
        assert occasion.taken == 2

    database.write_now(work)


def test_the_database_itself_refuses_more_places_than_there_are(
    database: Database, here: Neighbourhood
) -> None:
    """A fault of the program could not overbook."""
    number = database.write_now(lambda s: here.activity(s)[1].id)
    overbook = update(Occasion).where(Occasion.id == number).values(taken=3)
    with pytest.raises(DBAPIError):
        database.write_now(lambda s: s.execute(overbook))


def test_a_free_place_is_held_for_the_next_and_then_for_the_one_after(
    database: Database, here: Neighbourhood
) -> None:
    """Cancel → offer to the first in line; no answer in time → offer to the second."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        a, _, c, d = sign_up(here, session, occasion.id, "a", "b", "c", "d")
        assert signups.cancel(session, a, HOURS, NOW)
        assert (a.state, c.state, d.state) == ("cancelled", "offered", "waiting")
        assert c.offered_until == NOW + signup_line.OFFER_LIFE
        late = NOW + signup_line.OFFER_LIFE + timedelta(seconds=1)
        assert not signup_line.lapse_offers(session, HOURS, NOW)
        assert signup_line.lapse_offers(session, HOURS, late) == 1
        session.refresh(d)
        assert (c.state, d.state, occasion.taken) == ("lapsed", "offered", 2)
        assert not signup_line.confirm(session, c, HOURS, late)
        assert signup_line.confirm(session, d, HOURS, late)
        assert d.state == "confirmed"
        assert len(told(session, "sign-up:")) == 3  # two offers, one that ran out

    database.write_now(work)


def test_an_offer_in_the_night_lasts_until_after_breakfast(
    database: Database, here: Neighbourhood
) -> None:
    """Quiet hours do not count, and no offer outlasts the beginning."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        night = occasion.starts_at - timedelta(hours=34)  # 23:00, two evenings before
        until = signup_line.offer_ends(occasion, HOURS, night)
        assert until == night + timedelta(hours=8, minutes=30) + signup_line.OFFER_LIFE
        just_before = occasion.starts_at - timedelta(minutes=20)
        assert signup_line.offer_ends(occasion, HOURS, just_before) == occasion.starts_at
        assert signup_line.offer_ends(occasion, HOURS, occasion.starts_at) is None

    database.write_now(work)


def test_a_clash_is_found_in_both_directions_and_neighbours_do_not_clash(
    database: Database, here: Neighbourhood
) -> None:
    """Overlapping occasions clash; one that begins when the other ends does not."""

    def work(session: Session) -> None:
        _, first = here.activity(session, hour=9)
        _, overlapping = here.activity(session, hour=10)
        _, after = here.activity(session, hour=11)
        me = here.resident(session, "a")
        signups.sign_up(session, first.id, me, NOW)
        assert [o.id for _, o in signups.clashes(session, me, overlapping)] == [first.id]
        assert signups.clashes(session, me, after) == []

    database.write_now(work)


def test_everybody_is_reminded_once_a_day_before(database: Database, here: Neighbourhood) -> None:
    """Not earlier, not twice, not those in line, and not who signed up within the last day."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        sign_up(here, session, occasion.id, "a", "b", "c")
        day_before = occasion.starts_at - timedelta(hours=24)
        assert signups.remind(session, day_before - timedelta(minutes=1)) == 0
        assert signups.remind(session, day_before) == 2
        assert signups.remind(session, day_before + timedelta(hours=1)) == 0
        assert all("明天（周六）9:00" in words for words in told(session, "sign-up:"))

    database.write_now(work)


def test_calling_off_tells_everybody_in_and_in_line(
    database: Database, here: Neighbourhood
) -> None:
    """With the reason; a reason is required."""

    def work(session: Session) -> None:
        activity, occasion = here.activity(session)
        sign_up(here, session, occasion.id, "a", "b", "c")
        with pytest.raises(BadActivity):
            activities.cancel(session, here.staff(session), activity, " ", NOW)
        assert activities.cancel(session, here.staff(session), activity, "下大雨", NOW) == 3
        assert set(states(session, occasion.id).values()) == {"cancelled"}
        assert len([words for words in told(session, "occasion:") if "下大雨" in words]) == 3
        with pytest.raises(signups.CannotJoin):
            sign_up(here, session, occasion.id, "d")

    database.write_now(work)


def test_for_somebody_else_only_with_their_leave(database: Database, here: Neighbourhood) -> None:
    """The principal hears of it, and it ends with the leave."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        mother, child = here.resident(session, "mother"), here.resident(session, "child")
        with pytest.raises(NoConsent):
            signups.sign_up(session, occasion.id, mother, NOW, agent=child)
        leave = consents.give(session, mother, child, Scope.VOLUNTEERING, NOW)
        row = signups.sign_up(session, occasion.id, mother, NOW, agent=child)
        assert (row.state, row.agent_id) == ("confirmed", child.id)
        consents.revoke(session, leave, NOW)
        with pytest.raises(NoConsent):
            signups.cancel(session, row, HOURS, NOW, agent=child)
        assert len(told(session, f"sign-up:{row.id}:for")) == 1

    database.write_now(work)


def test_who_leaves_the_account_makes_room(database: Database, here: Neighbourhood) -> None:
    """Forgetting frees the place, and the job offers it on."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        _, _, c = sign_up(here, session, occasion.id, "a", "b", "c")
        personal_data.forget(session, here.resident(session, "a"), NOW)
        assert occasion.taken == 1
        assert signup_line.move_lines(session, HOURS, NOW) == 1
        assert c.state == "offered"

    database.write_now(work)


def test_nobody_joins_what_has_begun(database: Database, here: Neighbourhood) -> None:
    def work(session: Session) -> None:
        activity, occasion = here.activity(session)
        begun: datetime = occasion.starts_at
        with pytest.raises(signups.CannotJoin):
            signups.sign_up(session, occasion.id, here.resident(session, "a"), begun)
        with pytest.raises(BadActivity):
            activities.add_occasion(
                session, here.staff(session), activity, NOW, NOW + timedelta(hours=1), NOW
            )

    database.write_now(work)


def test_more_room_is_offered_to_those_who_wait(database: Database, here: Neighbourhood) -> None:
    """Staff may widen an occasion, and narrow it down to what is taken."""

    def work(session: Session) -> None:
        _, occasion = here.activity(session)
        rows = sign_up(here, session, occasion.id, "a", "b", "c", "d", "e")
        staff = here.staff(session)
        signup_line.set_capacity(session, staff, occasion, 4, HOURS, NOW)
        assert [row.state for row in rows[2:]] == ["offered", "offered", "waiting"]
        with pytest.raises(BadActivity):
            signup_line.set_capacity(session, staff, occasion, 3, HOURS, NOW)

    database.write_now(work)
