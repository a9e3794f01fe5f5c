"""Sensitive words (敏感词): shown to the reviewer where they occur; they refuse nothing alone.

A machine that refuses by words is evaded by spelling and hits the innocent; a person decides.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, scope
from services.access import Permission, require
from storage.communities import Community
from storage.moderation import SensitiveWord
from storage.staff import Staff

LONGEST = 40


class BadWord(Exception):
    """The word cannot be kept; the message says why."""


def listed(session: Session, staff: Staff) -> list[SensitiveWord]:
    """The words of the communities in scope, in their order."""
    query = select(SensitiveWord).where(SensitiveWord.community_id.in_(scope.communities(staff)))
    return list(session.scalars(query.order_by(SensitiveWord.community_id, SensitiveWord.word)))


def find(session: Session, staff: Staff, word_id: int) -> SensitiveWord | None:
    """A word of a community in scope."""
    return session.scalar(
        select(SensitiveWord).where(
            SensitiveWord.id == word_id,
            SensitiveWord.community_id.in_(scope.communities(staff)),
        )
    )


def add(session: Session, staff: Staff, community: Community, words: str, now: datetime) -> int:
    """Adds words given one a line or with 、 between; returns how many are new.

    Raises BadWord where there is none, or one of more than 40 characters.
    """
    require(staff, Permission.MODERATE)
    wanted = list(dict.fromkeys(words.replace("、", " ").replace("，", " ").split()))
    if not wanted:
        raise BadWord("请写要提示的词")
    if any(len(word) > LONGEST for word in wanted):
        raise BadWord(f"一个词最多 {LONGEST} 个字")
    held = select(SensitiveWord.word).where(SensitiveWord.community_id == community.id)
    known = set(session.scalars(held))
    new = [word for word in wanted if word not in known]
    session.add_all(SensitiveWord(community_id=community.id, word=word) for word in new)
    session.flush()
    audit.record(session, now, staff, "words.add", community, after={"words": "、".join(new)})
    return len(new)


def remove(session: Session, staff: Staff, word: SensitiveWord, now: datetime) -> None:
    """Removes a word; what it was found in before keeps its mark."""
    require(staff, Permission.MODERATE)
    audit.record(session, now, staff, "words.remove", word, before={"words": word.word})
    session.delete(word)
