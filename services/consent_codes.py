"""Giving leave by a code (授权码): the principal reads six digits out, the agent types them.

A code lives for half an hour and works once. Who types wrong ones is stopped: six digits could
otherwise be found by trying.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services import consents, outbox
from services.consents import SCOPE_NAMES, Scope
from services.residents import mask_name
from storage.consents import Consent, ConsentCode, ConsentTry
from storage.residents import Resident
from storage.staff import Staff

LIFE = timedelta(minutes=30)
MOST_TRIES = 5
TRIES_WITHIN = timedelta(hours=1)
CALLED_LENGTH = 12


class BadCode(Exception):
    """The code is not good; the message says why, in the agent's words."""


def new_code(session: Session, principal: Resident, scope: Scope, now: datetime) -> ConsentCode:
    """A fresh code of the principal; the one before does not work any more."""
    session.execute(
        delete(ConsentCode).where(
            (ConsentCode.principal_id == principal.id) | (ConsentCode.expires_at < now)
        )
    )
    taken = set(
        session.scalars(
            select(ConsentCode.code).where(ConsentCode.community_id == principal.community_id)
        )
    )
    code = _draw()
    while code in taken:
        code = _draw()
    row = ConsentCode(
        community_id=principal.community_id,
        principal_id=principal.id,
        scope=scope.value,
        code=code,
        expires_at=now + LIFE,
    )
    session.add(row)
    session.flush()
    return row


def _draw() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def look_up(session: Session, agent: Resident, code: str, now: datetime) -> ConsentCode:
    """The live code that the agent typed; raises BadCode, and counts what nobody had given."""
    tries = select(func.count()).where(
        ConsentTry.resident_id == agent.id, ConsentTry.at > now - TRIES_WITHIN
    )
    if (session.scalar(tries) or 0) >= MOST_TRIES:
        raise BadCode("错的次数太多了，请过一小时再试，或者请对方回复“授权”重新拿一个。")
    row = session.scalar(
        select(ConsentCode)
        .where(
            ConsentCode.community_id == agent.community_id,
            ConsentCode.code == code,
            ConsentCode.expires_at >= now,
        )
        .with_for_update()
    )
    if row is None:
        session.add(ConsentTry(community_id=agent.community_id, resident_id=agent.id, at=now))
        raise BadCode("这6个数字对不上，可能过了30分钟，或者已经用过。请对方回复“授权”重新拿一个。")
    if row.principal_id == agent.id:
        raise BadCode("这是您自己的授权码，请念给要替您办事的人，让对方在这里回复。")
    return row


def redeem(session: Session, agent: Resident, code: str, called: str, now: datetime) -> Consent:
    """Turns a code into leave to act, and tells the principal; raises BadCode."""
    row = look_up(session, agent, code, now)
    principal = session.get_one(Resident, row.principal_id)
    scope = Scope(row.scope)
    session.delete(row)
    session.flush()
    consent = consents.give(session, principal, agent, scope, now)
    consent.called = called.strip()[:CALLED_LENGTH] or None
    who = mask_name(agent.name) if agent.name else "收到您授权码的人"
    text = (
        f"{who}现在可以替您办：{SCOPE_NAMES[scope]}。每次替您办了事，您都会收到消息。\n"
        "不是您给的，或者想收回，回复“授权”。"
    )
    outbox.post(session, principal, text, source=f"consent:{consent.id}", now=now)
    return consent


def called(session: Session, consent: Consent) -> str:
    """How the agent calls the principal."""
    if consent.called:
        return consent.called
    principal = session.get_one(Resident, consent.principal_id)
    return mask_name(principal.name) if principal.name else f"居民{principal.id}"


def called_by(session: Session, agent: Resident, principal_id: int) -> str:
    """How this agent calls this principal, by the newest leave between them."""
    query = select(Consent).where(
        Consent.principal_id == principal_id,
        Consent.agent_resident_id == agent.id,
        Consent.revoked_at.is_(None),
    )
    found = session.scalars(query.order_by(Consent.id.desc())).first()
    return called(session, found) if found else "对方"


def agent_name(session: Session, consent: Consent) -> str:
    """How the principal sees their agent."""
    if consent.agent_staff_id is not None:
        return f"社区工作人员{session.get_one(Staff, consent.agent_staff_id).name}"
    agent = session.get_one(Resident, consent.agent_resident_id)
    return mask_name(agent.name) if agent.name else "您给过授权码的人"


def end(session: Session, consent: Consent, by: Resident, now: datetime) -> None:
    """Ends a leave, by the principal or by the agent, and tells the other one."""
    consents.revoke(session, consent, now)
    by_principal = by.id == consent.principal_id
    other = consent.agent_resident_id if by_principal else consent.principal_id
    if other is None:
        return
    scope = SCOPE_NAMES[Scope(consent.scope)]
    text = (
        f"“{called(session, consent)}”收回了授权，您不能再替对方办{scope}。"
        if by_principal
        else f"{agent_name(session, consent)}不再替您办{scope}。"
    )
    resident = session.get_one(Resident, other)
    outbox.post(session, resident, text, source=f"consent:{consent.id}:end", now=now)
