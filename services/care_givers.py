"""Those who give hours to the time bank (助老爱心储蓄): staff get to know them first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, desk, scope
from services.access import Permission, require
from services.calendar import OfficeHours
from services.care import MATCH_MINUTES, enqueue, tell
from storage.care import CareGiver
from storage.residents import Resident
from storage.staff import Staff

GIVER_STATES = {"waiting": "待认识", "active": "在帮忙", "resting": "歇着", "refused": "没有同意"}


def volunteer(
    session: Session,
    resident: Resident,
    words: str,
    phone: str | None,
    hours: OfficeHours,
    now: datetime,
) -> CareGiver:
    """A resident wants to give hours; staff get to know them first."""
    giver = giver_of(session, resident)
    if giver is None:
        giver = CareGiver(
            community_id=resident.community_id, resident_id=resident.id, created_at=now
        )
        session.add(giver)
    giver.words, giver.phone = words, phone
    giver.state = "active" if giver.state in ("active", "resting") else "waiting"
    session.flush()
    if giver.state == "waiting":
        title = "时间银行：居民想来帮忙"
        enqueue(session, _source(giver), title, resident, hours.add(now, MATCH_MINUTES), now)
    return giver


def giver_of(session: Session, resident: Resident) -> CareGiver | None:
    """The giver that a resident is or wants to be."""
    return session.scalar(select(CareGiver).where(CareGiver.resident_id == resident.id))


def decide_giver(
    session: Session, staff: Staff, giver: CareGiver, *, accept: bool, now: datetime
) -> None:
    """Staff accept a giver, or do not; the resident is told."""
    require(staff, Permission.KEEP_HELP)
    session.refresh(giver, with_for_update=True)
    if giver.state == "waiting" or (giver.state == "active") is not accept:
        giver.state, giver.decided_by = ("active" if accept else "refused"), staff.id
        desk.finish(session, _source(giver), now, staff)
        audit.record(session, now, staff, "care.giver", giver, after={"state": giver.state})
        yes = "欢迎您！回复“时间银行”看谁需要帮忙。"
        no = "谢谢您的好意，这次社区先不安排。有话想说，回复“人工”。"
        tell(
            session,
            giver.resident_id,
            yes if accept else no,
            f"giver:{giver.id}:{now:%y%j%H%M}",
            now,
        )


def givers(session: Session, staff: Staff) -> list[CareGiver]:
    """The givers of the communities in scope, those who wait first."""
    query = select(CareGiver).where(CareGiver.community_id.in_(scope.communities(staff)))
    return list(session.scalars(query.order_by(CareGiver.state.desc(), CareGiver.id)))


def find_giver(session: Session, staff: Staff, giver_id: int) -> CareGiver | None:
    """A giver of a community in scope."""
    return session.scalar(
        select(CareGiver).where(
            CareGiver.id == giver_id, CareGiver.community_id.in_(scope.communities(staff))
        )
    )


def _source(giver: CareGiver) -> str:
    return f"care-giver:{giver.id}"
