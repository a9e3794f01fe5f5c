"""How participants found an activity (评事): two taps after it, shown to staff as counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from storage.activities import Activity, ActivityRating, Occasion, SignUp
from storage.residents import Resident

VERDICTS = {1: "很好", 2: "还行", 3: "不太好"}
AGAIN = {1: "还来", 2: "看时间", 3: "不来了"}
OPEN_FOR = timedelta(days=14)


def rate(
    session: Session, resident: Resident, occasion_id: int, now: datetime, *, verdict: int
) -> ActivityRating:
    """Stores the verdict of somebody who came; a second one replaces the first."""
    row = _find(session, resident, occasion_id)
    if row is None:
        occasion = session.get_one(Occasion, occasion_id)
        row = ActivityRating(
            community_id=occasion.community_id, occasion_id=occasion_id, resident_id=resident.id
        )
        session.add(row)
    row.verdict, row.at = verdict, now
    session.flush()
    return row


def come_again(session: Session, resident: Resident, occasion_id: int, answer: int) -> None:
    """Stores whether they would come again; nothing without a verdict before."""
    row = _find(session, resident, occasion_id)
    if row is not None:
        row.again = answer


def _find(session: Session, resident: Resident, occasion_id: int) -> ActivityRating | None:
    return session.scalar(
        select(ActivityRating).where(
            ActivityRating.occasion_id == occasion_id, ActivityRating.resident_id == resident.id
        )
    )


def to_rate(session: Session, resident: Resident, now: datetime) -> list[tuple[Activity, Occasion]]:
    """What the resident took part in lately and has not rated, the newest first."""
    rated = exists().where(
        ActivityRating.occasion_id == Occasion.id, ActivityRating.resident_id == resident.id
    )
    query = (
        select(Activity, Occasion)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .join(SignUp, SignUp.occasion_id == Occasion.id)
        .where(
            SignUp.resident_id == resident.id,
            SignUp.checked_in_at.is_not(None),
            Occasion.ends_at > now - OPEN_FOR,
            Occasion.starts_at < now,
            (Occasion.ends_at <= now) | SignUp.checked_out_at.is_not(None),
            ~rated,
        )
        .order_by(Occasion.ends_at.desc())
    )
    return [(activity, occasion) for activity, occasion in session.execute(query)]


def may_rate(session: Session, resident: Resident, occasion_id: int) -> bool:
    """Whether the resident took part."""
    came = exists().where(
        SignUp.occasion_id == occasion_id,
        SignUp.resident_id == resident.id,
        SignUp.checked_in_at.is_not(None),
    )
    return bool(session.scalar(select(came)))


@dataclass(frozen=True, slots=True)
class Ratings:
    """The counts of an occasion: how many came, and each answer."""

    came: int
    verdicts: dict[int, int]
    again: dict[int, int]

    @property
    def rated(self) -> int:
        return sum(self.verdicts.values())


def of_occasion(session: Session, occasion: Occasion) -> Ratings:
    """How those who came found it."""
    came = select(func.count()).where(
        SignUp.occasion_id == occasion.id, SignUp.checked_in_at.is_not(None)
    )
    here = ActivityRating.occasion_id == occasion.id
    verdicts = select(ActivityRating.verdict, func.count()).where(here)
    again = select(ActivityRating.again, func.count()).where(
        here, ActivityRating.again.is_not(None)
    )
    return Ratings(
        came=session.scalar(came) or 0,
        verdicts={
            answer: count
            for answer, count in session.execute(verdicts.group_by(ActivityRating.verdict))
        },
        again={
            answer: count
            for answer, count in session.execute(again.group_by(ActivityRating.again))
            if answer is not None
        },
    )
