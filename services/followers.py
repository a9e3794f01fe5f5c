"""Neighbours who follow a case (我也是): each once, told of its progress, never named to others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from services.case_events import record
from services.case_states import OPEN, Actor
from storage.case_ties import CaseFollower
from storage.cases import Case
from storage.insert import ignoring
from storage.messages import Media
from storage.prepared import Prepared
from storage.residents import Resident

_TIE = select(CaseFollower.id).where(
    CaseFollower.case_id == bindparam("case"), CaseFollower.resident_id == bindparam("resident")
)
_FOLLOW = Prepared(
    lambda dialect: ignoring(dialect, CaseFollower).values(
        community_id=bindparam("community"),
        case_id=bindparam("case"),
        resident_id=bindparam("resident"),
        at=bindparam("at"),
    )
)
_COUNTS = (
    select(CaseFollower.case_id, func.count())
    .where(CaseFollower.case_id.in_(bindparam("cases", expanding=True)))
    .group_by(CaseFollower.case_id)
)
_FOLLOWED = (
    select(Case)
    .join(CaseFollower, CaseFollower.case_id == Case.id)
    .where(
        CaseFollower.resident_id == bindparam("resident"),
        Case.community_id == bindparam("community"),
        Case.private.is_(False),
        Case.state.in_([state.value for state in OPEN]),
    )
    .order_by(CaseFollower.id.desc())
    .limit(bindparam("most"))
)


def join(
    session: Session,
    case: Case,
    resident: Resident,
    now: datetime,
    words: str = "",
    media: Sequence[int] = (),
) -> bool:
    """Lets a resident follow a case and counts them as one who has the same trouble; what they
    said and sent is kept with it for the staff.

    False where they did so before, or where it is their own case.
    """
    if case.resident_id == resident.id or not tie(session, case, resident.id, now):
        return False
    record(session, case, now, "followed", Actor.RESIDENT, resident.id, text=words)
    if media:
        session.execute(
            update(Media)
            .where(Media.id.in_(media), Media.resident_id == resident.id)
            .values(case_id=case.id)
        )
    return True


def tie(session: Session, case: Case, resident_id: int, now: datetime) -> bool:
    """Makes a resident a follower without a word in the timeline; False where they are one."""
    values = {
        "community": case.community_id,
        "case": case.id,
        "resident": resident_id,
        "at": now,
    }
    return _FOLLOW.run(session, values).rowcount == 1


def leave(session: Session, case: Case, resident: Resident) -> None:
    """Ends the following; nothing happens where there is none."""
    session.execute(
        delete(CaseFollower).where(
            CaseFollower.case_id == case.id, CaseFollower.resident_id == resident.id
        )
    )


def follows(session: Session, case: Case, resident: Resident) -> bool:
    """Whether a resident follows a case."""
    wanted = {"case": case.id, "resident": resident.id}
    return session.connection().scalar(_TIE, wanted) is not None


def of_case(session: Session, case: Case) -> list[Resident]:
    """Who follows a case and can still be told, in the order in which they came."""
    query = (
        select(Resident)
        .join(CaseFollower, CaseFollower.resident_id == Resident.id)
        .where(CaseFollower.case_id == case.id, Resident.following.is_(True))
        .order_by(CaseFollower.id)
    )
    return list(session.scalars(query))


def counts(session: Session, case_ids: Iterable[int]) -> dict[int, int]:
    """How many follow each of these cases; none are left out."""
    rows = session.connection().execute(_COUNTS, {"cases": list(case_ids)})
    return {case_id: number for case_id, number in rows}


def followed_by(session: Session, resident: Resident, *, limit: int = 4) -> list[Case]:
    """The open cases that a resident follows, the newest first."""
    wanted = {"resident": resident.id, "community": resident.community_id, "most": limit}
    return list(session.scalars(_FOLLOWED, wanted))
