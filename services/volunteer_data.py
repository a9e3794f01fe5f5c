"""What is stored about a resident as a volunteer: handed over to them, and forgotten.

Hours stay as entries of the community's ledger, without the person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.volunteer_entries import entries_of
from storage.activities import Activity, ActivityRating, Occasion, SignUp
from storage.consents import Consent, ConsentCode, ConsentTry
from storage.residents import Resident
from storage.volunteers import Backfill, Certificate, Volunteer

MOST = 100_000
HELD = ("confirmed", "offered")


def export(session: Session, resident: Resident) -> dict[str, Any]:
    """Registration, sign-ups, hours, ratings, certificates and leave to act, as plain values."""
    mine = Volunteer.resident_id == resident.id
    volunteer = session.scalar(select(Volunteer).where(mine))
    return {
        "volunteer": {
            "agreed": volunteer.agreed_at.isoformat(),
            "interests": volunteer.interests,
            "team": volunteer.team,
        }
        if volunteer
        else None,
        "activities": _sign_ups(session, resident),
        "hours": [
            {
                "on": one.served_on.isoformat(),
                "kind": one.kind.value,
                "minutes": one.minutes,
                "reason": one.reason,
            }
            for one in reversed(entries_of(session, resident, limit=MOST))
        ],
        "activity_ratings": [
            {"at": one.at.isoformat(), "verdict": one.verdict, "again": one.again}
            for one in _all(session, ActivityRating, resident)
        ],
        "certificates": [
            {"code": one.code, "name": one.shown_name, "issued": one.issued_at.isoformat()}
            for one in _all(session, Certificate, resident)
        ],
        "consents": _consents(session, resident),
    }


def _all(session: Session, table: Any, resident: Resident) -> list[Any]:
    query = select(table).where(table.resident_id == resident.id).order_by(table.id)
    return list(session.scalars(query))


def _sign_ups(session: Session, resident: Resident) -> list[dict[str, Any]]:
    query = (
        select(SignUp, Occasion.starts_at, Activity.title)
        .join(Occasion, Occasion.id == SignUp.occasion_id)
        .join(Activity, Activity.id == Occasion.activity_id)
        .where(SignUp.resident_id == resident.id)
        .order_by(SignUp.id)
    )
    return [
        {"activity": title, "starts": starts.isoformat(), "state": row.state}
        for row, starts, title in session.execute(query)
    ]


def _consents(session: Session, resident: Resident) -> list[dict[str, Any]]:
    query = select(Consent).where(
        (Consent.principal_id == resident.id) | (Consent.agent_resident_id == resident.id)
    )
    return [
        {
            "scope": one.scope,
            "side": "principal" if one.principal_id == resident.id else "agent",
            "given": one.given_at.isoformat(),
            "revoked": one.revoked_at.isoformat() if one.revoked_at else None,
        }
        for one in session.scalars(query.order_by(Consent.id))
    ]


def forget(session: Session, resident: Resident, now: datetime) -> None:
    """Frees the places to come (a job offers them on) and removes what is about the person."""
    _give_back_places(session, resident, now)
    mine = {"synchronize_session": False}
    session.execute(
        update(Volunteer)
        .where(Volunteer.resident_id == resident.id)
        .values(interests=[], team="", organisation_id=None, left_at=now),
        execution_options=mine,
    )
    session.execute(
        update(Certificate)
        .where(Certificate.resident_id == resident.id)
        .values(shown_name=None, revoked_at=now),
        execution_options=mine,
    )
    session.execute(
        update(Backfill).where(Backfill.resident_id == resident.id).values(reason="", note=""),
        execution_options=mine,
    )
    own = (Consent.principal_id == resident.id) | (Consent.agent_resident_id == resident.id)
    session.execute(
        update(Consent).where(own, Consent.revoked_at.is_(None)).values(revoked_at=now),
        execution_options=mine,
    )
    session.execute(update(Consent).where(own).values(called=None), execution_options=mine)
    session.execute(
        delete(ConsentCode).where(ConsentCode.principal_id == resident.id), execution_options=mine
    )
    session.execute(
        delete(ConsentTry).where(ConsentTry.resident_id == resident.id), execution_options=mine
    )
    session.execute(
        update(SignUp).where(SignUp.agent_id == resident.id).values(agent_id=None),
        execution_options=mine,
    )


def _give_back_places(session: Session, resident: Resident, now: datetime) -> None:
    ahead = (
        select(SignUp)
        .join(Occasion, Occasion.id == SignUp.occasion_id)
        .where(
            SignUp.resident_id == resident.id,
            SignUp.state.in_((*HELD, "waiting")),
            Occasion.starts_at > now,
        )
        .order_by(SignUp.occasion_id)
    )
    for row in list(session.scalars(ahead)):
        lock = select(Occasion).where(Occasion.id == row.occasion_id)
        lock = lock.with_for_update(key_share=True).execution_options(populate_existing=True)
        occasion = session.scalars(lock).one()
        session.refresh(row)
        occasion.taken -= row.state in HELD
        row.state, row.offered_until, row.changed_at = "cancelled", None, now
        session.flush()
