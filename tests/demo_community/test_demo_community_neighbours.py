"""The demo's month of mutual help: every state is there, nothing confidential leaks into public."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo.life.neighbours import POSTS
from services import board, ledger, wishes
from services.ledger import Unit
from storage.aid import AidRequest, Referral
from storage.board import BoardPost, BoardRating, Wish
from storage.care import CareRequest
from storage.communities import Community
from storage.residents import Resident
from tests.demo_community.conftest import Loaded


def _states(
    table: type[BoardPost] | type[Wish] | type[CareRequest] | type[AidRequest],
) -> Callable[[Session], dict[str, int]]:
    query = select(table.state, func.count()).group_by(table.state)
    return lambda session: {state: count for state, count in session.execute(query)}


def test_the_board_and_the_wishes_are_alive(workday_demo: Loaded) -> None:
    """Open, taken, done and refused posts; a wish that came true, rated; others open."""
    posts = workday_demo.look(_states(BoardPost))
    assert {"open", "taken", "done", "refused"} <= set(posts)
    assert sum(posts.values()) == len(POSTS) + 1
    assert workday_demo.look(_states(Wish)) == {"done": 1, "open": 2}
    assert workday_demo.look(lambda s: s.scalar(select(func.count(BoardRating.id)))) == 4


def test_hours_were_given_confirmed_and_kept(workday_demo: Loaded) -> None:
    states = workday_demo.look(_states(CareRequest))
    assert states == {"done": 2, "matched": 1, "open": 1}

    def saved(session: Session) -> int:
        everybody = session.scalars(select(Resident)).all()
        return sum(ledger.balance(session, one, Unit.HOURS) for one in everybody)

    def settled(session: Session) -> int:
        return session.scalar(select(func.sum(CareRequest.settled_minutes))) or 0

    assert workday_demo.look(saved) >= workday_demo.look(settled) == 240


def test_hardship_was_referred_by_consent_and_nothing_of_it_is_public(
    workday_demo: Loaded,
) -> None:
    assert workday_demo.look(_states(AidRequest)) == {"settled": 1, "received": 1}
    assert workday_demo.look(lambda s: s.scalars(select(Referral.state)).all()) == ["done"]

    def public(session: Session) -> str:
        community = session.scalars(select(Community)).one()
        posts = board.open_posts(session, community.id, workday_demo.now)
        rows = wishes.public(session, community.id)
        return " ".join([post.text for post in posts] + [row.wish.text for row in rows])

    assert "透析" not in workday_demo.look(public)
