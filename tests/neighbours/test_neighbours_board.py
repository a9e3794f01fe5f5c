"""The board: one answer at a time, phones by consent of both, expiry, reputation, forgetting."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import board, board_claims, board_keeping, personal_data
from services.access import Forbidden
from storage.board import BoardClaim, BoardPost
from tests.neighbours.village import HOURS, NOW, Village, staff, who


def post(session: Session) -> BoardPost:
    return session.scalars(select(BoardPost).order_by(BoardPost.id.desc())).first()  # type: ignore[return-value]


def claim(session: Session) -> BoardClaim:
    return session.scalars(select(BoardClaim).order_by(BoardClaim.id.desc())).first()  # type: ignore[return-value]


def put_up(session: Session) -> None:
    """A post of wang's that a reviewer has let through."""
    new = board.NewPost("ask", "谁家有梯子借我用一下")
    made = board.publish(session, who(session, "wang"), new, HOURS, NOW)
    made.state, made.published_at, made.expires_at = "open", NOW, NOW + board.LIFE


def ask(session: Session, name: str = "li", phone: str | None = None) -> None:
    board_claims.answer(session, post(session), who(session, name), "周六行", phone, NOW)


@pytest.fixture
def stand(village: Village) -> Village:
    village.do(put_up)
    return village


def test_a_post_takes_one_answer_at_a_time(stand: Village) -> None:
    """Nobody answers what is taken, nor their own."""
    with pytest.raises(board.Unavailable):
        stand.do(lambda s: ask(s, "wang"))
    stand.do(ask)
    with pytest.raises(board.Unavailable):
        stand.do(lambda s: ask(s, "chen"))
    stand.do(lambda s: board_claims.decline(s, claim(s), NOW))
    stand.do(lambda s: ask(s, "chen"))


@pytest.mark.parametrize(
    ("author", "claimant", "shown"),
    [
        (None, None, False),
        ("13800138000", None, False),
        (None, "13912345678", False),
        ("13800138000", "13912345678", True),
    ],
)
def test_phones_are_shown_only_when_both_agree(
    stand: Village, author: str | None, claimant: str | None, shown: bool
) -> None:
    """One side's consent shows nothing, and nothing of it is told in a message."""
    stand.do(lambda s: ask(s, phone=claimant))
    assert stand.see(lambda s: board_claims.phones(claim(s))) is None
    stand.do(lambda s: board_claims.agree(s, claim(s), author, NOW))
    assert (stand.see(lambda s: board_claims.phones(claim(s))) is not None) is shown
    assert not any("138" in text or "139" in text for n in ("wang", "li") for text in stand.told(n))


def test_phones_are_forgotten_when_it_is_over(stand: Village) -> None:
    stand.do(lambda s: ask(s, phone="13912345678"))
    stand.do(lambda s: board_claims.agree(s, claim(s), "13800138000", NOW))
    stand.do(lambda s: board_claims.finish(s, claim(s), who(s, "li"), NOW))
    over = stand.see(claim)
    assert (over.author_phone, over.claimant_phone, over.state) == (None, None, "done")


def test_both_sides_rate_once_and_it_counts(stand: Village) -> None:
    stand.do(ask)
    stand.do(lambda s: board_claims.agree(s, claim(s), None, NOW))
    stand.do(lambda s: board_claims.finish(s, claim(s), who(s, "wang"), NOW))
    stand.do(lambda s: board_claims.rate(s, claim(s), who(s, "wang"), 3, NOW))
    stand.do(lambda s: board_claims.rate(s, claim(s), who(s, "li"), 2, NOW))
    with pytest.raises(board.Unavailable):
        stand.do(lambda s: board_claims.rate(s, claim(s), who(s, "li"), 3, NOW))
    assert stand.see(lambda s: board_claims.reputation(s, who(s, "li"))) == (1, 1)
    assert stand.see(lambda s: board_claims.reputation(s, who(s, "wang"))) == (1, 0)


def test_a_post_comes_off_after_two_weeks_and_can_be_renewed(stand: Village) -> None:
    assert stand.do(lambda s: board_keeping.expire(s, stand.later(days=13))) == 0
    assert stand.do(lambda s: board_keeping.expire(s, stand.later(days=1))) == 1
    assert stand.see(post).state == "expired"
    assert "可以再登14天" in stand.told("wang")[0]
    stand.do(lambda s: board_keeping.renew(s, post(s), stand.now))
    assert stand.see(lambda s: len(board.open_posts(s, post(s).community_id, stand.now))) == 1


def test_an_answer_that_nobody_reads_gives_the_post_free(stand: Village) -> None:
    stand.do(ask)
    assert stand.do(lambda s: board_keeping.expire(s, stand.later(days=3))) == 1
    assert (stand.see(post).state, stand.see(claim).state) == ("open", "lapsed")
    assert "三天没有回" in stand.told("li")[0]


def test_staff_take_a_post_off_with_a_reason(stand: Village) -> None:
    """The right, a reason, and the author told; a neighbour who answered hears of it, too."""
    stand.do(ask)
    with pytest.raises(Forbidden):
        stand.do(lambda s: board_keeping.take_off(s, staff(s, "li"), post(s), "广告", NOW))
    with pytest.raises(board.Unavailable):
        stand.do(lambda s: board_keeping.take_off(s, staff(s, "wang"), post(s), " ", NOW))
    stand.do(lambda s: board_keeping.take_off(s, staff(s, "wang"), post(s), "是商业广告", NOW))
    assert "原因：是商业广告" in stand.told("wang")[-1]
    assert "不需要了" in stand.told("li")[-1]


def test_one_resident_has_five_posts_at_most(stand: Village) -> None:
    for _ in range(4):
        stand.do(put_up)
    with pytest.raises(board.Unavailable):
        stand.do(put_up)


def test_a_forgotten_neighbour_leaves_the_post_free_and_no_words(stand: Village) -> None:
    stand.do(lambda s: ask(s, phone="13912345678"))
    stand.do(lambda s: personal_data.forget(s, who(s, "li"), NOW))
    left = stand.see(claim)
    assert (left.words, left.claimant_phone, left.state) == ("", None, "withdrawn")
    assert stand.see(post).state == "open"
    stand.do(lambda s: personal_data.forget(s, who(s, "wang"), NOW))
    assert (stand.see(post).text, stand.see(post).state) == ("", "withdrawn")
