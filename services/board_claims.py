"""Answers to posts of the board (社区集市): a neighbour claims, the author agrees, both may rate.

Neighbours reach each other through the desk: a phone is shown only when both sides agreed to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from services.board import Unavailable, label, tell
from services.residents import neighbour_name
from storage.board import BoardClaim, BoardPost, BoardRating
from storage.residents import Resident

ANSWER_WITHIN = timedelta(days=3)
"""After so long an unanswered claim gives the post free again."""


LIVE = ("asked", "agreed")


def claims_of(session: Session, resident: Resident, limit: int = 4) -> list[BoardClaim]:
    """What a resident answered, live or settled, the newest first."""
    query = select(BoardClaim).where(
        BoardClaim.resident_id == resident.id, BoardClaim.state.in_((*LIVE, "done"))
    )
    return list(session.scalars(query.order_by(BoardClaim.id.desc()).limit(limit)))


def claim_of(session: Session, post: BoardPost) -> BoardClaim | None:
    """The live or settled claim of a post."""
    query = select(BoardClaim).where(
        BoardClaim.post_id == post.id, BoardClaim.state.in_((*LIVE, "done"))
    )
    return session.scalar(query.order_by(BoardClaim.id.desc()).limit(1))


def own_claim(session: Session, resident: Resident, claim_id: int) -> BoardClaim | None:
    """A claim in which the resident is one of the two sides."""
    claim = session.get(BoardClaim, claim_id)
    if claim is None:
        return None
    return (
        claim if resident.id in (claim.resident_id, post_of(session, claim).resident_id) else None
    )


def post_of(session: Session, claim: BoardClaim) -> BoardPost:
    """The post that a claim answers."""
    return session.get_one(BoardPost, claim.post_id)


def other_side(session: Session, claim: BoardClaim, resident: Resident) -> Resident:
    """Who stands on the other side of a claim."""
    author = post_of(session, claim).resident_id
    other = claim.resident_id if author == resident.id else author
    return session.get_one(Resident, other)


def answer(
    session: Session,
    post: BoardPost,
    claimant: Resident,
    words: str,
    phone: str | None,
    now: datetime,
) -> BoardClaim:
    """A neighbour answers a post; Unavailable where it is taken, over, or their own.

    `phone` is what the neighbour agrees to show, None for nothing.
    """
    session.refresh(post, with_for_update=True)
    if post.resident_id == claimant.id:
        raise Unavailable("这是您自己登的。")
    over = post.expires_at is not None and post.expires_at <= now
    if post.state != "open" or over or post.community_id != claimant.community_id:
        raise Unavailable("这条刚刚有人应了，或者已经撤下了。")
    claim = BoardClaim(
        community_id=post.community_id,
        post_id=post.id,
        resident_id=claimant.id,
        words=words,
        state="asked",
        claimant_phone=phone,
        created_at=now,
    )
    session.add(claim)
    post.state = "taken"
    session.flush()
    said = f"说：“{shorten(words, 60)}”" if words else "想联系您"
    text = f"您登的“{label(post)}”，{neighbour_name(claimant)}{said}。"
    tell(session, post.resident_id, f"{text}\n回复“我的集市”答应或婉拒。", f"claim:{claim.id}", now)
    return claim


def agree(session: Session, claim: BoardClaim, phone: str | None, now: datetime) -> None:
    """The author accepts; where both gave a phone each may see the other's."""
    post = _lock(session, claim, ("asked",))
    claim.state, claim.answered_at, claim.author_phone = "agreed", now, phone
    how = "看对方的电话" if phones(claim) else "给对方传话"
    text = f"您应的“{label(post)}”，对方答应了。回复“我的集市”{how}。"
    tell(session, claim.resident_id, text, f"claim:{claim.id}:agreed", now)


def phones(claim: BoardClaim) -> tuple[str, str] | None:
    """The phones of author and claimant, where both agreed to show theirs; else None."""
    if claim.state == "agreed" and claim.author_phone and claim.claimant_phone:
        return claim.author_phone, claim.claimant_phone
    return None


