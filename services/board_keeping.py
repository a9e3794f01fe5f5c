"""Keeping the board (社区集市): posts are listed for staff, taken off, renewed, and expire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, scope
from services.access import Permission, require
from services.board import LIFE, Unavailable, label, tell
from services.board_claims import LIVE, claim_of, decline, lapse_unanswered
from services.residents import display_name
from storage.board import BoardPost
from storage.residents import Resident
from storage.staff import Staff


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
    text = f"您登的“{label(post)}”撤下了。原因：{reason.strip()}"
    tell(session, post.resident_id, text, f"post:{post.id}:off", now)


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
        text = f"您登的“{label(post)}”到期了。回复“我的集市”可以再登14天。"
        stamp = f"{post.expires_at:%Y%m%d}"
        tell(session, post.resident_id, text, f"post:{post.id}:expired:{stamp}", now)
    return len(old) + lapse_unanswered(session, now)
