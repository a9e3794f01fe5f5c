"""The mutual-help board (社区集市): posted, moderated, answered by a neighbour, settled, rated.

Neighbours reach each other through the desk: a phone is shown only when both sides agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from services import audit, moderation, outbox, scope
from services.access import Permission, require
from services.calendar import OfficeHours
from services.residents import display_name, neighbour_name
from storage.board import BoardClaim, BoardPost, BoardRating
from storage.moderation import Submission
from storage.residents import Resident
from storage.staff import Staff

MODERATED_AS = "post"
KIND_NAMES = {"ask": "求助", "offer": "帮忙", "lend": "出借", "give": "赠送", "service": "微服务"}
STATE_NAMES = {
    "waiting": "待审",
    "open": "在登",
    "taken": "有人应了",
    "done": "办好了",
    "refused": "未通过",
    "withdrawn": "已撤下",
    "expired": "到期了",
}
LIFE = timedelta(days=14)
"""How long a post stays on the board."""
ANSWER_WITHIN = timedelta(days=3)
"""After so long an unanswered claim gives the post free again."""
LIVE = ("asked", "agreed")
MOST_OPEN = 5
"""Posts that one resident may have at the same time."""


class Unavailable(Exception):
    """The wish cannot be granted any more; the message tells the resident why."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """What a resident wants to post: a key of KIND_NAMES, and their words."""

    kind: str
    text: str


def publish(
    session: Session, author: Resident, new: NewPost, hours: OfficeHours, now: datetime
) -> BoardPost:
    """Keeps a post and puts it before the reviewers; Unavailable for one too many."""
    held = select(func.count()).where(
        BoardPost.resident_id == author.id, BoardPost.state.in_(("waiting", "open", "taken"))
    )
    if (session.scalar(held) or 0) >= MOST_OPEN:
        raise Unavailable(f"您已经登了{MOST_OPEN}条，先撤下一条再登。")
    post = BoardPost(
        community_id=author.community_id,
        resident_id=author.id,
        kind=new.kind,
        text=new.text,
        state="waiting",
        created_at=now,
    )
    session.add(post)
    session.flush()
    title = f"集市{KIND_NAMES[new.kind]}：{new.text}"
    wanted = moderation.Wanted(MODERATED_AS, post.id, title, new.text, author)
    moderation.submit(session, wanted, author.community_id, hours, now)
    return post


def moderated(session: Session, submission: Submission, now: datetime) -> None:
    """The effect of a reviewer's decision; a post that was withdrawn meanwhile stays so."""
    post = session.get_one(BoardPost, submission.subject_id)
    if post.state not in ("waiting", "refused"):
        return
    post.state = "open" if submission.state == "published" else "refused"
    if post.state == "open":
        post.published_at, post.expires_at = now, now + LIFE


def open_posts(
    session: Session, community_id: int, now: datetime, *, offset: int = 0, limit: int = 6
) -> list[BoardPost]:
    """What neighbours may answer now, the newest first."""
    query = select(BoardPost).where(
        BoardPost.community_id == community_id,
        BoardPost.state == "open",
        BoardPost.expires_at > now,
    )
    return list(session.scalars(query.order_by(BoardPost.id.desc()).offset(offset).limit(limit)))


def find(session: Session, community_id: int, post_id: int) -> BoardPost | None:
    """A post of this community."""
    return session.scalar(
        select(BoardPost).where(BoardPost.id == post_id, BoardPost.community_id == community_id)
    )


def posts_of(session: Session, resident: Resident, limit: int = 5) -> list[BoardPost]:
    """The posts of a resident that are not over, and those of which something can still be done."""
    query = select(BoardPost).where(
        BoardPost.resident_id == resident.id,
        BoardPost.state.in_(("waiting", "open", "taken", "expired", "done")),
    )
    return list(session.scalars(query.order_by(BoardPost.id.desc()).limit(limit)))


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
    text = f"您登的“{_title(post)}”，{neighbour_name(claimant)}{said}。"
    _tell(
        session, post.resident_id, f"{text}\n回复“我的集市”答应或婉拒。", f"claim:{claim.id}", now
    )
    return claim


def agree(session: Session, claim: BoardClaim, phone: str | None, now: datetime) -> None:
    """The author accepts; where both gave a phone each may see the other's."""
    post = _lock(session, claim, ("asked",))
    claim.state, claim.answered_at, claim.author_phone = "agreed", now, phone
    how = "看对方的电话" if phones(claim) else "给对方传话"
    text = f"您应的“{_title(post)}”，对方答应了。回复“我的集市”{how}。"
    _tell(session, claim.resident_id, text, f"claim:{claim.id}:agreed", now)


def phones(claim: BoardClaim) -> tuple[str, str] | None:
    """The phones of author and claimant, where both agreed to show theirs; else None."""
    if claim.state == "agreed" and claim.author_phone and claim.claimant_phone:
        return claim.author_phone, claim.claimant_phone
    return None


def decline(session: Session, claim: BoardClaim, now: datetime) -> None:
    """The author says no; the post is free again, and the phone is forgotten."""
    post = _lock(session, claim, LIVE)
    _release(claim, post, "declined", now)
    text = f"您应的“{_title(post)}”，对方这次不需要了，谢谢您的好意。"
    _tell(session, claim.resident_id, text, f"claim:{claim.id}:declined", now)