def decline(session: Session, claim: BoardClaim, now: datetime) -> None:
    """The author says no; the post is free again, and the phone is forgotten."""
    post = _lock(session, claim, LIVE)
    _release(claim, post, "declined", now)
    text = f"您应的“{label(post)}”，对方这次不需要了，谢谢您的好意。"
    tell(session, claim.resident_id, text, f"claim:{claim.id}:declined", now)


def give_up(session: Session, claim: BoardClaim, now: datetime) -> None:
    """The neighbour cannot come after all; the post is free again."""
    post = _lock(session, claim, LIVE)
    _release(claim, post, "withdrawn", now)
    text = f"您登的“{label(post)}”，应的邻居来不了了，这条已经重新登出。"
    tell(session, post.resident_id, text, f"claim:{claim.id}:withdrawn", now)


def relay(
    session: Session, claim: BoardClaim, sender: Resident, words: str, key: int, now: datetime
) -> None:
    """Carries words to the other side, who sees no number; `key` is the message they came in."""
    if claim.state not in LIVE:
        raise Unavailable("这件事已经结束了，不能再传话。")
    other = other_side(session, claim, sender)
    title = label(post_of(session, claim))
    text = f"关于“{title}”，{neighbour_name(sender)}说：“{words}”\n回复“我的集市”可以回话。"
    tell(session, other.id, text, f"claim:{claim.id}:relay:{key}", now)


def finish(session: Session, claim: BoardClaim, by: Resident, now: datetime) -> None:
    """Either side says that it is done; the other hears of it and may rate."""
    post = _lock(session, claim, ("agreed",))
    claim.state, claim.done_at = "done", now
    claim.author_phone = claim.claimant_phone = None
    post.state, post.done_at = "done", now
    other = other_side(session, claim, by)
    text = f"“{label(post)}”对方说办好了。回复“我的集市”可以给个评价。"
    tell(session, other.id, text, f"claim:{claim.id}:done", now)


def rated_by(session: Session, claim: BoardClaim, resident: Resident) -> bool:
    """Whether a side has rated."""
    query = select(BoardRating.id).where(
        BoardRating.claim_id == claim.id, BoardRating.rater_id == resident.id
    )
    return session.scalar(query) is not None


def rate(session: Session, claim: BoardClaim, rater: Resident, stars: int, now: datetime) -> None:
    """One side rates the other: 3 good, 2 fair, 1 bad; once, after it is done."""
    if claim.state != "done" or rated_by(session, claim, rater):
        raise Unavailable("这件事评过了。")
    session.add(
        BoardRating(
            community_id=claim.community_id,
            claim_id=claim.id,
            rater_id=rater.id,
            rated_id=other_side(session, claim, rater).id,
            stars=stars,
            created_at=now,
        )
    )
    session.flush()


def reputation(session: Session, resident: Resident) -> tuple[int, int]:
    """How often a neighbour was rated, and how often as good."""
    good = func.count().filter(BoardRating.stars == 3)
    query = select(func.count(), good).where(BoardRating.rated_id == resident.id)
    count, fine = session.execute(query).one()
    return count, fine


def lapse_unanswered(session: Session, now: datetime) -> int:
    """Frees the posts whose claim nobody answered; returns how many there were."""
    stale = session.scalars(
        select(BoardClaim).where(
            BoardClaim.state == "asked", BoardClaim.created_at <= now - ANSWER_WITHIN
        )
    ).all()
    for claim in stale:
        post = _lock(session, claim, ("asked",))
        _release(claim, post, "lapsed", now)
        text = f"您应的“{label(post)}”，对方三天没有回，先放开了。"
        tell(session, claim.resident_id, text, f"claim:{claim.id}:lapsed", now)
    return len(stale)


def _lock(session: Session, claim: BoardClaim, states: tuple[str, ...]) -> BoardPost:
    """The post of a claim, both locked; Unavailable where the claim is in none of the states."""
    post = post_of(session, claim)
    session.refresh(post, with_for_update=True)
    session.refresh(claim)
    if claim.state not in states:
        raise Unavailable("这件事刚刚有了变化，回复“我的集市”再看一下。")
    return post


def _release(claim: BoardClaim, post: BoardPost, state: str, now: datetime) -> None:
    claim.state, claim.answered_at = state, now
    claim.author_phone = claim.claimant_phone = None
    post.state = "open"
