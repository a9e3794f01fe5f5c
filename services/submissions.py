"""What waits for moderation and what was decided: lists for reviewers, and for the authors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services import scope
from services.residents import display_name
from storage.moderation import Submission
from storage.residents import Resident
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """Which submissions are wanted; empty means all."""

    state: str = "waiting"
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """A submission with the masked name of its author and the name of who decided."""

    submission: Submission
    author: str
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `hit` where it is a sensitive word."""

    text: str
    hit: bool


def listed(
    session: Session,
    staff: Staff,
    wanted: SubmissionFilter,
    *,
    offset: int = 0,
    limit: int = 30,
) -> tuple[list[SubmissionRow], int]:
    """A page of submissions, the longest waiting first, decided ones the newest first."""
    query = _filtered(staff, wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    oldest_first = wanted.state == "waiting"
    order = Submission.id if oldest_first else Submission.id.desc()
    page = session.scalars(query.order_by(order).offset(offset).limit(limit))
    return [row_of(session, submission) for submission in page], total


def counts(session: Session, staff: Staff) -> dict[str, int]:
    """How many submissions of the scope there are in each state."""
    query = (
        select(Submission.state, func.count())
        .where(Submission.community_id.in_(scope.communities(staff)))
        .group_by(Submission.state)
    )
    return {state: count for state, count in session.execute(query)}


def find(session: Session, staff: Staff, submission_id: int) -> Submission | None:
    """A submission of a community in scope."""
    return session.scalar(
        select(Submission).where(
            Submission.id == submission_id,
            Submission.community_id.in_(scope.communities(staff)),
        )
    )


def next_waiting(session: Session, staff: Staff, after: Submission) -> Submission | None:
    """What waits next, so that one decision leads to the following."""
    query = _filtered(staff, SubmissionFilter()).where(Submission.id != after.id)
    return session.scalar(query.order_by(Submission.id).limit(1))


def row_of(session: Session, submission: Submission) -> SubmissionRow:
    """A submission as reviewers read it."""
    author = session.get(Resident, submission.resident_id) if submission.resident_id else None
    reviewer = session.get(Staff, submission.decided_by) if submission.decided_by else None
    return SubmissionRow(
        submission,
        display_name(author) if author else "工作人员",
        reviewer.name if reviewer else "",
    )


def of_resident(session: Session, resident: Resident, limit: int = 5) -> list[Submission]:
    """What a resident wrote for others, the newest first."""
    query = select(Submission).where(Submission.resident_id == resident.id)
    return list(session.scalars(query.order_by(Submission.id.desc()).limit(limit)))


def open_to_appeal(session: Session, resident: Resident) -> list[Submission]:
    """What was refused to a resident and may still be appealed, the newest first."""
    query = select(Submission).where(
        Submission.resident_id == resident.id,
        Submission.state == "refused",
        Submission.appeal == "",
    )
    return list(session.scalars(query.order_by(Submission.id.desc()).limit(8)))


def marked(submission: Submission) -> list[Piece]:
    """The text in pieces, sensitive words apart, as they were found when it was sent."""
    words = sorted(filter(None, submission.hits.split("、")), key=len, reverse=True)
    if not words:
        return [Piece(submission.text, hit=False)]
    parts = re.split("(" + "|".join(map(re.escape, words)) + ")", submission.text)
    return [Piece(part, hit=part in words) for part in parts if part]


def _filtered(staff: Staff, wanted: SubmissionFilter) -> Select[Submission]:
    query = select(Submission).where(Submission.community_id.in_(scope.communities(staff)))
    if wanted.state:
        query = query.where(Submission.state == wanted.state)
    if wanted.kind:
        query = query.where(Submission.kind == wanted.kind)
    if wanted.words:
        query = query.where(Submission.text.contains(wanted.words, autoescape=True))
    return query