def give_up(session: Session, claim: BoardClaim, now: datetime) -> None:
    """The neighbour cannot come after all; the post is free again."""
    post = _lock(session, claim, LIVE)
    _release(claim, post, "withdrawn", now)
    text = f"您登的“{_title(post)}”，应的邻居来不了了，这条已经重新登出。"
    _tell(session, post.resident_id, text, f"claim:{claim.id}:withdrawn", now)


def relay(
    session: Session, claim: BoardClaim, sender: Resident, words: str, key: int, now: datetime
) -> None:
    """Carries words to the other side, who sees no number; `key` is the message they came in."""
    if claim.state not in LIVE:
        raise Unavailable("这件事已经结束了，不能再传话。")
    other = other_side(session, claim, sender)
    title = _title(post_of(session, claim))
    text = f"关于“{title}”，{neighbour_name(sender)}说：“{words}”\n回复“我的集市”可以回话。"
    _tell(session, other.id, text, f"claim:{claim.id}:relay:{key}", now)


def finish(session: Session, claim: BoardClaim, by: Resident, now: datetime) -> None:
    """Either side says that it is done; the other hears of it and may rate."""
    post = _lock(session, claim, ("agreed",))
    claim.state, claim.done_at = "done", now
    claim.author_phone = claim.claimant_phone = None
    post.state, post.done_at = "done", now
    other = other_side(session, claim, by)
    text = f"“{_title(post)}”对方说办好了。回复“我的集市”可以给个评价。"
    _tell(session, other.id, text, f"claim:{claim.id}:done", now)


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


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as staff read it."""

    post: BoardPost
    author: str
    neighbour: str


def listed(
    session: Session, staff: Staff, state: str, *, offset: int = 0, limit: int = 30
) -> tuple[list[PostRow], int]:
    """A page of the posts of the communities in scope in one state, the newest first."""
    query = select(BoardPost).where(
        BoardPost.community_id.in_(scope.communities(staff)), BoardPost.state == state
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = session.scalars(query.order_by(BoardPost.id.desc()).offset(offset).limit(limit))
    return [_row(session, post) for post in page], total


def _row(session: Session, post: BoardPost) -> PostRow:
    claim = claim_of(session, post)
    neighbour = session.get_one(Resident, claim.resident_id) if claim else None
    return PostRow(
        post,
        display_name(session.get_one(Resident, post.resident_id)),
        display_name(neighbour) if neighbour else "",
    )


def for_staff(session: Session, staff: Staff, post_id: int) -> BoardPost | None:
    """A post of a community in scope."""
    return session.scalar(
        select(BoardPost).where(
            BoardPost.id == post_id, BoardPost.community_id.in_(scope.communities(staff))
        )
    )


def take_off(session: Session, staff: Staff, post: BoardPost, reason: str, now: datetime) -> None:
    """Staff take a post off the board; the author is told why. Unavailable without a reason."""
    require(staff, Permission.KEEP_HELP)
    if not reason.strip():
        raise Unavailable("请写原因，登的人会看到")
    withdraw(session, post, now, reason.strip())
    audit.record(session, now, staff, "board.take_off", post, reason=reason.strip())
    text = f"您登的“{_title(post)}”撤下了。原因：{reason.strip()}"
    _tell(session, post.resident_id, text, f"post:{post.id}:off", now)


def withdraw(session: Session, post: BoardPost, now: datetime, note: str = "") -> None:
    """Takes a post off the board; a neighbour who answered hears of it."""
    session.refresh(post, with_for_update=True)
    if post.state not in ("waiting", "open", "taken"):
        raise Unavailable("这条已经不在登了。")
    claim = claim_of(session, post)
    if claim is not None and claim.state in LIVE:
        decline(session, claim, now)
    post.state, post.note = "withdrawn", note


def renew(session: Session, post: BoardPost, now: datetime) -> None:
    """Puts an expired post on the board again; its words were moderated before."""
    session.refresh(post, with_for_update=True)
    if post.state != "expired":
        raise Unavailable("这条不用续。")
    post.state, post.expires_at = "open", now + LIFE


def expire(session: Session, now: datetime) -> int:
    """Takes posts off that have stood long enough, and frees those whose claim nobody answered;
    returns how many there were.
    """
    old = session.scalars(
        select(BoardPost)
        .where(BoardPost.state == "open", BoardPost.expires_at <= now)
        .with_for_update(skip_locked=True)
    ).all()
    for post in old:
        post.state = "expired"
        text = f"您登的“{_title(post)}”到期了。回复“我的集市”可以再登14天。"
        stamp = f"{post.expires_at:%Y%m%d}"
        _tell(session, post.resident_id, text, f"post:{post.id}:expired:{stamp}", now)
    stale = session.scalars(
        select(BoardClaim).where(
            BoardClaim.state == "asked", BoardClaim.created_at <= now - ANSWER_WITHIN
        )
    ).all()
    for claim in stale:
        post = _lock(session, claim, ("asked",))
        _release(claim, post, "lapsed", now)
        text = f"您应的“{_title(post)}”，对方三天没有回，先放开了。"
        _tell(session, claim.resident_id, text, f"claim:{claim.id}:lapsed", now)
    return len(old) + len(stale)


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


def _title(post: BoardPost) -> str:
    return shorten(post.text, 20)


def _tell(session: Session, resident_id: int, text: str, source: str, now: datetime) -> None:
    resident = session.get_one(Resident, resident_id)
    outbox.post(session, resident, text, source=f"board:{source}", now=now)
