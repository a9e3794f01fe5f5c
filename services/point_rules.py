"""The rules of points (村规民约积分): each change is a new version, older entries keep theirs."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require
from services.bad_field import BadField
from services.scope import communities
from storage.points import PointRule, PointRuleVersion
from storage.staff import Staff

MOST = 10_000


class BadRule(BadField):
    """A rule that cannot be kept; `field` names the field of the form."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule says; `amount` below zero is a deduction, a cap of 0 is none."""

    name: str
    description: str
    amount: int
    cap_occasion: int = 0
    cap_day: int = 0
    cap_year: int = 0


def add(
    session: Session,
    staff: Staff | None,
    community_id: int,
    code: str,
    wording: Wording,
    now: datetime,
) -> PointRule:
    """A new rule; raises BadRule, Forbidden. `staff` is None for what is shipped.

    By its `code` a part of the program finds a rule; an empty one is made up.
    """
    _check(staff, wording)
    named = code.strip()[:24] or f"rule-{secrets.token_hex(4)}"
    if by_code(session, community_id, named) is not None:
        raise BadRule("name", "这个代号已经用了")
    rule = PointRule(community_id=community_id, code=named, version=0, created_at=now)
    session.add(rule)
    session.flush()
    _write(session, staff, rule, wording, now)
    return rule


def change(
    session: Session, staff: Staff, rule: PointRule, wording: Wording, now: datetime
) -> PointRuleVersion:
    """What the rule says from now on; raises BadRule, Forbidden."""
    _check(staff, wording)
    return _write(session, staff, rule, wording, now)


def set_active(
    session: Session, staff: Staff, rule: PointRule, active: bool, now: datetime
) -> None:
    """Takes a rule out of use, or back into it; raises Forbidden."""
    require(staff, Permission.KEEP_POINTS)
    rule.active = active
    audit.record(session, now, staff, "points.rule_active", rule, after={"active": active})


def _check(staff: Staff | None, wording: Wording) -> None:
    if staff is not None:
        require(staff, Permission.KEEP_POINTS)
    if not wording.name.strip():
        raise BadRule("name", "请写名称，居民会看到")
    if not 1 <= abs(wording.amount) <= MOST:
        raise BadRule("amount", f"填 1 到 {MOST} 分，扣分前面加减号")
    for field in ("cap_occasion", "cap_day", "cap_year"):
        if not 0 <= getattr(wording, field) <= 100 * MOST:
            raise BadRule(field, "填一个整数，0 表示不限")


def _write(
    session: Session, staff: Staff | None, rule: PointRule, wording: Wording, now: datetime
) -> PointRuleVersion:
    rule.version += 1
    version = PointRuleVersion(
        community_id=rule.community_id,
        rule_id=rule.id,
        version=rule.version,
        name=wording.name.strip()[:40],
        description=wording.description.strip()[:200],
        amount=wording.amount,
        cap_occasion=wording.cap_occasion,
        cap_day=wording.cap_day,
        cap_year=wording.cap_year,
        staff_id=staff.id if staff else None,
        created_at=now,
    )
    session.add(version)
    session.flush()
    after = asdict(wording) | {"version": rule.version}
    audit.record(session, now, staff, "points.rule", rule, after=after)
    return version


def by_code(session: Session, community_id: int, code: str) -> PointRule | None:
    """The rule of that code in a community."""
    return session.scalar(
        select(PointRule).where(PointRule.community_id == community_id, PointRule.code == code)
    )


def current(session: Session, rule: PointRule) -> PointRuleVersion:
    """What a rule says now."""
    return session.scalars(
        select(PointRuleVersion).where(
            PointRuleVersion.rule_id == rule.id, PointRuleVersion.version == rule.version
        )
    ).one()


def versions(session: Session, rule: PointRule) -> list[PointRuleVersion]:
    """Everything a rule ever said, the newest first."""
    query = select(PointRuleVersion).where(PointRuleVersion.rule_id == rule.id)
    return list(session.scalars(query.order_by(PointRuleVersion.version.desc())))


def listed(
    session: Session, community_id: int, *, active_only: bool = True
) -> list[tuple[PointRule, PointRuleVersion]]:
    """The rules of a community with what they say now, the generous ones first."""
    query = (
        select(PointRule, PointRuleVersion)
        .join(
            PointRuleVersion,
            (PointRuleVersion.rule_id == PointRule.id)
            & (PointRuleVersion.version == PointRule.version),
        )
        .where(PointRule.community_id == community_id)
        .order_by(PointRuleVersion.amount.desc(), PointRule.id)
    )
    if active_only:
        query = query.where(PointRule.active.is_(True))
    return [(rule, version) for rule, version in session.execute(query)]


def find(session: Session, staff: Staff, rule_id: int) -> PointRule | None:
    """A rule of a community in the scope of `staff`."""
    return session.scalar(
        select(PointRule).where(
            PointRule.id == rule_id, PointRule.community_id.in_(communities(staff))
        )
    )
