"""Who may see and do what: a role gives permissions, a scope says where they hold.

Every query on behalf of staff passes through `visible_to`; every page and action asks `require`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.aid import AidRequest
from storage.care import CareRequest
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
    Role.SUPERVISOR: frozenset({Permission.SEE, Permission.SUPERVISE, Permission.SEE_AUDIT}),
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


def visible_cases(staff: Staff) -> ColumnElement[bool]:
    """The condition that `staff` may see a case: in scope, and private ones only with the right
    or when they are the person responsible. A partner sees what was handed to them alone.
    """
    inside = visible_to(staff, Case.place_path)
    if staff.role == Role.PARTNER:
        return inside & (Case.responsible_id == staff.id)
    if may(staff, Permission.SEE_PRIVATE):
        return inside
    return inside & or_(Case.private.is_(False), Case.responsible_id == staff.id)


def visible_talk(staff: Staff, resident_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that `staff` may read what a resident says outside of their cases: they have
    the right to private matters, or the resident never raised one: no private case, no application
    for help in hardship, no care request. True where there is no resident.
    """
    if staff.role == Role.PARTNER:
        return false()
    if may(staff, Permission.SEE_PRIVATE):
        return true()
    matter, need, care = aliased(Case), aliased(AidRequest), aliased(CareRequest)
    return ~or_(
        exists().where(matter.resident_id == resident_id, matter.private.is_(True)),
        exists().where(need.resident_id == resident_id),
        exists().where(care.requester_id == resident_id),
    )
