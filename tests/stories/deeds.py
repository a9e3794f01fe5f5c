"""What staff do in the stories about mutual help: they moderate, refer, grant, welcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import aid, care_givers, consents, moderation, referrals
from services.calendar import OfficeHours
from services.moderated import EFFECTS
from storage.aid import AidRequest
from storage.care import CareGiver
from storage.moderation import Submission
from storage.organisations import Organisation
from storage.residents import Resident
from storage.staff import Staff

Deed = Callable[[Session, Staff, Resident, str, datetime], None]


def _publish(session: Session, _worker: Staff, _me: Resident, _rest: str, now: datetime) -> None:
    _decide(session, "", now)


def _refuse(session: Session, _worker: Staff, _me: Resident, rest: str, now: datetime) -> None:
    _decide(session, rest, now)


def _decide(session: Session, reason: str, now: datetime) -> None:
    """A reviewer decides about everything that waits; of an appeal another one."""
    waiting = select(Submission).where(Submission.state == "waiting")
    for one in session.scalars(waiting).all():
        login = "sun" if one.appeal else "zhao"
        reviewer = session.scalars(select(Staff).where(Staff.login == login)).one()
        moderation.decide(
            session,
            reviewer,
            one,
            one.version,
            publish=not reason,
            reason=reason,
            effects=EFFECTS,
            now=now,
        )


def _refer(session: Session, worker: Staff, _me: Resident, rest: str, now: datetime) -> None:
    """Takes the application and asks the applicant to agree to a referral."""
    found = session.scalars(select(AidRequest)).one()
    partner = Organisation(
        community_id=found.community_id, name="助困社", kind="social", created_at=now
    )
    session.add(partner)
    session.flush()
    aid.take(session, worker, found, OfficeHours(), now)
    new = referrals.NewReferral(rest, with_phone=False)
    referrals.refer(session, worker, found, partner, new, now)


def _grant(session: Session, worker: Staff, _me: Resident, rest: str, now: datetime) -> None:
    aid.close(session, worker, session.scalars(select(AidRequest)).one(), rest, True, now)


def _welcome(session: Session, worker: Staff, _me: Resident, _rest: str, now: datetime) -> None:
    for giver in session.scalars(select(CareGiver)).all():
        care_givers.decide_giver(session, worker, giver, accept=True, now=now)


def _consent(session: Session, _worker: Staff, me: Resident, rest: str, now: datetime) -> None:
    """The named resident has given leave on paper: `me` may ask for care in their name."""
    parent = session.scalars(select(Resident).where(Resident.openid == rest)).one()
    consents.give(session, parent, me, consents.Scope.CARE, now, origin="paper")


DEEDS: dict[str, Deed] = {
    "publishes": _publish,
    "refuses": _refuse,
    "refers": _refer,
    "grants": _grant,
    "welcomes": _welcome,
    "consents": _consent,
}
