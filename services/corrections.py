"""Corrections: staff set the right intent or category, and the next training learns from it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intents import Example
from services import audit
from services.access import Permission, require
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
    """Sets the intent of a message; `known` are the labels that exist. Raises BadCorrection."""
    if message.community_id is None or len(message.text.strip()) < MIN_TEXT:
        raise BadCorrection("这条消息没有文字，学不到东西")
    _require_label(label, known)
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
    session: Session, staff: Staff, case: Case, code: str, known: Container[str], now: datetime
) -> None:
    """Sets the category of a case and learns from it. Raises BadCorrection, Forbidden."""
    require(staff, Permission.HANDLE, case.place_path)
    _require_label(code, known)
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
    case.category, case.updated_at = code, now


def _require_label(label: str, known: Container[str]) -> None:
    if label not in known:
        raise BadCorrection(f"没有“{label}”这一类")


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

