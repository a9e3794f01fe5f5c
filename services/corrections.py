"""Corrections: staff set the right intent or category, and the next training learns from it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intents import Example
from services import audit, cases, scope
from services.access import Permission, require
from services.case_states import Actor
from services.categories import Catalogue
from services.confidence import kind_of
from storage.cases import Case
from storage.learning import Correction
from storage.messages import InboundMessage
from storage.staff import Staff

MIN_TEXT = 2


class BadCorrection(Exception):
    """The correction cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is taught: the words, what the program took them for, what they are."""

    kind: str
    source: str
    text: str
    was: str
    label: str
    community_id: int
    resident_id: int | None


def correct_intent(
    session: Session,
    staff: Staff,
    message: InboundMessage,
    label: str,
    known: Container[str],
    now: datetime,
) -> None:
    """Sets the intent of a message in sight; `known` are the labels that exist.

    Raises BadCorrection, Forbidden.
    """
    require(staff, Permission.HANDLE)
    if message.community_id is None or len(message.text.strip()) < MIN_TEXT:
        raise BadCorrection("这条消息没有文字，学不到东西")
    _require_label(label, known, message.intent)
    lesson = Lesson(
        "intent",
        f"intent:{message.id}",
        message.text.strip(),
        message.intent,
        label,
        message.community_id,
        message.resident_id,
    )
    _keep(session, staff, lesson, now)
    message.intent = label


def correct_category(
    session: Session, staff: Staff, case: Case, code: str, catalogue: Catalogue, now: datetime
) -> None:
    """Sets the category of a case, records it with the case and learns from it.

    A case becomes private with its category and stays so: a wrong word opens nothing. Deadlines
    stay as they were promised. Raises BadCorrection, Forbidden.
    """
    require(staff, Permission.HANDLE, case.place_path)
    _require_label(code, catalogue, case.category)
    lesson = Lesson(
        "category",
        f"category:{case.id}",
        case.description,
        case.category,
        code,
        case.community_id,
        case.resident_id,
    )
    _keep(session, staff, lesson, now)
    words = f"{catalogue.name(case.category)} → {catalogue.name(code)}"
    cases.record(session, case, now, "category", Actor.STAFF, staff.id, text=words)
    case.category = code
    case.confidential = case.confidential or kind_of(code, catalogue.is_private(code))
    case.private = bool(case.confidential)


def _require_label(label: str, known: Container[str], was: str) -> None:
    if label not in known:
        raise BadCorrection("请选一类")
    if label == was:
        raise BadCorrection("和现在的一样，没有改")


def _keep(session: Session, staff: Staff, lesson: Lesson, now: datetime) -> None:
    row = session.scalar(select(Correction).where(Correction.source == lesson.source))
    if row is None:
        row = Correction(
            source=lesson.source,
            kind=lesson.kind,
            community_id=lesson.community_id,
            resident_id=lesson.resident_id,
            was=lesson.was,
        )
        session.add(row)
    row.text, row.label = lesson.text, lesson.label
    row.staff_id, row.created_at = staff.id, now
    session.flush()
    audit.record(
        session,
        now,
        staff,
        f"{lesson.kind}.correct",
        row,
        before={"label": lesson.was},
        after={"label": lesson.label},
    )


def examples(session: Session, kind: str) -> list[Example]:
    """The corrections of a kind as training examples, oldest first."""
    rows = session.scalars(
        select(Correction).where(Correction.kind == kind).order_by(Correction.id)
    )
    return [Example(row.text, row.label) for row in rows]


def latest(session: Session, reader: Staff, *, limit: int) -> list[tuple[Correction, str]]:
    """The newest corrections in the scope of `reader`, each with the name of who made it."""
    rows = session.execute(
        select(Correction, Staff.name)
        .join(Staff, Staff.id == Correction.staff_id)
        .where(_in_scope(reader))
        .order_by(Correction.created_at.desc(), Correction.id.desc())
        .limit(limit)
    )
    return [(correction, name) for correction, name in rows]


def count(session: Session, reader: Staff, since: datetime | None = None) -> int:
    """How many corrections there are in the scope of `reader`, those made after `since`."""
    query = select(func.count()).select_from(Correction).where(_in_scope(reader))
    if since is not None:
        query = query.where(Correction.created_at > since)
    return session.scalar(query) or 0


def _in_scope(reader: Staff) -> ColumnElement[bool]:
    return Correction.community_id.in_(scope.communities(reader))
