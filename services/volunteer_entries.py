"""Entries of volunteer time as they are read: the ledger's, each with what it was given for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from services.ledger import Kind, Unit
from storage.activities import Activity, Occasion
from storage.ledger import LedgerAccount, LedgerEntry
from storage.residents import Resident
from storage.volunteers import ServiceRecord


class HourKind(StrEnum):
    """Where time comes from; the value is stored."""

    CREDIT = "credit"
    HONOUR = "honour"


UNITS = {HourKind.CREDIT: Unit.SERVICE, HourKind.HONOUR: Unit.HONOUR}
KINDS = {unit.value: kind for kind, unit in UNITS.items()}
HOUR_NAMES = {HourKind.CREDIT: "信用时长", HourKind.HONOUR: "荣誉时长"}


@dataclass(frozen=True, slots=True)
class Hours:
    """The totals of one volunteer, in minutes."""

    credit: int = 0
    honour: int = 0


@dataclass(frozen=True, slots=True)
class HourEntry:
    """An entry of volunteer time; `id` is that of the ledger, `minutes` below zero for what a
    correction took off.
    """

    id: int
    resident_id: int
    kind: HourKind
    minutes: int
    served_on: date
    source: str
    reason: str
    occasion_id: int | None
    corrects_id: int | None
    at: datetime


def totals(session: Session, resident: Resident) -> Hours:
    """What one volunteer has given so far."""
    return totals_of(session, [resident.id]).get(resident.id, Hours())


def totals_of(session: Session, residents: list[int]) -> dict[int, Hours]:
    """The totals of several volunteers, by the number of the resident: what their accounts hold."""
    query = select(LedgerAccount.resident_id, LedgerAccount.unit, LedgerAccount.balance).where(
        LedgerAccount.resident_id.in_(residents), LedgerAccount.unit.in_(KINDS)
    )
    held = {(who, unit): minutes for who, unit, minutes in session.execute(query)}
    return {
        who: Hours(*(held.get((who, UNITS[kind].value), 0) for kind in HourKind))
        for who in residents
    }


def entries_of(session: Session, resident: Resident, limit: int = 50) -> list[HourEntry]:
    """The entries of a volunteer, the newest first."""
    query = entries(LedgerEntry.resident_id == resident.id)
    return read(session, query.order_by(LedgerEntry.id.desc()).limit(limit))


def find_entry(session: Session, resident: Resident, number: int) -> HourEntry | None:
    """One entry of a volunteer."""
    mine = (LedgerEntry.id == number, LedgerEntry.resident_id == resident.id)
    return next(iter(read(session, entries(*mine))), None)


def corrections_of(session: Session, entry: HourEntry) -> list[HourEntry]:
    """What was added to an entry, or taken off, later."""
    query = entries(ServiceRecord.corrects_id == entry.id)
    return read(session, query.order_by(LedgerEntry.id))


def entries(*conditions: ColumnElement[bool]) -> Select[LedgerEntry, ServiceRecord]:
    """The entries of volunteer time, each with what it was given for."""
    joined = select(LedgerEntry, ServiceRecord).join(
        ServiceRecord, ServiceRecord.entry_id == LedgerEntry.id
    )
    return joined.where(*conditions)


def read(session: Session, query: Select[LedgerEntry, ServiceRecord]) -> list[HourEntry]:
    """The entries that a query from `entries` finds."""
    return [joined(entry, record) for entry, record in session.execute(query)]


def joined(entry: LedgerEntry, record: ServiceRecord) -> HourEntry:
    if entry.resident_id is None:
        raise AssertionError("volunteer time is always of somebody")
    return HourEntry(
        id=entry.id,
        resident_id=entry.resident_id,
        kind=KINDS[entry.unit],
        minutes=entry.amount if entry.kind == Kind.CREDIT else -entry.amount,
        served_on=record.served_on,
        source=entry.source.removeprefix("hours:"),
        reason=record.reason,
        occasion_id=record.occasion_id,
        corrects_id=record.corrects_id,
        at=entry.at,
    )


def activity_title(session: Session, entry: HourEntry) -> str:
    """What an entry was given for, in the words of the activity; empty where there is none."""
    query = (
        select(Activity.title)
        .join(Occasion, Occasion.activity_id == Activity.id)
        .where(Occasion.id == entry.occasion_id)
    )
    return session.scalar(query) or "" if entry.occasion_id else ""


def say_minutes(minutes: int) -> str:
    """A length of time as one says it: 1小时30分."""
    hours, rest = divmod(abs(minutes), 60)
    said = f"{hours}小时" * bool(hours) + f"{rest}分" * bool(rest or not hours)
    return f"-{said}" if minutes < 0 else said
