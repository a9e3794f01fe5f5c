"""The mutual-help board (社区集市): posts, moderated before a neighbour sees them.

What neighbours answer is in `board_claims`, how posts end and what staff do in `board_keeping`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from services import moderation, outbox
from services.calendar import OfficeHours
from storage.board import BoardPost
from storage.moderation import Submission
from storage.residents import Resident

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


def label(post: BoardPost) -> str:
    """What messages call a post: its first words."""
    return shorten(post.text, 20)


def tell(session: Session, resident_id: int, text: str, source: str, now: datetime) -> None:
    """Tells one side; `source` names the occasion, for which they are told once."""
    resident = session.get_one(Resident, resident_id)
    outbox.post(session, resident, text, source=f"board:{source}", now=now)
