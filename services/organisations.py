"""Partners (合作单位): who they are, what they do, who works there, how they are found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, scope
from services.access import Permission, Role, require, visible_to
from services.bad_field import BadField
from storage.communities import Community
from storage.organisations import Organisation, OrganisationRating, OrganisationService
from storage.staff import Staff

KINDS = {
    "property": "物业",
    "social": "社会组织",
    "mediation": "调委会",
    "law": "律师",
    "volunteers": "志愿队",
    "other": "其他",
}
STARS = {3: "满意", 2: "一般", 1: "不满意"}


class BadOrganisation(BadField):
    """What was entered cannot be kept; `field` names where, the message says why."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept about a partner."""

    name: str
    kind: str
    phone: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The ratings of a partner: how many, and how many of them 满意."""

    count: int = 0
    good: int = 0


def listed(session: Session, staff: Staff, *, active_only: bool = False) -> list[Organisation]:
    """The partners of the communities in scope, active ones first."""
    query = select(Organisation).where(Organisation.community_id.in_(scope.communities(staff)))
    if active_only:
        query = query.where(Organisation.active.is_(True))
    return list(session.scalars(query.order_by(Organisation.active.desc(), Organisation.name)))


def find(session: Session, staff: Staff, organisation_id: int) -> Organisation | None:
    """A partner of a community in scope."""
    return session.scalar(
        select(Organisation).where(
            Organisation.id == organisation_id,
            Organisation.community_id.in_(scope.communities(staff)),
        )
    )


def own(session: Session, staff: Staff) -> Organisation | None:
    """The partner that a member of staff works for; None for everybody else."""
    if staff.role != Role.PARTNER or staff.organisation_id is None:
        return None
    found = session.get_one(Organisation, staff.organisation_id)
    return found if found.active else None


def name_of(session: Session, organisation_id: int | None) -> str:
    """The name of a partner; empty for none."""
    return session.get_one(Organisation, organisation_id).name if organisation_id else ""


def add(
    session: Session, staff: Staff, community: Community, facts: Facts, now: datetime
) -> Organisation:
    """Adds a partner; raises BadOrganisation for a missing or taken name, or an unknown kind."""
    require(staff, Permission.KEEP_HELP)
    _check(session, community.id, facts)
    row = Organisation(
        community_id=community.id,
        name=facts.name.strip(),
        kind=facts.kind,
        phone=facts.phone.strip()[:32],
        about=facts.about.strip(),
        active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, now, staff, "organisation.add", row, after={"name": row.name})
    return row


def change(session: Session, staff: Staff, row: Organisation, facts: Facts, now: datetime) -> None:
    """Changes what is kept; raises BadOrganisation as `add` does."""
    require(staff, Permission.KEEP_HELP)
    _check(session, row.community_id, facts, row.id)
    before = {"name": row.name, "kind": row.kind}
    row.name, row.kind = facts.name.strip(), facts.kind
    row.phone, row.about = facts.phone.strip()[:32], facts.about.strip()
    after = {"name": row.name, "kind": row.kind}
    audit.record(session, now, staff, "organisation.change", row, before=before, after=after)


def set_active(
    session: Session, staff: Staff, row: Organisation, active: bool, now: datetime
) -> None:
    """Ends or takes up the work with a partner; what it did stays."""
    require(staff, Permission.KEEP_HELP)
    row.active = active
    audit.record(session, now, staff, "organisation.change", row, after={"active": active})


def add_service(
    session: Session, staff: Staff, row: Organisation, name: str, about: str
) -> OrganisationService:
    """Adds a service that a partner gives; raises BadOrganisation without a name."""
    require(staff, Permission.KEEP_HELP)
    if not name.strip():
        raise BadOrganisation("service", "请写服务的名称")
    service = OrganisationService(
        organisation_id=row.id, name=name.strip()[:80], about=about.strip(), active=True
    )
    session.add(service)
    session.flush()
    return service


def services_of(session: Session, row: Organisation) -> list[OrganisationService]:
    """The services of a partner that are given now."""
    query = select(OrganisationService).where(
        OrganisationService.organisation_id == row.id, OrganisationService.active.is_(True)
    )
    return list(session.scalars(query.order_by(OrganisationService.id)))


def close_service(session: Session, staff: Staff, row: Organisation, service_id: int) -> None:
    """Ends a service; one of another partner, or none, is left as it is."""
    require(staff, Permission.KEEP_HELP)
    for service in services_of(session, row):
        if service.id == service_id:
            service.active = False


def people_of(session: Session, row: Organisation) -> list[Staff]:
    """The accounts of a partner."""
    query = select(Staff).where(Staff.organisation_id == row.id).order_by(Staff.name)
    return list(session.scalars(query))


def free_partners(session: Session, staff: Staff) -> list[Staff]:
    """Accounts with the role 合作单位 in scope that belong to no partner yet."""
    query = select(Staff).where(
        Staff.role == Role.PARTNER.value,
        Staff.organisation_id.is_(None),
        visible_to(staff, Staff.scope_path),
    )
    return list(session.scalars(query.order_by(Staff.name)))


def assign(
    session: Session, staff: Staff, row: Organisation, person: Staff | None, now: datetime
) -> None:
    """Lets an account belong to a partner; raises BadOrganisation for one that cannot."""
    require(staff, Permission.KEEP_HELP)
    if person is None or person not in free_partners(session, staff):
        raise BadOrganisation("person", "请选一个角色是“合作单位”、还没有归属的账号")
    person.organisation_id = row.id
    audit.record(session, now, staff, "organisation.assign", person, after={"name": row.name})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged (`source`, once each), how (3 good, 2 fair, 1 bad), and why."""

    source: str
    stars: int
    words: str = ""
    resident_id: int | None = None
    staff_id: int | None = None


