"""Who may see and do what: a role gives permissions, a scope says where they hold.

Every query on behalf of staff passes through `visible_to`; every page and action asks `require`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.confidence import Confidence
from storage.aid import AidRequest
from storage.care import CareRequest
from storage.case_ties import CaseMediator
from storage.cases import Case
from storage.staff import Staff


class Role(StrEnum):
    """What a member of staff is; the value is stored."""

    GRID_WORKER = "grid_worker"
    COMMUNITY_WORKER = "community_worker"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"


ROLE_NAMES = {
    Role.GRID_WORKER: "网格员",
    Role.COMMUNITY_WORKER: "社区工作者",
    Role.REVIEWER: "审核员",
    Role.SUPERVISOR: "街道督办",
    Role.ADMINISTRATOR: "管理员",
    Role.PARTNER: "合作单位",
}


class Permission(StrEnum):
    """One thing that staff may do inside their scope."""

    SEE = "see"
    HANDLE = "handle"
    APPROVE = "approve"
    SEE_PRIVATE = "see_private"
    UNMASK = "unmask"
    SUPERVISE = "supervise"
    REPORT = "report"
    MODERATE = "moderate"
    SEE_AUDIT = "see_audit"
    KEEP_STAFF = "keep_staff"
    KEEP_MODEL = "keep_model"
    KEEP_DESK = "keep_desk"
    KEEP_KNOWLEDGE = "keep_knowledge"
    KEEP_NOTICES = "keep_notices"
    KEEP_ACTIVITIES = "keep_activities"
    KEEP_POINTS = "keep_points"
    KEEP_HELP = "keep_help"
    KEEP_TOPICS = "keep_topics"


_WORKER = {Permission.SEE, Permission.HANDLE}
_KEEPER = _WORKER | {
    Permission.SEE_PRIVATE,
    Permission.UNMASK,
    Permission.REPORT,
    Permission.KEEP_KNOWLEDGE,
    Permission.KEEP_NOTICES,
    Permission.KEEP_ACTIVITIES,
    Permission.KEEP_POINTS,
    Permission.KEEP_HELP,
    Permission.KEEP_TOPICS,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.GRID_WORKER: frozenset(_WORKER),
    Role.COMMUNITY_WORKER: frozenset(_KEEPER),
    Role.REVIEWER: frozenset(
        _KEEPER | {Permission.APPROVE, Permission.MODERATE, Permission.KEEP_DESK}
    ),
    Role.SUPERVISOR: frozenset(
        {Permission.SEE, Permission.SUPERVISE, Permission.REPORT, Permission.SEE_AUDIT}
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.PARTNER: frozenset(_WORKER),
}


class Forbidden(Exception):
    """The staff member may not do this here; the message says what is missing."""


def may(staff: Staff, permission: Permission) -> bool:
    """Whether the role of `staff` includes the permission."""
    return staff.active and permission in PERMISSIONS[Role(staff.role)]


def covers(staff: Staff, path: str) -> bool:
    """Whether the place with this path lies in the scope of `staff`."""
    return path.startswith(staff.scope_path)


def require(staff: Staff, permission: Permission, path: str | None = None) -> None:
    """Raises Forbidden unless `staff` has the permission, at `path` where one is given."""
    if not may(staff, permission):
        raise Forbidden(f"您的角色（{ROLE_NAMES[Role(staff.role)]}）没有这项权限")
    if path is not None and not covers(staff, path):
        raise Forbidden("这件事不在您负责的范围内")


def visible_to(staff: Staff, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that a row's place lies in the scope of `staff`.

    A range, not LIKE, so that both databases use the index and no wildcard can be smuggled in.
    """
    scope = staff.scope_path
    return path.between(scope, scope + "\U0010ffff")


_TRUSTED = {
    Confidence.TIP_OFF: frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    Confidence.MEDIATION: frozenset({Role.REVIEWER}),
}
"""The roles that see these kinds; the other kinds are open to all with SEE_PRIVATE."""


def kinds_open_to(staff: Staff) -> list[str]:
    """The kinds of confidential cases that `staff` sees without being named in the case."""
    held = may(staff, Permission.SEE_PRIVATE)
    role = Role(staff.role)
    return [kind.value for kind in Confidence if held and role in _TRUSTED.get(kind, {role})]


def named_in(staff: Staff) -> ColumnElement[bool]:
    """The condition that a case was handed to `staff`: as the person responsible, or as one who
    mediates in it.
    """
    mediates = select(CaseMediator.case_id).where(CaseMediator.staff_id == staff.id)
    return or_(Case.responsible_id == staff.id, Case.id.in_(mediates))


def trusted_with(staff: Staff) -> ColumnElement[bool]:
    """The condition that a case, wherever it lies, is not hidden from `staff`: it is no
    confidential one, or of a kind open to them, or handed to them. A partner has what was
    handed to them alone.
    """
    if staff.role == Role.PARTNER:
        return named_in(staff)
    opened = kinds_open_to(staff)
    if len(opened) == len(Confidence):
        return true()
    return or_(Case.private.is_(False), Case.confidential.in_(opened), named_in(staff))


def visible_cases(staff: Staff) -> ColumnElement[bool]:
    """The condition that `staff` may see a case: in scope, and not hidden from them."""
    return visible_to(staff, Case.place_path) & trusted_with(staff)


def visible_talk(staff: Staff, resident_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that `staff` may read what a resident says outside of their cases: no case of
    theirs is of a confidential kind that is closed to `staff`, and, without the right to private
    matters, they never applied for help in hardship or asked for care. True where there is no
    resident.
    """
    if staff.role == Role.PARTNER:
        return false()
    opened = kinds_open_to(staff)
    if len(opened) == len(Confidence):
        return true()
    matter = aliased(Case)
    closed = matter.private.is_(True) & matter.confidential.not_in(opened)
    hidden = [exists().where(matter.resident_id == resident_id, closed)]
    if not may(staff, Permission.SEE_PRIVATE):
        need, care = aliased(AidRequest), aliased(CareRequest)
        hidden.append(exists().where(need.resident_id == resident_id))
        hidden.append(exists().where(care.requester_id == resident_id))
    return ~or_(*hidden)
