"""Keeping the category tree of a community: changes and additions, each in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import audit
from services.access import Permission, require
from services.bad_field import BadField
from services.categories import Catalogue
from services.national import NATIONAL_NAMES
from services.places import community_path
from services.questions import BadQuestions, Question, read_lines
from services.sla import PROMISES
from storage.city import CategorySetting
from storage.staff import Staff

LONGEST_NAME = 12
LONGEST_MINOR = 32


class BadCategory(BadField):
    """What was entered cannot be; `field` names the value at fault, the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A category as it shall be; an empty `code` is a new one. `questions` as staff write them."""

    code: str
    group: str
    name: str
    department: str
    sla: str
    national: str = ""
    national_minor: str = ""
    private: bool = False
    active: bool = True
    questions: str = ""


def keep(
    session: Session,
    staff: Staff,
    community_id: int,
    wanted: Wanted,
    catalogue: Catalogue,
    now: datetime,
) -> CategorySetting:
    """Stores a category of the community over the shipped one, or as one of its own.

    The code of a category never changes, and its group goes with it. Raises Forbidden outside of
    the scope, BadCategory.
    """
    require(staff, Permission.KEEP_DESK, community_path(session, community_id))
    questions = _check(wanted, catalogue)
    row = _row(session, community_id, wanted, catalogue)
    before = _facts(row) if row.id else {}
    row.name, row.department = wanted.name.strip(), wanted.department.strip()
    row.sla, row.national = wanted.sla, wanted.national
    row.national_minor = wanted.national_minor.strip()
    row.private, row.active = wanted.private, wanted.active
    row.questions = [one.as_json() for one in questions]
    row.updated_at = now
    session.add(row)
    session.flush()
    audit.record(session, now, staff, "category.keep", row, before=before, after=_facts(row))
    return row


def _check(wanted: Wanted, catalogue: Catalogue) -> tuple[Question, ...]:
    if not 2 <= len(wanted.name.strip()) <= LONGEST_NAME:
        raise BadCategory("name", f"名称写 2 到 {LONGEST_NAME} 个字")
    if not 1 <= len(wanted.department.strip()) <= LONGEST_NAME:
        raise BadCategory("department", f"负责部门写 1 到 {LONGEST_NAME} 个字")
    if wanted.sla not in PROMISES:
        raise BadCategory("sla", "请选时限")
    _check_national(wanted)
    if wanted.code and catalogue.get(wanted.code) is None:
        raise BadCategory("code", "没有这个类别")
    if not wanted.code and wanted.group not in catalogue.groups:
        raise BadCategory("group", "请选所属大类")
    same = [
        one
        for one in catalogue.all()
        if one.name == wanted.name.strip() and one.code != wanted.code
    ]
    if same and wanted.active:
        raise BadCategory("name", "已经有同名的类别")
    try:
        return read_lines(wanted.questions, catalogue.questions(wanted.code))
    except BadQuestions as error:
        raise BadCategory("questions", str(error)) from error


def _check_national(wanted: Wanted) -> None:
    minor = wanted.national_minor.strip()
    if wanted.national and wanted.national not in NATIONAL_NAMES:
        raise BadCategory("national", "请选国标大类，或留空")
    if minor and not wanted.national:
        raise BadCategory("national_minor", "先选大类，再写小类")
    if len(minor) > LONGEST_MINOR:
        raise BadCategory("national_minor", f"小类最多 {LONGEST_MINOR} 个字")


def _row(
    session: Session, community_id: int, wanted: Wanted, catalogue: Catalogue
) -> CategorySetting:
    mine = CategorySetting.community_id == community_id
    if not wanted.code:
        count = session.scalar(select(func.count()).select_from(CategorySetting).where(mine)) or 0
        code = f"{wanted.group}.c{community_id}n{count + 1}"
        return CategorySetting(community_id=community_id, code=code, group=wanted.group)
    found = session.scalar(
        select(CategorySetting).where(mine, CategorySetting.code == wanted.code).with_for_update()
    )
    category = catalogue.get(wanted.code)
    group = category.group if category else wanted.group
    return found or CategorySetting(community_id=community_id, code=wanted.code, group=group)


def _facts(row: CategorySetting) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "department": row.department,
        "sla": row.sla,
        "national": row.national,
        "national_minor": row.national_minor,
        "private": row.private,
        "active": row.active,
        "questions": [one["text"] for one in row.questions],
    }