def rate(session: Session, row: Organisation, given: Judgement, now: datetime) -> bool:
    """Keeps a judgement; False where the same was judged before. ValueError for other stars."""
    if given.stars not in STARS:
        raise ValueError(f"stars are 1 to 3, not {given.stars}")
    known = select(OrganisationRating.id).where(OrganisationRating.source == given.source)
    if session.scalar(known) is not None:
        return False
    rating = OrganisationRating(
        community_id=row.community_id,
        organisation_id=row.id,
        source=given.source,
        resident_id=given.resident_id,
        staff_id=given.staff_id,
        stars=given.stars,
        words=given.words.strip(),
        created_at=now,
    )
    session.add(rating)
    session.flush()
    return True


def ratings_of(session: Session, row: Organisation, limit: int = 20) -> list[OrganisationRating]:
    """The newest judgements of a partner."""
    query = select(OrganisationRating).where(OrganisationRating.organisation_id == row.id)
    return list(session.scalars(query.order_by(OrganisationRating.id.desc()).limit(limit)))


def judged(session: Session, organisation_ids: list[int]) -> dict[int, Judged]:
    """How the partners are found, by number; those never judged are missing."""
    good = func.count().filter(OrganisationRating.stars == max(STARS))
    query = (
        select(OrganisationRating.organisation_id, func.count(), good)
        .where(OrganisationRating.organisation_id.in_(organisation_ids))
        .group_by(OrganisationRating.organisation_id)
    )
    return {number: Judged(count, fine) for number, count, fine in session.execute(query)}


def _check(session: Session, community_id: int, facts: Facts, own_id: int | None = None) -> None:
    name = facts.name.strip()
    if not name or len(name) > 80:
        raise BadOrganisation("name", "请写名称，最多 80 个字")
    if facts.kind not in KINDS:
        raise BadOrganisation("kind", "请选种类")
    same = select(Organisation.id).where(
        Organisation.community_id == community_id, Organisation.name == name
    )
    if session.scalar(same) not in (None, own_id):
        raise BadOrganisation("name", "已经有同名的单位")
