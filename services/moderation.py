"""Content moderation (内容审核): what residents want to make public waits for a reviewer.

The original is kept; a refusal has a reason, which the author hears; it may be appealed once, and
another reviewer decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogue.words import shorten
from services import audit, desk, outbox
from services.access import Permission, require
from services.calendar import OfficeHours
from services.places import community_path
from storage.moderation import SensitiveWord, Submission
from storage.residents import Resident
from storage.staff import Staff

STATE_NAMES = {"waiting": "待审", "published": "已公开", "refused": "未通过"}

TIME_TO_DECIDE = 540
"""Working minutes a text may wait: one working day."""

Effect: TypeAlias = Callable[[Session, Submission, datetime], None]
"""Makes the row behind a submission follow its state."""


class BadDecision(Exception):
    """The decision cannot be taken; the message says why, in the reviewer's language."""


class StaleSubmission(Exception):
    """Somebody has decided meanwhile."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to become public: the kind and number of its row, its author and its words."""

    kind: str
    subject_id: int
    title: str
    text: str
    author: Resident | None = None


def submit(
    session: Session, wanted: Wanted, community_id: int, hours: OfficeHours, now: datetime
) -> Submission:
    """Puts a text before the reviewers; `kind` must be a key of `services.moderated.EFFECTS`."""
    submission = Submission(
        community_id=community_id,
        kind=wanted.kind,
        subject_id=wanted.subject_id,
        resident_id=wanted.author.id if wanted.author else None,
        text=wanted.text,
        hits="、".join(hits(session, community_id, wanted.text))[:200],
        state="waiting",
        created_at=now,
        version=1,
    )
    session.add(submission)
    session.flush()
    _enqueue(session, submission, wanted.title, hours, now)
    return submission


def hits(session: Session, community_id: int, text: str) -> list[str]:
    """The sensitive words of the community that occur in a text."""
    words = session.scalars(
        select(SensitiveWord.word).where(SensitiveWord.community_id == community_id)
    )
    return sorted(word for word in words if word in text)


def decide(
    session: Session,
    staff: Staff,
    submission: Submission,
    version: int,
    *,
    publish: bool,
    reason: str,
    effects: Mapping[str, Effect],
    now: datetime,
) -> None:
    """Publishes or refuses; the author hears of it, of a refusal with its reason.

    Raises StaleSubmission where it has changed, BadDecision for a refusal without a reason or an
    appeal before the reviewer who refused.
    """
    require(staff, Permission.MODERATE, community_path(session, submission.community_id))
    session.refresh(submission, with_for_update=True)  # of two reviewers at once, one decides
    if submission.version != version or submission.state != "waiting":
        raise StaleSubmission("这条内容刚刚已有同事处理")
    if not publish and not reason.strip():
        raise BadDecision("不公开要写明原因，作者会看到")
    if submission.appeal and submission.decided_by == staff.id:
        raise BadDecision("作者提出了申诉，请换一位同事复核")
    submission.state = "published" if publish else "refused"
    submission.reason, submission.decided_by = reason.strip(), staff.id
    submission.decided_at, submission.version = now, submission.version + 1
    effects[submission.kind](session, submission, now)
    desk.finish(session, source_of(submission), now, staff)
    audit.record(
        session, now, staff, f"moderation.{submission.state}", submission, reason=submission.reason
    )
    _tell(session, submission, now)


def appeal(
    session: Session, submission: Submission, words: str, hours: OfficeHours, now: datetime
) -> None:
    """Takes the author's appeal; raises BadDecision where there is nothing to appeal any more."""
    if submission.state != "refused" or submission.appeal:
        raise BadDecision("这条内容不能再申诉了")
    submission.state, submission.appeal = "waiting", words.strip() or "请再看看"
    submission.version += 1
    audit.record(session, now, None, "moderation.appeal", submission)
    _enqueue(session, submission, f"申诉：{submission.text}", hours, now)


def source_of(submission: Submission) -> str:
    """The name under which a submission waits in the queue."""
    return f"moderation:{submission.id}"


def _enqueue(
    session: Session, submission: Submission, title: str, hours: OfficeHours, now: datetime
) -> None:
    subject = desk.Subject(
        community_id=submission.community_id,
        place_path=community_path(session, submission.community_id),
        resident_id=submission.resident_id,
        link=f"/console/moderation/{submission.id}",
        needs=Permission.MODERATE,
    )
    due = hours.add(now, TIME_TO_DECIDE)
    desk.put(
        session, desk.ItemKind.MODERATION, source_of(submission), title, subject, due=due, now=now
    )


def _tell(session: Session, submission: Submission, now: datetime) -> None:
    if submission.resident_id is None:
        return
    author = session.get_one(Resident, submission.resident_id)
    end = "" if submission.appeal else "\n不同意的话，回复“申诉”，会请另一位同事再看。"
    words = f"您写的“{shorten(submission.text, 30)}”"
    refused = f"{words}没有公开。原因：{submission.reason}{end}"
    text = f"{words}已经公开了。" if submission.state == "published" else refused
    source = f"moderation:{submission.id}:{submission.version}"
    outbox.post(session, author, text, source=source, now=now)
