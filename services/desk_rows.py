"""The queue as staff read it: each item with its place, number and people named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import staff as people
from services.place_names import names_of
from services.residents import display_name
from storage.cases import Case
from storage.desk import QueueItem
from storage.residents import Resident


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; `holder` is whose live claim it is, empty for nobody's."""

    item: QueueItem
    place: str
    resident: str
    holder: str
    case: Case | None


def rows(session: Session, items: Sequence[QueueItem], now: datetime) -> list[QueueRow]:
    """The items with everything named, in four queries however many there are."""
    places = names_of(session, {item.place_path for item in items})
    staff = people.names(session, _ids(item.claimed_by for item in items))
    cases = _cases(session, _ids(item.case_id for item in items))
    residents = _residents(session, _ids(item.resident_id for item in items))
    return [
        QueueRow(
            item=item,
            place=places[item.place_path],
            resident=display_name(residents[item.resident_id]) if item.resident_id else "",
            holder=staff.get(item.claimed_by or 0, "") if held(item, now) else "",
            case=cases.get(item.case_id or 0),
        )
        for item in items
    ]


def held(item: QueueItem, now: datetime) -> bool:
    """Whether somebody's claim on an item is still alive."""
    return (
        item.claimed_by is not None
        and item.claimed_until is not None
        and (now <= item.claimed_until)
    )


def _ids(values: Iterable[int | None]) -> list[int]:
    return sorted({value for value in values if value is not None})


def _cases(session: Session, ids: list[int]) -> dict[int, Case]:
    return {row.id: row for row in session.scalars(select(Case).where(Case.id.in_(ids)))}


def _residents(session: Session, ids: list[int]) -> dict[int, Resident]:
    return {row.id: row for row in session.scalars(select(Resident).where(Resident.id.in_(ids)))}
