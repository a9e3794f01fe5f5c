"""The people who work here: added, changed, disabled; each step in the audit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit, sign_in
from services.access import ROLE_NAMES, Role, covers, visible_to
from services.bad_field import BadField
from services.passwords import hash_password, weakness
from storage.communities import Place
from storage.staff import Staff

DEMO_PASSWORD = "shuoshitai-demo"  # noqa: S105 - shown on the sign-in page of the demo
_LOGIN = re.compile(r"[^\W_][\w.-]{1,47}")


class BadStaff(BadField):
    """What was asked for cannot be; `field` names the value at fault, the message says why."""


@dataclass(frozen=True, slots=True)
class NewStaff:
    """Who is to be added; an empty `scope` means the root of the organisation tree."""

    login: str
    password: str
    role: str
    scope: str = ""
    name: str = ""


def add(session: Session, new: NewStaff, by: Staff | None, now: datetime) -> Staff:
    """Adds a member of staff; `by` is None for the command line.

    Raises BadStaff for a login that is taken or misshapen, a weak password, an unknown role, or
    a scope that does not exist or lies outside that of `by`.
    """
    login = new.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadStaff("login", "登录名用 2 到 48 个字、字母、数字、点或横线，字或字母、数字开头")
    if by_login(session, login) is not None:
        raise BadStaff("login", f"登录名 {login} 已经有人用了")
    _check_password(new.password, login)
    staff = Staff(
        login=login,
        name=new.name.strip()[:48] or login,
        role=_role(new.role).value,
        scope_path=_scope(session, new.scope, by),
        password_hash=hash_password(new.password),
        created_at=now,
    )
    session.add(staff)
    session.flush()
    audit.record(session, now, by, "staff.add", staff, after=_facts(staff))
    return staff


def by_login(session: Session, login: str) -> Staff | None:
    """The member of staff with this login, active or not."""
    return session.scalar(select(Staff).where(Staff.login == login.strip().lower()))


def listed(session: Session, viewer: Staff | None = None) -> list[Staff]:
    """All staff inside the scope of `viewer`, or all there are; active ones first."""
    query = select(Staff).order_by(Staff.active.desc(), Staff.scope_path, Staff.name)
    if viewer is not None:
        query = query.where(visible_to(viewer, Staff.scope_path))
    return list(session.scalars(query))


def find(session: Session, viewer: Staff, staff_id: int) -> Staff | None:
    """A member of staff inside the scope of `viewer`."""
    return session.scalar(
        select(Staff).where(Staff.id == staff_id, visible_to(viewer, Staff.scope_path))
    )


def names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of staff by number."""
    query = select(Staff.id, Staff.name).where(Staff.id.in_(ids))
    return dict(session.execute(query).all())


def change(
    session: Session, staff: Staff, role: str, scope: str, by: Staff | None, now: datetime
) -> None:
    """Gives another role or scope; raises BadStaff as `add` does, and for one's own account."""
    _not_oneself(staff, by)
    wanted = _role(role)
    if wanted is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, staff)
    before = _facts(staff)
    staff.role, staff.scope_path = wanted.value, _scope(session, scope, by)
    audit.record(session, now, by, "staff.change", staff, before=before, after=_facts(staff))


def set_active(
    session: Session, staff: Staff, active: bool, by: Staff | None, now: datetime
) -> None:
    """Disables an account and ends its sessions, or enables it again."""
    _not_oneself(staff, by)
    if not active:
        _keep_an_administrator(session, staff)
        sign_in.end_sessions(session, staff.id)
    staff.active = active
    staff.failures, staff.locked_until = 0, None
    audit.record(session, now, by, "staff.enable" if active else "staff.disable", staff)


def set_password(
    session: Session,
    staff: Staff,
    password: str,
    by: Staff | None,
    now: datetime,
    *,
    keep_session: int | None = None,
) -> None:
    """Sets a password, unlocks the account and ends its other sessions; BadStaff for a weak one."""
    _check_password(password, staff.login)
    staff.password_hash = hash_password(password)
    staff.failures, staff.locked_until = 0, None
    sign_in.end_sessions(session, staff.id, keep_session)
    audit.record(session, now, by, "staff.password", staff)


def set_second_factor(
    session: Session, staff: Staff, secret: str | None, by: Staff | None, now: datetime
) -> None:
    """Switches the second factor on with a secret, or off with None."""
    staff.totp_secret = secret
    action = "staff.second_factor_on" if secret else "staff.second_factor_off"
    audit.record(session, now, by, action, staff)


def _role(value: str) -> Role:
    try:
        return Role(value)
    except ValueError:
        raise BadStaff("role", f"没有这个角色：{value}（可选 {'、'.join(ROLE_NAMES)}）") from None


def _scope(session: Session, code: str, by: Staff | None) -> str:
    query = select(Place.path).where(Place.code == code) if code else select(func.min(Place.path))
    path = session.scalar(query)
    if path is None:
        raise BadStaff("scope", f"没有这个范围：{code}" if code else "还没有组织和地点，先导入地点")
    if by is not None and not covers(by, path):
        raise BadStaff("scope", "只能给自己负责范围以内的权限")
    return path


def _check_password(password: str, login: str) -> None:
    if message := weakness(password, login):
        raise BadStaff("password", message)


def _not_oneself(staff: Staff, by: Staff | None) -> None:
    if by is not None and by.id == staff.id:
        raise BadStaff("role", "不能改自己的账号，请另一位管理员来改")


def _keep_an_administrator(session: Session, staff: Staff) -> None:
    others = select(func.count()).where(
        Staff.role == Role.ADMINISTRATOR, Staff.active.is_(True), Staff.id != staff.id
    )
    if staff.role == Role.ADMINISTRATOR and staff.active and not session.scalar(others):
        raise BadStaff("role", "这是最后一位管理员，先添一位再改")


def _facts(staff: Staff) -> dict[str, str]:
    return {"login": staff.login, "role": staff.role, "scope": staff.scope_path}
