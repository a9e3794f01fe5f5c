"""Acting for someone else: leave that is given, shown to both sides and can be taken back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from services import audit
from storage.consents import Consent
from storage.residents import Resident
from storage.staff import Staff


class Scope(StrEnum):
    """What the leave is for."""

    EVERYTHING = "everything"
    CASES = "cases"
    VOLUNTEERING = "volunteering"
    POINTS = "points"
    CARE = "care"
    DELIBERATION = "deliberation"


SCOPE_NAMES = {
    Scope.EVERYTHING: "所有服务",
    Scope.CASES: "说事",
    Scope.VOLUNTEERING: "志愿活动",
    Scope.POINTS: "积分",
    Scope.CARE: "为老服务",
    Scope.DELIBERATION: "议事投票",
}


class NoConsent(Exception):
    """The agent has no leave to act for this person in this matter."""


def give(
    session: Session,
    principal: Resident,
    agent: Resident | Staff,
    scope: Scope,
    now: datetime,
    *,
    origin: str = "chat",
) -> Consent:
    """Stores the leave; one that is already there is returned as it is.

    Raises ValueError where the two are the same person or of different communities.
    """
    if isinstance(agent, Resident) and (
        agent.id == principal.id or agent.community_id != principal.community_id
    ):
        raise ValueError("nobody gives leave to themselves or to another community")
    found = session.scalars(_between(principal, agent).where(Consent.scope == scope)).first()
    if found is not None:
        return found
    consent = Consent(
        community_id=principal.community_id,
        principal_id=principal.id,
        agent_resident_id=agent.id if isinstance(agent, Resident) else None,
        agent_staff_id=agent.id if isinstance(agent, Staff) else None,
        scope=scope.value,
        origin=origin,
        given_at=now,
    )
    session.add(consent)
    session.flush()
    audit.record(session, now, _staff(agent), "consent.given", consent, after={"scope": scope})
    return consent


def revoke(session: Session, consent: Consent, now: datetime) -> None:
    """Ends the leave; one that has ended stays as it ended."""
    if consent.revoked_at is None:
        consent.revoked_at = now
        audit.record(session, now, None, "consent.revoked", consent)


def allows(session: Session, principal: Resident, agent: Resident | Staff, scope: Scope) -> bool:
    """Whether `agent` may act for `principal` in this matter now."""
    wanted = _between(principal, agent).where(Consent.scope.in_((scope, Scope.EVERYTHING)))
    return session.scalar(wanted.limit(1)) is not None


def require(session: Session, principal: Resident, agent: Resident | Staff, scope: Scope) -> None:
    """Raises NoConsent unless `agent` may act for `principal` in this matter."""
    if not allows(session, principal, agent, scope):
        raise NoConsent(f"还没有得到本人同意（{SCOPE_NAMES[scope]}）")


def principals_of(session: Session, agent: Resident | Staff, scope: Scope) -> list[Resident]:
    """Those for whom `agent` may act in this matter, in the order of their leave."""
    query = (
        select(Resident)
        .join(Consent, Consent.principal_id == Resident.id)
        .where(_agent_is(agent), _live(), Consent.scope.in_((scope, Scope.EVERYTHING)))
        .order_by(Consent.id)
    )
    return list(dict.fromkeys(session.scalars(query)))


def of_resident(session: Session, resident: Resident) -> list[Consent]:
    """The live consents that a resident gave or holds, the newest first."""
    query = (
        select(Consent)
        .where(
            _live(),
            (Consent.principal_id == resident.id) | (Consent.agent_resident_id == resident.id),
        )
        .order_by(Consent.id.desc())
    )
    return list(session.scalars(query))


def _between(principal: Resident, agent: Resident | Staff) -> Select[Consent]:
    return select(Consent).where(Consent.principal_id == principal.id, _agent_is(agent), _live())


def _agent_is(agent: Resident | Staff) -> ColumnElement[bool]:
    if isinstance(agent, Staff):
        return Consent.agent_staff_id == agent.id
    return Consent.agent_resident_id == agent.id


def _live() -> ColumnElement[bool]:
    return Consent.revoked_at.is_(None)


def _staff(agent: Resident | Staff) -> Staff | None:
    return agent if isinstance(agent, Staff) else None
